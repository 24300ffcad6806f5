import { GraphError } from '../errors.ts';
import type { Graph } from '../ir/graph.ts';
import { toposort } from '../ir/graph.ts';
import type { TensorType } from '../ir/op.ts';
import { currentScope, withScope } from '../ir/scope.ts';
import type { TraceScope } from '../ir/scope.ts';
import type { Tensor } from '../ir/tensor.ts';
import { checkScope, resolve } from './bind.ts';
import { replay } from './replay.ts';
import { placeholder } from './trace.ts';

/** An input of a region: its name in printed graphs, and its type. */
export interface RegionInput extends TensorType {
  readonly name: string;
}

/** A function traced as the body of a loop or a branch. */
export interface Region {
  /** Inputs: one for each value captured from outside, then the ones asked for. */
  readonly graph: Graph;
  /** The values from outside that the first inputs stand for. */
  readonly captured: readonly Tensor[];
}

/** Whose body a region is, for messages, and what goes in. */
export interface RegionRequest {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly RegionInput[];
}

/**
 * Traces a function as a region. Tensors and variables from outside that it uses become inputs of the region, so that
 * it obeys the rules of regions; what it looks at (`guard`) counts for the trace around it.
 * @param request - The op, for messages; the region's name; its inputs.
 * @param fn - From the inputs to the outputs; run once.
 * @throws {@link GraphError} if it assigns a variable or does something with an effect: a region may run any number of times.
 * @category Ops
 */
export function traceRegion(request: RegionRequest, fn: (inputs: readonly Tensor[]) => readonly Tensor[]): Region {
  const { op, name } = request;
  const traced = withScope(name, (scope) => {
    const inputs = request.inputs.map((input) => placeholder(input.name, input, scope));
    const outputs = fn(inputs).map(resolve);
    for (const output of outputs) checkScope(op, output);
    return { scope, inputs, outputs };
  });
  const { scope, inputs, outputs } = traced;
  refuseEffects(op, scope);
  currentScope()?.guards.push(...scope.guards);
  const outside = outsideOf(outputs, scope);
  const formal = outside.map((tensor, index) => placeholder(`captured[${index}]`, tensor, scope));
  const given = new Map([...outside, ...inputs].map((tensor, index) => [tensor, [...formal, ...inputs][index]!]));
  const own = outside.length === 0 ? outputs : replay(outputs, given, scope);
  return { graph: { name, inputs: [...formal, ...inputs], outputs: own }, captured: outside.map(presentOf) };
}

/** Inside, a variable stands for what it has at the start; which value that is, is for the scope around to say. */
export const presentOf = (tensor: Tensor): Tensor => (tensor.leaf?.kind === 'variable' ? tensor.leaf.variable : tensor);

/** What was made outside and is used inside, each once. */
export function outsideOf(outputs: readonly Tensor[], scope: TraceScope): Tensor[] {
  const isOutside = (tensor: Tensor): boolean => tensor.node.scope !== scope;
  const used = new Set(outputs.filter(isOutside));
  for (const node of toposort(outputs, (one) => one.scope !== scope)) {
    if (node.scope === scope) for (const input of node.inputs) if (isOutside(input)) used.add(input);
  }
  return [...used];
}

function refuseEffects(op: string, scope: TraceScope): void {
  const [variable] = scope.assignments.keys();
  if (variable !== undefined) {
    throw new GraphError(
      `${op}: '${scope.name}' assigns the variable '${variable.name}'. Got an assignment inside the function; expected ` +
        `none, since it may run any number of times. Return the new value, and assign it after ${op}.`,
      { op, details: { variable: variable.name } },
    );
  }
  const [effect] = scope.effects;
  if (effect === undefined) return;
  throw new GraphError(
    `${op}: '${scope.name}' uses ${effect.node.op?.name}. Got an effect inside the function; expected none, since it ` +
      `may run any number of times. Return the value, and look at it after ${op}.`,
    { op },
  );
}
