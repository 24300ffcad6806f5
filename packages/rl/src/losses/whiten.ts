import { add, cast, div, greater, mul, onesLike, sqrt, square, stopGradient, sub, sum, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkShapes, maskedMean, withoutPadding } from './shapes.ts';

/**
 * Shifts and scales to mean 0 and deviation 1: `(x − mean) / (std + 1e-8)`, std with n − 1, as PPO does with the advantages
 * of a minibatch.
 *
 * On the host, in float64: {@link hostWhiten}.
 *
 * @param x - Floats; at least two that count, or the deviation is not a number.
 * @param options.mask - The shape of x; 1 for what counts, 0 for padding, which is scaled all the same. Default all.
 * @returns The shape of x. No gradient flows from or to padding.
 * @throws {@link ShapeError} if the mask has another shape.
 * @example
 * await toArray(whiten(tensor([1, 2, 3]))); // => [-1.0000, 0, 1.0000]
 * @category Losses
 * @since 0.1.0
 */
export function whiten(x: Tensor, options: { readonly mask?: Tensor | undefined } = {}): Tensor {
  checkOptionNames('whiten', options, ['mask']);
  const { mask } = options;
  checkShapes('whiten', { x, mask });
  const kept = withoutPadding(x, mask);
  const weights = mask === undefined ? onesLike(x) : cast(mask, x.dtype);
  const centre = maskedMean(kept, mask);
  const total = sum(mul(square(sub(kept, centre)), weights));
  const deviation = add(sqrt(div(total, sub(sum(weights), 1))), 1e-8);
  const scaled = div(sub(kept, centre), deviation);
  if (mask === undefined) return scaled;
  // Apart, since the slope by the deviation is NaN where x is.
  return where(greater(weights, 0), scaled, stopGradient(div(sub(x, centre), deviation)));
}
