import { GraphError, cast, div, isTensor, mul } from '@gai/core';
import type { Tensor } from '@gai/core';
import { partsOf } from '../losses/parts.ts';
import type { LossParts } from '../losses/parts.ts';
import { checkScalar } from './step-errors.ts';

/**
 * A loss as a step's function returns it: a scalar, or its sum and what that is divided by. A scalar of the losses of
 * this package is taken apart by itself; any other counts as the mean over the rows of the batch.
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
    return { name, value: loss, parts: (rows) => partsOf(loss) ?? meanOver(loss, rows) };
  }
  const { sum, count } = loss;
  if (!isTensor(sum) || !(count === null || isTensor(count))) throw notALoss(name);
  checkScalar(name, sum);
  if (count !== null) checkScalar(name, count);
  return { name, value: count === null ? sum : div(sum, cast(count, sum.dtype)), parts: () => loss };
}

const meanOver = (loss: Tensor, rows: Tensor): LossParts => {
  const count = cast(rows, loss.dtype);
  return { sum: mul(loss, count), count };
};

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
