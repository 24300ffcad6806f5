import { add, clip, div, equal, mul, sqrt, square, sub, sum, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkEmbeddings, checkPairTargets } from './distance.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of {@link cosineEmbedding}. */
export interface CosineEmbeddingOptions extends LossOptions {
  /** The cosine below which pairs that differ cost nothing, from −1 to 1. Default 0. */
  readonly margin?: number | undefined;
}

/** Added to squared lengths, as PyTorch does. */
const SMALLEST = 1e-12;

/**
 * Cosine loss of pairs: `1 − cos(a, b)` for pairs that are alike, `max(0, cos(a, b) − margin)` for pairs that differ.
 * @param a - `[batch, features]`, one side of each pair.
 * @param b - The same shape, the other side.
 * @param targets - `[batch]`, 1 for alike, −1 for different.
 * @param options.margin - Default 0.
 * @param options.reduction - `mean`, `sum` or `none` (`[batch]`). Default `mean`.
 * @throws {@link ShapeError} if the shapes do not fit.
 * @example
 * const loss = cosineEmbedding(tensor([[1, 0]]), tensor([[0, 2]]), tensor([1]));
 * await item(loss); // => 1
 * @category Losses
 */
// oxlint-disable-next-line max-params -- three operands, as in PyTorch.
export function cosineEmbedding(a: Tensor, b: Tensor, targets: Tensor, options: CosineEmbeddingOptions = {}): Tensor {
  checkOptionNames('cosineEmbedding', options, ['margin', 'reduction', 'exampleWeights']);
  checkEmbeddings('cosineEmbedding', a, b);
  checkPairTargets('cosineEmbedding', a, targets);
  const squaredLength = (x: Tensor): Tensor => add(sum(square(x), { axis: -1 }), SMALLEST);
  const cosine = div(sum(mul(a, b), { axis: -1 }), sqrt(mul(squaredLength(a), squaredLength(b))));
  const alike = where(equal(targets, 1), sub(1, cosine), 0);
  const different = where(equal(targets, -1), clip(sub(cosine, options.margin ?? 0), 0, Infinity), 0);
  return reduceLoss('cosineEmbedding', { values: add(alike, different) }, options);
}
