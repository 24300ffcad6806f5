import { isFloat } from '../dtype.ts';
import { GraphError, internalError } from '../errors.ts';
import { toposort } from '../ir/graph.ts';
import type { Operands, VjpRule } from '../ir/op.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { formatShape, shapesEqual } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { currentScope } from '../ir/scope.ts';
import { add } from '../ops/elementwise.ts';
import { reshape, sum, zerosLike } from '../ops/structural.ts';
import { resolve } from '../trace/bind.ts';
import { inGradientOf } from '../trace/origin.ts';

/** Undoes broadcasting: sums `dy` over the axes that were repeated, down to `shape`. */
export function sumTo(dy: Tensor, shape: Shape): Tensor {
  if (shapesEqual(dy.shape, shape)) return dy;
  const added = dy.shape.length - shape.length;
  const axes: number[] = [];
  dy.shape.forEach((size, axis) => {
    if (axis < added || (shape[axis - added] === 1 && size !== 1)) axes.push(axis);
  });
  return reshape(sum(dy, { axis: axes, keepDims: true }), shape);
}

/** One step of a {@link Tape}: a node with the operands it had when the tape was made. */
export interface TapeStep {
  readonly node: Node;
  readonly inputs: readonly Tensor[];
}

/**
 * The nodes on the paths from some tensors to others, users before operands. A read lets go of the operands of what it
 * has computed, so whoever goes back later must have recorded them.
 */
export interface Tape {
  readonly outputs: readonly Tensor[];
  readonly wrt: readonly Tensor[];
  readonly steps: readonly TapeStep[];
}

/** Records how `outputs` are computed from `wrt`. */
export function record(outputs: readonly Tensor[], wrt: readonly Tensor[]): Tape {
  const sources = new Set(wrt.map((tensor) => tensor.node));
  const order = toposort(outputs, (node) => sources.has(node) || node.values[0] !== undefined);
  const depends = new Set(sources);
  for (const node of order) {
    if (!sources.has(node) && node.inputs.some((input) => depends.has(input.node))) depends.add(node);
  }
  const steps = order.filter((node) => depends.has(node)).reverse();
  return { outputs, wrt, steps: steps.map((node) => ({ node, inputs: node.inputs })) };
}

/** The sum of the cotangents that have reached each tensor. */
export class Cotangents {
  readonly #sums = new Map<Node, (Tensor | undefined)[]>();

  get(tensor: Tensor): Tensor | undefined {
    return this.#sums.get(tensor.node)?.[tensor.index];
  }

  of(node: Node): readonly (Tensor | undefined)[] | undefined {
    return this.#sums.get(node);
  }

  add(tensor: Tensor, cotangent: Tensor): void {
    const sums = this.#sums.get(tensor.node) ?? [];
    const before = sums[tensor.index];
    sums[tensor.index] = before === undefined ? cotangent : add(before, cotangent);
    this.#sums.set(tensor.node, sums);
  }
}

/**
 * Reverse mode over a graph that exists: the cotangents of `wrt` for the given cotangents of `outputs`; undefined
 * where no output depends on a tensor.
 *
 * For gradients inside a traced step, where the tensors (parameters, say) are already part of the graph. To take the
 * gradient of a function use {@link grad}. The way back ends at every tensor of `wrt`, also for others before it.
 * @throws {@link GraphError} if what leads from a tensor to the outputs may have been read before, and so forgotten.
 * @category Gradients
 */
export function backward(
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  wrt: readonly Tensor[],
): (Tensor | undefined)[] {
  // Inside a trace nothing is ever read, and a variable stands for itself.
  if (currentScope() !== null) return pullBack(record(outputs, wrt), cotangents);
  const tape = record(outputs, wrt.map(resolve));
  const reached = new Set(tape.steps.map(({ node }) => node));
  for (const { node } of tape.wrt) if (!reached.has(node)) refuseForgotten(outputs, node);
  return pullBack(tape, cotangents);
}

/** Refuses where a node that was read, and so has let go of its operands, may have been computed from the target. */
function refuseForgotten(outputs: readonly Tensor[], target: Node): void {
  // Nodes are numbered as they are made; an older one cannot depend on a newer.
  const read = toposort(outputs).find((node) => node.op !== null && node.values[0] && node.id > target.id);
  if (read === undefined) return;
  const made = read.origin === undefined ? '' : ` It was made at ${read.origin}.`;
  throw new GraphError(
    `backward: no way leads back to a tensor, but a value of '${read.op?.name}' on the way was read, and how it was ` +
      `computed is forgotten then.${made} Got a value; expected a graph. Take the gradient before reading, or use valueAndGrad.`,
    { op: 'backward', details: { origin: read.origin } },
  );
}

/** The cotangents of a tape's `wrt` for cotangents of its outputs. */
export function pullBack(tape: Tape, cotangents: readonly Tensor[]): (Tensor | undefined)[] {
  const sums = new Cotangents();
  tape.outputs.forEach((output, index) => sums.add(output, cotangents[index]!));
  const sources = new Set(tape.wrt.map((tensor) => tensor.node));
  const active = differentiable(tape, sources);
  for (const step of tape.steps) {
    const dys = sums.of(step.node);
    if (dys === undefined || !active.has(step.node) || sources.has(step.node)) continue;
    inGradientOf(step.node.place, () => propagate(step, dys, active, sums));
  }
  return tape.wrt.map((tensor) => sums.get(tensor));
}

/** The nodes from which a cotangent gets back to a source: by ops that have a rule, through floats. */
export function differentiable({ steps }: Tape, sources: ReadonlySet<Node>): ReadonlySet<Node> {
  const active = new Set(sources);
  for (const { node, inputs } of steps.toReversed()) {
    if (node.op === null || node.op.vjp === null) continue;
    if (inputs.some((input) => active.has(input.node) && isFloat(input.dtype))) active.add(node);
  }
  return active;
}

function propagate(
  { node, inputs }: TapeStep,
  dys: readonly (Tensor | undefined)[],
  active: ReadonlySet<Node>,
  sums: Cotangents,
): void {
  const op = node.op;
  if (op === null || op.vjp === null) return;
  const needed = inputs.map((input) => active.has(input.node) && isFloat(input.dtype));
  const given = callRule({ node, inputs }, dys, needed);
  inputs.forEach((input, index) => {
    const cotangent = given[index];
    if (cotangent == null || needed[index] !== true) return;
    sums.add(input, sumTo(cotangent, input.shape));
  });
}

/** What the rule of a step gives each operand for cotangents of its outputs, before broadcasting is undone. */
export function callRule(
  { node, inputs }: TapeStep,
  dys: readonly (Tensor | undefined)[],
  needed: readonly boolean[],
): readonly (Tensor | null)[] {
  const op = node.op!;
  const full = node.outputs.map((output, index) => dys[index] ?? zerosLike(output));
  const given = (op.vjp as VjpRule<unknown>)(full as unknown as Operands, {
    inputs: inputs as unknown as Operands,
    outputs: node.outputs as unknown as Operands,
    attrs: node.attrs,
    needed,
  });
  if (given.length !== inputs.length) {
    throw internalError(`the gradient rule of '${op.name}' gives ${given.length} of ${inputs.length} cotangents.`);
  }
  return given;
}

/** Refuses an output that has no derivative. */
export function checkDifferentiable(output: unknown, op: string): asserts output is Tensor {
  if (!isTensor(output)) {
    throw new GraphError(
      `${op}: the function returns no tensor. Got ${typeof output}; expected one tensor. Return the loss itself.`,
      { op },
    );
  }
  if (isFloat(output.dtype)) return;
  throw new GraphError(
    `${op}: the result is not a float. Got ${output.dtype} ${formatShape(output.shape)}; expected a floating-point dtype.`,
    { op },
  );
}
