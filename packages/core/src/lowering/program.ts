import type { Graph } from '../ir/graph.ts';
import { toposort } from '../ir/graph.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import type { Traced } from '../trace/trace.ts';
import { effectsOf } from './effects.ts';
import type { Effect } from './effects.ts';

/**
 * A computation with everything that belongs to it: what goes in, what comes out, and what it does besides. The one
 * thing that {@link lower} takes, whoever asks: a read, `jit`, `compile` or `exportOnnx`.
 */
export interface Program {
  /**
   * Inputs: those the caller gives, then the captured ones. Outputs: the results, then the values of the assigned
   * variables, then what the effects look at.
   */
  readonly graph: Graph;
  /** Leaves from outside, each once: their values are given at every run, or frozen. */
  readonly captured: readonly Tensor[];
  /** How many of the outputs the caller asked for. */
  readonly results: number;
  /** Variables that get a new value, in the order of their outputs. */
  readonly assigned: readonly Variable[];
  readonly effects: readonly Effect[];
  /** Which nodes are given instead of computed. */
  readonly isInput: (node: Node) => boolean;
}

/** The program of a traced function. What was made outside the trace is an input, whatever it takes to compute it. */
export function programOf({ graph, scope }: Traced): Program {
  const isInput = (node: Node): boolean => node.values[0] !== undefined || node.scope !== scope;
  const outputs = [...graph.outputs, ...scope.assignments.values()];
  const effects = effectsOf(toposort([...outputs, ...scope.effects], isInput));
  return assemble({ ...graph, outputs }, graph.outputs.length, {
    assigned: [...scope.assignments.keys()],
    effects,
    isInput,
  });
}

/** The program that computes tensors nobody has traced: what has a value is an input. */
export function programOfRead(outputs: readonly Tensor[], nodes: readonly Node[]): Program {
  const isInput = (node: Node): boolean => node.values[0] !== undefined;
  const graph: Graph = { name: 'read', inputs: [], outputs };
  return assemble(graph, outputs.length, { assigned: [], effects: effectsOf(nodes), isInput });
}

function assemble(graph: Graph, results: number, rest: Pick<Program, 'assigned' | 'effects' | 'isInput'>): Program {
  const outputs = [...graph.outputs, ...rest.effects.map((effect) => effect.probe)];
  const captured = capturedOf(graph.inputs, outputs, rest.isInput);
  return { ...rest, graph: { name: graph.name, inputs: [...graph.inputs, ...captured], outputs }, captured, results };
}

/** The values a graph takes from outside, each once: of a node with several outputs those that are used. */
function capturedOf(inputs: readonly Tensor[], outputs: readonly Tensor[], isInput: (node: Node) => boolean): Tensor[] {
  const own = new Set(inputs.map((input) => input.node));
  const isCaptured = ({ node }: Tensor): boolean => isInput(node) && !own.has(node) && !isBaked(node);
  const used = new Set<Tensor>();
  for (const node of toposort(outputs, isInput)) {
    if (isInput(node)) continue;
    for (const input of node.inputs) if (isCaptured(input)) used.add(input);
  }
  for (const output of outputs) if (isCaptured(output)) used.add(output);
  return [...used];
}

const isBaked = (node: Node): boolean => node.values[0]?.kind === 'host' && node.values[0].constant;
