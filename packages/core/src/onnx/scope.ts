import type { Graph } from '../ir/graph.ts';
import type { OnnxAttr } from '../ir/onnx-binding.ts';
import type { Node } from '../ir/tensor.ts';
import type { Wire } from './wire.ts';

/** A node as it will be written; kept open until the end because a graph output renames its producer's output. */
export interface NodeRecord {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: readonly (readonly [string, Exclude<OnnxAttr, { graph: Graph }> | GraphRecord])[];
}

/** A graph as it will be written. */
export interface GraphRecord {
  readonly name: string;
  readonly scope: Scope;
  readonly inputs: readonly Wire[];
  readonly outputs: readonly Wire[];
}

/** What belongs to one ONNX graph (the model's, or a region's). */
export interface Scope {
  readonly parent: Scope | null;
  readonly nodes: NodeRecord[];
  /** Values that nodes of this graph produce. */
  readonly produced: Set<string>;
  readonly initializers: Wire[];
  /** ONNX names of the outputs of our nodes. */
  readonly values: Map<Node, string[]>;
  /** Baked constants by content, so that each is written once. */
  readonly constants: Map<string, string>;
  /** int64 vectors of sizes, by the sizes' normal forms. */
  readonly sizes: Map<string, string>;
  dimSources: ReadonlyMap<string, { input: string; axis: number }>;
}

/** An empty graph inside another one. */
export function newScope(parent: Scope | null): Scope {
  return {
    parent,
    nodes: [],
    produced: new Set(),
    initializers: [],
    values: new Map(),
    constants: new Map(),
    sizes: new Map(),
    dimSources: new Map(),
  };
}
