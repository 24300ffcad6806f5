import { ArgumentError, add, clip, minimum, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkEmbeddings, pairwiseDistance } from './distance.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of {@link tripletMargin}. */
export interface TripletMarginOptions extends LossOptions {
  /** How much farther the negative must be than the positive. Default 1. */
  readonly margin?: number | undefined;
  /** The norm of the distance, above 0: 2 is Euclid's. Default 2. */
  readonly p?: number | undefined;
  /** Added to every difference. Default 1e-6. */
  readonly eps?: number | undefined;
  /** Take the distance of positive and negative where it is smaller than that of anchor and negative. Default false. */
  readonly swap?: boolean | undefined;
}

/**
 * Triplet loss: `max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin)`: the anchor nearer to the positive than to
 * the negative, by the margin.
 * @param anchor - `[batch, features]`.
 * @param positive - The same shape: of the anchor's kind.
 * @param negative - The same shape: of another kind.
 * @param options.margin - Default 1.
 * @param options.p - The norm. Default 2.
 * @param options.eps - Added to every difference. Default 1e-6.
 * @param options.swap - Default false.
 * @param options.reduction - `mean`, `sum` or `none` (`[batch]`). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ; {@link ArgumentError} if p is not positive.
 * @example
 * const loss = tripletMargin(tensor([[0, 0]]), tensor([[0, 2]]), tensor([[0, 5]]), { margin: 4 });
 * (await item(loss)).toFixed(3); // => '1.000'
 * @see Schroff et al. 2015, https://arxiv.org/abs/1503.03832
 * @category Losses
 */
export function tripletMargin(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  // oxlint-disable-next-line max-params -- three operands, as in PyTorch.
  options: TripletMarginOptions = {},
): Tensor {
  checkOptionNames('tripletMargin', options, ['margin', 'p', 'eps', 'swap', 'reduction', 'exampleWeights']);
  checkEmbeddings('tripletMargin', anchor, positive);
  checkEmbeddings('tripletMargin', anchor, negative);
  const { margin = 1, p = 2, eps = 1e-6, swap = false } = options;
  if (!(p > 0 && p < Infinity)) {
    throw new ArgumentError(`tripletMargin: p is out of range. Got ${p}; expected a number above 0.`, {
      op: 'tripletMargin',
    });
  }
  const distance = (a: Tensor, b: Tensor): Tensor => pairwiseDistance(a, b, { p, eps });
  const own = distance(anchor, negative);
  const far = swap ? minimum(own, distance(positive, negative)) : own;
  const values = clip(add(sub(distance(anchor, positive), far), margin), 0, Infinity);
  return reduceLoss('tripletMargin', { values }, options);
}
