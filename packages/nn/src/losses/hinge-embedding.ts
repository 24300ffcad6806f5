import { add, clip, notEqual, sub, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** The distance beyond which pairs that differ cost nothing. Default 1. */
  readonly margin?: number | undefined;
}

/**
 * Hinge loss of distances: `x` for pairs that are alike, `max(0, margin − x)` for pairs that differ.
 * @param distances - `[batch, ...]`.
 * @param targets - The same shape, 1 for alike, −1 for different.
 * @param options.margin - Default 1.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the distances). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * await toArray(hingeEmbedding(tensor([2, 0.25]), tensor([1, -1]), { reduction: 'none' })); // => [2, 0.75]
 * @category Losses
 */
export function hingeEmbedding(distances: Tensor, targets: Tensor, options: MarginOptions = {}): Tensor {
  checkOptionNames('hingeEmbedding', options, ['margin', 'reduction', 'exampleWeights']);
  checkSameShape('hingeEmbedding', distances, targets);
  const near = where(notEqual(targets, 1), clip(sub(options.margin ?? 1, distances), 0, Infinity), 0);
  const far = where(notEqual(targets, -1), distances, 0);
  return reduceLoss('hingeEmbedding', { values: add(near, far) }, options);
}
