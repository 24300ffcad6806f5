import { abs, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/**
 * Mean absolute error (L1): `|outputs − targets|`. Its gradient at 0 is 0.
 * @param outputs - `[batch, ...]`.
 * @param targets - The same shape.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the outputs). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * await item(mae(tensor([1, 2]), tensor([0, 4]))); // => 1.5
 * @category Losses
 */
export function mae(outputs: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptionNames('mae', options, ['reduction', 'exampleWeights']);
  checkSameShape('mae', outputs, targets);
  return reduceLoss('mae', { values: abs(sub(outputs, targets)) }, options);
}
