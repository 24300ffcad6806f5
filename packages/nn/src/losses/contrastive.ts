import { add, clip, mul, square, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkEmbeddings, checkPairTargets, pairwiseDistance } from './distance.ts';
import type { MarginOptions } from './hinge-embedding.ts';
import { reduceLoss } from './reduction.ts';

/**
 * Contrastive loss of pairs, with d Euclid's distance: `t · d² / 2 + (1 − t) · max(0, margin − d)² / 2`: pairs that are
 * alike are pulled together, others pushed apart up to the margin.
 *
 * **Differs from the paper**: t is 1 for pairs that are alike (there 0). 1e-6 is added to every difference.
 * @param a - `[batch, features]`, one side of each pair.
 * @param b - The same shape, the other side.
 * @param targets - `[batch]`, 1 for alike, 0 for different.
 * @param options.margin - Default 1.
 * @param options.reduction - `mean`, `sum` or `none` (`[batch]`). Default `mean`.
 * @throws {@link ShapeError} if the shapes do not fit.
 * @example
 * const loss = contrastive(tensor([[0], [0]]), tensor([[2], [2]]), tensor([1, 0]), { margin: 3, reduction: 'none' });
 * await toArray(loss); // => [2.000, 0.500]
 * @see Hadsell et al. 2006, https://doi.org/10.1109/CVPR.2006.100
 * @category Losses
 */
// oxlint-disable-next-line max-params -- three operands.
export function contrastive(a: Tensor, b: Tensor, targets: Tensor, options: MarginOptions = {}): Tensor {
  checkOptionNames('contrastive', options, ['margin', 'reduction', 'exampleWeights']);
  checkEmbeddings('contrastive', a, b);
  checkPairTargets('contrastive', a, targets);
  const distance = pairwiseDistance(a, b, { p: 2, eps: 1e-6 });
  const near = square(clip(sub(options.margin ?? 1, distance), 0, Infinity));
  const values = mul(add(mul(targets, square(distance)), mul(sub(1, targets), near)), 0.5);
  return reduceLoss('contrastive', { values }, options);
}
