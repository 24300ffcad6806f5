import { dimDivide, dimEquals, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import type { AnyOp } from '../ir/op.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import type { TapeStep } from './vjp.ts';

/** How the nodes of a tape stand to the examples of a batch and to what is differentiated. */
export interface ExampleAxis {
  /** Nodes whose values have the examples along axis 0, each in so many rows one after the other. */
  readonly examples: ReadonlySet<Node>;
  /** Nodes that are the same for every example and lead back to what is differentiated. */
  readonly learned: ReadonlySet<Node>;
}

interface Request {
  /** Operands before users. */
  readonly steps: readonly TapeStep[];
  readonly wrt: readonly Tensor[];
  readonly batch: readonly Tensor[];
  readonly size: Dim;
}

/**
 * Follows the examples of a batch through a graph, by what the op table says of rows (`OpDef.rows`).
 * @throws {@link GraphError} at the first op that is not known to keep examples apart.
 */
export function followExamples({ steps, wrt, batch, size }: Request): ExampleAxis {
  const examples = new Set(batch.map(({ node }) => node));
  const learned = new Set(wrt.map(({ node }) => node));
  for (const step of steps) {
    const { node, inputs } = step;
    if (examples.has(node) || learned.has(node)) continue;
    if (inputs.some((input) => examples.has(input.node))) {
      if (!keepsApart(step, examples, size)) throw mixes(step, examples);
      examples.add(node);
    } else if (inputs.some((input) => learned.has(input.node) && isFloat(input.dtype))) learned.add(node);
  }
  return { examples, learned };
}

/** Ops that keep examples apart for a reason other than `rows`: by name, whether they do where these operands have them. */
const RULES: Readonly<Record<string, (has: readonly boolean[], step: TapeStep) => boolean>> = {
  reshape: () => true, // The order stays: an example is rows one after the other before and after.
  linear: (has) => only(has, 0),
  quantizedLinear: (has) => only(has, 0),
  conv: (has) => only(has, 0),
  convTranspose: (has) => only(has, 0),
  channelAffine: (has) => only(has, 0),
  maxPool: (has) => only(has, 0),
  avgPool: (has) => only(has, 0),
  gather: (has, { node }) => only(has, 1) && axisOf(node) === 0,
  takeAlongAxis: (has, { node }) => has.every(Boolean) && axisOf(node) > 0,
  matmul: (has, { node, inputs }) =>
    only(has, 0) && inputs[1]!.shape.length === 2 && (node.attrs as { transposeA: boolean }).transposeA === false,
};

const only = (has: readonly boolean[], position: number): boolean =>
  has.every((one, index) => one === (index === position));
const axisOf = (node: Node): number => (node.attrs as { axis: number }).axis;

function keepsApart(step: TapeStep, examples: ReadonlySet<Node>, size: Dim): boolean {
  const { node, inputs } = step;
  const op = node.op!;
  if (node.regions.length > 0 || node.outputs.some(({ shape }) => !hasRows(shape[0], size))) return false;
  const has = inputs.map((input) => examples.has(input.node));
  const rule = Object.hasOwn(RULES, op.name) ? RULES[op.name]!(has, step) : false;
  return (
    rule || (rowsOf(op, step) >= 1 && inputs.every((input, index) => !has[index] || isAligned(input, node, inputs)))
  );
}

function rowsOf({ rows }: AnyOp, { node, inputs }: TapeStep): number {
  if (typeof rows === 'function') return rows(node.attrs as never, inputs as never);
  return rows ?? 0;
}

/** Whether axis 0 of an operand is axis 0 of the result. */
function isAligned(input: Tensor, { outputs }: Node, inputs: readonly Tensor[]): boolean {
  const [output] = outputs;
  const sameRank = inputs.length === 1 || input.shape.length === output!.shape.length;
  return sameRank && input.shape.length > 0 && dimEquals(input.shape[0]!, output!.shape[0]!);
}

const hasRows = (rows: Dim | undefined, size: Dim): boolean =>
  rows !== undefined && dimDivide(rows, size) !== undefined;

function mixes({ node, inputs }: TapeStep, examples: ReadonlySet<Node>): GraphError {
  const shapes = inputs.map((input) => `${formatShape(input.shape)}${examples.has(input.node) ? ' of examples' : ''}`);
  const made = node.origin === undefined ? '' : ` It was made at ${node.origin}.`;
  return new GraphError(
    `clippedGradients: '${node.op!.name}' is not known to keep examples apart. Got operands ${shapes.join(', ')}; expected ` +
      `the examples along axis 0 from the batch to the losses.${made} Keep the batch in front (no statistics over it), or ` +
      `take the gradient of each example in a scan.`,
    { op: 'clippedGradients', details: { operation: node.op!.name, origin: node.origin } },
  );
}

/** The number of examples, which every tensor of the batch has as its first size. */
export function batchSize(batch: readonly Tensor[], losses: Tensor): Dim {
  const size = batch[0]?.shape[0];
  const fits = size !== undefined && batch.every(({ shape }) => shape[0] !== undefined && dimEquals(shape[0], size));
  if (fits && losses.shape.length === 1 && dimEquals(losses.shape[0]!, size)) return size;
  throw new GraphError(
    `clippedGradients: not one loss per example. Got losses ${formatShape(losses.shape)} for a batch of ` +
      `${batch.map(({ shape }) => formatShape(shape)).join(', ') || 'nothing'}; expected [` +
      `${size === undefined ? 'n' : formatDim(size)}] and that size first in all of it. Compute the loss without reduction.`,
    { op: 'clippedGradients' },
  );
}
