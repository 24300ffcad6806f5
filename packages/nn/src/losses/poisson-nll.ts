import { add, exp, greater, log, mul, sub, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of {@link poissonNll}. */
export interface PoissonNllOptions extends LossOptions {
  /** Whether the outputs are logarithms of rates. Default true. */
  readonly logInput?: boolean | undefined;
  /** Add Stirling's approximation of `ln t!` for targets above 1. Default false. */
  readonly full?: boolean | undefined;
  /** Added to rates before their logarithm is taken. Default 1e-8. */
  readonly eps?: number | undefined;
}

/**
 * Negative log likelihood of counts under Poisson distributions: `eˣ − t · x` of log rates x, `x − t · ln(x + eps)` of
 * rates x; in nats, without the term `ln t!` that depends on the targets alone.
 * @param outputs - `[batch, ...]`, log rates, or rates with `logInput: false`.
 * @param targets - The same shape, counts.
 * @param options.logInput - Default true.
 * @param options.full - Add an approximation of `ln t!`. Default false.
 * @param options.eps - Default 1e-8.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the outputs). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * await item(poissonNll(tensor([0]), tensor([3]))); // => 1
 * @category Losses
 */
export function poissonNll(outputs: Tensor, targets: Tensor, options: PoissonNllOptions = {}): Tensor {
  checkOptionNames('poissonNll', options, ['logInput', 'full', 'eps', 'reduction', 'exampleWeights']);
  checkSameShape('poissonNll', outputs, targets);
  const { logInput = true, full = false, eps = 1e-8 } = options;
  const likely = logInput
    ? sub(exp(outputs), mul(targets, outputs))
    : sub(outputs, mul(targets, log(add(outputs, eps))));
  return reduceLoss('poissonNll', { values: full ? add(likely, stirling(targets)) : likely }, options);
}

/** `t ln t − t + ln(2πt) / 2` where t > 1, else 0. */
function stirling(targets: Tensor): Tensor {
  const counted = greater(targets, 1);
  const t = where(counted, targets, 1);
  const approximation = add(sub(mul(t, log(t)), t), mul(log(mul(t, 2 * Math.PI)), 0.5));
  return where(counted, approximation, 0);
}
