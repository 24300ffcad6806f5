import { add, cast, div, mul, onesLike, sqrt, square, sub, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { maskedMean, checkShapes } from './shapes.ts';

/**
 * Shifts and scales to mean 0 and deviation 1: `(x − mean) / (std + 1e-8)`, std with n − 1, as PPO does with the advantages
 * of a minibatch.
 *
 * On the host, in float64: {@link hostWhiten}.
 *
 * @param x - Floats; at least two that count, or the deviation is not a number.
 * @param options.mask - The shape of x; 1 for what counts, 0 for padding, which is scaled all the same. Default all.
 * @returns The shape of x.
 * @throws {@link ShapeError} if the mask has another shape.
 * @example
 * const scaled = await toArray(whiten(tensor([1, 2, 3])));
 * scaled.map((value) => Number(Number(value).toFixed(4))); // => [-1, 0, 1]
 * @category Losses
 * @since 0.1.0
 */
export function whiten(x: Tensor, { mask }: { readonly mask?: Tensor | undefined } = {}): Tensor {
  checkShapes('whiten', { x, mask });
  const centred = sub(x, maskedMean(x, mask));
  const weights = mask === undefined ? undefined : cast(mask, x.dtype);
  const squares = square(centred);
  const total = weights === undefined ? sum(squares) : sum(mul(squares, weights));
  const count = sub(weights === undefined ? sum(onesLike(x)) : sum(weights), 1);
  return div(centred, add(sqrt(div(total, count)), 1e-8));
}
