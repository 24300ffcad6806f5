import { clip, mul, square, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of {@link hinge}. */
export interface HingeOptions extends LossOptions {
  /** How far on the right side of 0 an output must be to cost nothing. Default 1. */
  readonly margin?: number | undefined;
  /** Square what is missing. Default false. */
  readonly squared?: boolean | undefined;
}

/**
 * Hinge loss of scores for yes-no answers: `max(0, margin − t · x)`, as of a support vector machine.
 * @param outputs - `[batch, ...]`, any real numbers.
 * @param targets - The same shape, 1 or −1.
 * @param options.margin - Default 1.
 * @param options.squared - Default false.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the outputs). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * await toArray(hinge(tensor([2, 0.5]), tensor([1, -1]), { reduction: 'none' })); // => [0, 1.5]
 * @category Losses
 */
export function hinge(outputs: Tensor, targets: Tensor, options: HingeOptions = {}): Tensor {
  checkOptionNames('hinge', options, ['margin', 'squared', 'reduction', 'exampleWeights']);
  checkSameShape('hinge', outputs, targets);
  const { margin = 1, squared = false } = options;
  const missing = clip(sub(margin, mul(targets, outputs)), 0, Infinity);
  return reduceLoss('hinge', { values: squared ? square(missing) : missing }, options);
}
