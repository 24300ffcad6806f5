import { ArgumentError, abs, less, mul, square, sub, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { mae } from './mae.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of {@link smoothL1}. */
export interface SmoothL1Options extends LossOptions {
  /** The error at which the loss turns from a square to a line, 0 or more. Default 1. */
  readonly beta?: number | undefined;
}

/**
 * Smooth L1 loss, with `d = outputs − targets`: `d² / (2 · beta)` where `|d| < beta`, else `|d| − beta / 2`: {@link huber}
 * over beta, so that the slope of the line is 1. With beta 0 it is {@link mae}.
 * @param outputs - `[batch, ...]`.
 * @param targets - The same shape.
 * @param options.beta - Default 1.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the outputs). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @throws {@link ArgumentError} if beta is negative.
 * @example
 * await toArray(smoothL1(tensor([1, 4]), tensor([0, 0]), { beta: 2, reduction: 'none' })); // => [0.25, 3]
 * @see Girshick 2015, https://arxiv.org/abs/1504.08083
 * @category Losses
 */
export function smoothL1(outputs: Tensor, targets: Tensor, options: SmoothL1Options = {}): Tensor {
  checkOptionNames('smoothL1', options, ['beta', 'reduction', 'exampleWeights']);
  const { beta = 1, ...shared } = options;
  if (!(beta >= 0 && beta < Infinity)) {
    throw new ArgumentError(`smoothL1: beta is out of range. Got ${beta}; expected a number of 0 or more.`, {
      op: 'smoothL1',
    });
  }
  checkSameShape('smoothL1', outputs, targets);
  if (beta === 0) return mae(outputs, targets, shared);
  const error = sub(outputs, targets);
  const size = abs(error);
  const values = where(less(size, beta), mul(square(error), 0.5 / beta), sub(size, beta / 2));
  return reduceLoss('smoothL1', { values }, options);
}
