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

const known = (): WeakMap<Tensor, (loss: Tensor) => LossParts> => shared('loss-parts', () => new WeakMap());

/** Remembers what a loss was made of; the parts are made when somebody asks for them. */
export function rememberParts(loss: Tensor, parts: (loss: Tensor) => LossParts): Tensor {
  known().set(loss, parts);
  return loss;
}

/** The parts of a reduced loss of this package. */
export function partsOf(loss: Tensor): LossParts | undefined {
  return known().get(loss)?.(loss);
}
