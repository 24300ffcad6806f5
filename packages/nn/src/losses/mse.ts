import { square, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/**
 * Mean squared error: `(outputs − targets)²`.
 * @param outputs - `[batch, ...]`.
 * @param targets - The same shape.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the outputs). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * await item(mse(tensor([1, 2]), tensor([0, 4]))); // => 2.5
 * @category Losses
 */
export function mse(outputs: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptionNames('mse', options, ['reduction', 'exampleWeights']);
  checkSameShape('mse', outputs, targets);
  return reduceLoss('mse', { values: square(sub(outputs, targets)) }, options);
}
