import { ArgumentError, abs, lessEqual, mul, square, sub, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** The error at which the loss turns from a square to a line, above 0. Default 1. */
  readonly delta?: number | undefined;
}

/**
 * Huber loss, with `d = outputs − targets`: `d² / 2` up to `|d| = delta`, `delta · (|d| − delta / 2)` beyond. Less
 * moved by outliers than {@link mse}.
 * @param outputs - `[batch, ...]`.
 * @param targets - The same shape.
 * @param options.delta - Default 1.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the outputs). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @throws {@link ArgumentError} if delta is not positive.
 * @example
 * await toArray(huber(tensor([1, 4]), tensor([0, 0]), { reduction: 'none' })); // => [0.5, 3.5]
 * @see Huber 1964, https://doi.org/10.1214/aoms/1177703732
 * @category Losses
 */
export function huber(outputs: Tensor, targets: Tensor, options: HuberOptions = {}): Tensor {
  checkOptionNames('huber', options, ['delta', 'reduction', 'exampleWeights']);
  const { delta = 1 } = options;
  if (!(delta > 0)) {
    throw new ArgumentError(`huber: delta is out of range. Got ${delta}; expected a number above 0.`, { op: 'huber' });
  }
  checkSameShape('huber', outputs, targets);
  const error = sub(outputs, targets);
  const size = abs(error);
  const line = mul(sub(size, delta / 2), delta);
  return reduceLoss('huber', { values: where(lessEqual(size, delta), mul(square(error), 0.5), line) }, options);
}
