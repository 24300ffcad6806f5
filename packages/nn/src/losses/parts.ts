import type { Tensor } from '@gai/core';
import { shared } from '../shared.ts';

/**
 * A mean as its two parts: what is added up over examples or tokens, and how much each of them counted. The mean over
 * several batches is the sum of the sums over the sum of the counts.
 * @category Losses
 */
export interface LossParts {
  /** Scalar: the losses, added up. */
  readonly sum: Tensor;
  /** Scalar: how much they count in the mean, for example the number of tokens; null: the loss is the sum itself. */
  readonly count: Tensor | null;
}

/** What is known of a reduced loss of this package. */
interface LossRecord {
  /** Its parts, made when somebody asks for them. */
  parts(loss: Tensor): LossParts;
  /** Whether it divides by a number that is the same for every row. */
  readonly byRows: boolean;
}

const known = (): WeakMap<Tensor, LossRecord> => shared('loss-parts', () => new WeakMap());

/** Remembers what a loss was made of. */
export function rememberParts(loss: Tensor, record: LossRecord): Tensor {
  known().set(loss, record);
  return loss;
}

/** What a loss was made of, if it is one of this package as it came. */
export function recordOf(loss: Tensor): LossRecord | undefined {
  return known().get(loss);
}
