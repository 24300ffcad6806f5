import type { Graph } from '../ir/graph.ts';
import type { Place } from '../ir/place.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Tensor } from '../ir/tensor.ts';
import { verify } from '../ir/verify.ts';
import { emit } from '../onnx/emit.ts';
import type { Stack, Weight } from '../onnx/emit.ts';
import type { ExternalData } from '../onnx/model.ts';
import type { Wire } from '../onnx/wire.ts';
import { applyPasses } from '../transforms/passes.ts';
import type { Passes } from '../transforms/passes.ts';
import type { Program } from './program.ts';

/** For whom a program is written, and in which form. */
export interface LowerRequest {
  readonly target: OnnxTarget;
  /** Applied before the graph is written; undefined: none, as for what runs once. */
  readonly passes?: Passes | undefined;
  /** Values of captured leaves that the model holds; the others are inputs of every run. */
  readonly frozen?: ReadonlyMap<Tensor, Weight> | undefined;
  /** Says where a frozen value lies if not in the model. */
  readonly external?: ((weight: Weight) => ExternalData | undefined) | undefined;
  /** Captured leaves that come in together, as inputs behind all others. */
  readonly stacks?: readonly Stack[] | undefined;
  /** Names of the inputs that the caller gives and of the results. Default: `i0`, …, `o0`, …. */
  readonly names?: Ports | undefined;
}

/** The names of what goes in and comes out, in order. */
export interface Ports {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What an ONNX node was written for: our op, and where the user asked for it. */
export interface NodeSource {
  readonly op: string;
  readonly place: Place | undefined;
}

/** A program as an ONNX model, with what is needed to run it and to speak of it. */
export interface Lowered {
  readonly model: Wire;
  /** Inputs: the caller's, then the captured leaves that are not frozen. Outputs: as in the program's graph. */
  readonly ports: Ports;
  /** Number of ONNX nodes. */
  readonly nodes: number;
  /** For an ONNX node, what it was written for. Holds places only: nodes would keep data alive. */
  readonly sourceOf: (onnxNode: string) => NodeSource | undefined;
  /** For an ONNX node, the line of the user it was written for. */
  readonly describe: (onnxNode: string) => string | undefined;
  /** What the provider leaves to the fallback, with the first line of the user that asked for it. */
  readonly fallbacks: ReadonlyMap<string, string | undefined>;
  /** Sizes are computed from those of the inputs, which only a CPU does. */
  readonly sizesOnHost: boolean;
}

/** Writes a program as an ONNX model: passes, then emission. The only way from a graph to a model. */
export function lower(program: Program, request: LowerRequest): Lowered {
  const { target, passes, frozen, external, stacks = [] } = request;
  verify(asClosed(program.graph));
  const ports = portsOf(program, request);
  const graph = passes === undefined ? program.graph : applyPasses(program.graph, passes, target.capabilities);
  const { model, nodes, sources, fallbacks, sizesOnHost } = emit({
    graph: { ...graph, inputs: fedOf(program, setAside(frozen, stacks)) },
    inputNames: ports.inputs.slice(0, ports.inputs.length - stacks.length),
    stacks: stacks.map((stack, index) => ({ ...stack, name: ports.inputs.at(index - stacks.length)! })),
    outputNames: ports.outputs,
    target,
    ...(frozen && { weights: frozen }),
    ...(external && { external }),
  });
  const known = new Map([...sources].map(([name, { op, place }]) => [name, { op: op?.name ?? name, place }]));
  const sourceOf = (name: string): NodeSource | undefined => known.get(name);
  return { model, ports, nodes, sourceOf, describe: (name) => sourceOf(name)?.place?.line, fallbacks, sizesOnHost };
}

/** What a run is given: the caller's inputs, then the captured leaves that are not frozen. */
export function fedOf({ graph }: Program, frozen: { has(tensor: Tensor): boolean } | undefined): readonly Tensor[] {
  return frozen === undefined ? graph.inputs : graph.inputs.filter((input) => !frozen.has(input));
}

/** The leaves that are no inputs of their own. */
function setAside(frozen: LowerRequest['frozen'], stacks: readonly Stack[]): ReadonlySet<Tensor> {
  return new Set([...(frozen?.keys() ?? []), ...stacks.flatMap(({ parts }) => parts)]);
}

/** Names for what the caller has none for do not meet those it has. */
function portsOf(program: Program, { frozen, names, stacks = [] }: LowerRequest): Ports {
  const taken = new Set([...(names?.inputs ?? []), ...(names?.outputs ?? [])]);
  for (const { name } of frozen?.values() ?? []) taken.add(name);
  const complete = (given: readonly string[], count: number, prefix: string): string[] =>
    Array.from({ length: count }, (_, index) => given[index] ?? free(`${prefix}${index}`, taken));
  return {
    inputs: complete(names?.inputs ?? [], fedOf(program, setAside(frozen, stacks)).length + stacks.length, 'i'),
    outputs: complete(names?.outputs ?? [], program.graph.outputs.length, 'o'),
  };
}

function free(wanted: string, taken: Set<string>): string {
  const name = taken.has(wanted) ? free(`${wanted}_`, taken) : wanted;
  taken.add(name);
  return name;
}

/** The graph's inputs may be captured leaves of any kind; the invariants speak of placeholders. */
function asClosed(graph: Graph): Graph {
  return { ...graph, inputs: graph.inputs.filter((input) => input.leaf?.kind === 'input') };
}
