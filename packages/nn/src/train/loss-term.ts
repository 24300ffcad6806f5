import { GraphError, cast, div, isTensor, mul } from '@gai/core';
import type { Tensor } from '@gai/core';
import { isSymbolic } from '@gai/core/ops';
import { partsOf } from '../losses/parts.ts';
import type { LossParts } from '../losses/parts.ts';
import { checkScalar } from './step-errors.ts';

/**
 * A loss as a step's function returns it: a scalar, or its sum and what that is divided by. A scalar of the losses of
 * this package is taken apart by itself; any other counts as the mean over the rows of the batch, and a sum over them is
 * refused where the batch is gone through in parts.
 * @category Training
 */
export type LossValue = Tensor | LossParts;

/** A loss of a step. */
export interface LossTerm {
  readonly name: string;
  /** What is minimised. */
  readonly value: Tensor;
  /** The same as sum and count, for adding up parts of a batch; `rows` is the number of rows of the part. */
  parts(rows: Tensor): LossParts;
}

/** The losses that were returned, by name; null stands for a model that is not updated in this step. */
export function lossTerms(losses: Readonly<Record<string, LossValue | null>>): LossTerm[] {
  if (typeof losses !== 'object' || losses === null) throw noLosses(losses);
  return Object.entries(losses).flatMap(([name, loss]) => (loss === null ? [] : [termOf(name, loss)]));
}

function termOf(name: string, loss: LossValue): LossTerm {
  if (isTensor(loss)) {
    checkScalar(name, loss);
    return { name, value: loss, parts: (rows) => partsOf(loss) ?? meanOver(name, loss, rows) };
  }
  if (typeof loss !== 'object') throw notALoss(name);
  const { sum, count } = loss;
  if (!isTensor(sum) || !(count === null || isTensor(count))) throw notALoss(name);
  checkScalar(name, sum);
  if (count !== null) checkScalar(name, count);
  return { name, value: count === null ? sum : div(sum, cast(count, sum.dtype)), parts: () => loss };
}

function meanOver(name: string, loss: Tensor, rows: Tensor): LossParts {
  if (isSumOverRows(loss)) throw notAMean(name);
  const count = cast(rows, loss.dtype);
  return { sum: mul(loss, count), count };
}

/** The rows of a part have no fixed number. */
function isSumOverRows({ node }: Tensor): boolean {
  if (node.op?.name === 'reshape') return isSumOverRows(node.inputs[0]!);
  return node.op?.name === 'sum' && node.inputs.some(({ shape }) => shape.some(isSymbolic));
}

const notAMean = (name: string): GraphError =>
  new GraphError(
    `trainStep: the loss '${name}' is a sum over rows. Got sum(...), which with accumulate would count as a mean of each part; ` +
      `expected a mean, or { sum, count }. Return { sum: loss, count: null } for a sum that nothing divides.`,
    { op: 'trainStep', details: { name } },
  );

const noLosses = (got: unknown): GraphError =>
  new GraphError(
    `trainStep: the function returns no losses. Got ${String(got)} in place of them; expected { losses: { model: loss } } from ` +
      `a function that is not async. Name each loss after the model it updates.`,
    { op: 'trainStep' },
  );

const notALoss = (name: string): GraphError =>
  new GraphError(
    `trainStep: the loss '${name}' is no loss. Got another value; expected a scalar tensor, { sum, count } of two, or null ` +
      `for a model that is not updated. Return one of them.`,
    { op: 'trainStep', details: { name } },
  );
