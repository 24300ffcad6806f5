import { GraphError, add, cast, div, isTensor, mul } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { LossParts } from '../losses/parts.ts';
import { hidesLoss, summandsOf } from '../losses/summands.ts';
import type { Summand } from '../losses/summands.ts';
import { checkScalar } from './step-errors.ts';

/**
 * A loss as a step's function returns it: a scalar, or its sum and what that is divided by.
 *
 * Where the batch is gone through in parts (`accumulate`), a scalar of the losses of this package is taken apart by itself,
 * also one that is scaled by a number, or to which a penalty on weights is added; any other counts as the mean over rows. What has
 * no one count is refused: sums over rows, and sums or functions of losses of which one counts by tokens or weights.
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

/** Losses as a step's function returns them: by the model that each updates; null for one that is left as it is. */
export type Losses = Readonly<Record<string, LossValue | (() => LossValue) | null>>;

/**
 * The losses in the order of their updates: those that are there together, then each that is a function, when all before it
 * have updated their models.
 */
export function lossStages(losses: Losses): (() => Readonly<Record<string, LossValue | null>>)[] {
  if (typeof losses !== 'object' || losses === null) throw noLosses(losses);
  const entries = Object.entries(losses);
  const now = entries.filter((entry): entry is [string, LossValue | null] => typeof entry[1] !== 'function');
  const later = entries.flatMap(([name, loss]) => (typeof loss === 'function' ? [() => ({ [name]: loss() })] : []));
  return [() => Object.fromEntries(now), ...later];
}

/** Losses that are all there, as parts of a batch need them: they are summed up before anything is updated. */
export function lossesNow(losses: Losses): Readonly<Record<string, LossValue | null>> {
  if (typeof losses !== 'object' || losses === null) throw noLosses(losses);
  const later = Object.keys(losses).find((name) => typeof losses[name] === 'function');
  if (later === undefined) return losses as Readonly<Record<string, LossValue | null>>;
  throw notInParts(`the loss '${later}' is a function`);
}

/** The losses that were returned, by name; null stands for a model that is not updated in this step. */
export function lossTerms(losses: Readonly<Record<string, LossValue | null>>): LossTerm[] {
  if (typeof losses !== 'object' || losses === null) throw noLosses(losses);
  return Object.entries(losses).flatMap(([name, loss]) => (loss === null ? [] : [termOf(name, loss)]));
}

function termOf(name: string, loss: LossValue): LossTerm {
  if (isTensor(loss)) {
    checkScalar(name, loss);
    return { name, value: loss, parts: (rows) => partsOf(name, loss, rows) };
  }
  if (typeof loss !== 'object') throw notALoss(name);
  const { sum, count } = loss;
  if (!isTensor(sum) || !(count === null || isTensor(count))) throw notALoss(name);
  checkScalar(name, sum);
  if (count !== null) checkScalar(name, count);
  return { name, value: count === null ? sum : div(sum, cast(count, sum.dtype)), parts: () => loss };
}

/** A scalar as sum and count; what is not taken apart counts as the mean over rows. */
function partsOf(name: string, loss: Tensor, rows: Tensor): LossParts {
  const summands = summandsOf(loss);
  const fixed = summands.flatMap((one) => (one.kind === 'fixed' ? [one.value] : []));
  const rest = summands.filter((one) => one.kind !== 'fixed');
  const [only] = rest;
  if (rest.length === 1 && only!.kind === 'mean') {
    const { sum, count } = only as Extract<Summand, { kind: 'mean' }>;
    return { sum: fixed.reduce((total, value) => add(total, mul(value, cast(count, value.dtype))), sum), count };
  }
  if (summands.length === 1 && only?.kind === 'sum' && !only.scaled) return { sum: only.sum, count: null };
  if (rest.some((one) => one.kind === 'sum' || (one.kind === 'other' && one.sumOverRows))) throw notAMean(name);
  if (rest.some((one) => (one.kind === 'mean' ? !one.byRows : one.kind === 'other' && hidesLoss(one.value)))) {
    throw notOneCount(name);
  }
  const count = cast(rows, loss.dtype);
  return { sum: mul(loss, count), count };
}

const notAMean = (name: string): GraphError =>
  new GraphError(
    `trainStep: the loss '${name}' is a sum over rows. Got sum(...), which with accumulate would count as a mean of each part; ` +
      `expected a mean, or { sum, count }. Return { sum: loss, count: null } for a sum that nothing divides.`,
    { op: 'trainStep', details: { name } },
  );

const notOneCount = (name: string): GraphError =>
  new GraphError(
    `trainStep: the loss '${name}' has no one count. Got a loss that counts by tokens or weights together with others, or in a ` +
      `function of it; expected, with accumulate, one such loss, perhaps scaled, and what is the same for every part. Return ` +
      `{ sum, count } of losses with reduction: 'sum', or leave accumulate out.`,
    { op: 'trainStep', details: { name } },
  );

export const notInParts = (what: string): GraphError =>
  new GraphError(
    `trainStep: ${what}. Got accumulate, with which everything is updated at once, in the end; expected losses that are there, ` +
      'and no hooks. Leave accumulate out.',
    { op: 'trainStep' },
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
