import { add, mul, neg, softplus, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of {@link bceWithLogits}. */
export interface BceWithLogitsOptions extends LossOptions {
  /** How much targets of 1 count against targets of 0; broadcasts with the outputs. Default 1. */
  readonly posWeight?: Tensor | number | undefined;
}

/**
 * Binary cross-entropy of sigmoid: `−posWeight · t · ln σ(x) − (1 − t) · ln(1 − σ(x))`, in nats, for one or several
 * independent yes-no answers per example.
 * @param logits - `[batch, ...]`, any real numbers: not passed through sigmoid before.
 * @param targets - The same shape, from 0 to 1.
 * @param options.posWeight - Default 1.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the logits). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * (await item(bceWithLogits(tensor([0]), tensor([1])))).toFixed(4); // => '0.6931'
 * @category Losses
 */
export function bceWithLogits(logits: Tensor, targets: Tensor, options: BceWithLogitsOptions = {}): Tensor {
  checkOptionNames('bceWithLogits', options, ['posWeight', 'reduction', 'exampleWeights']);
  checkSameShape('bceWithLogits', logits, targets);
  const { posWeight } = options;
  // −ln σ(x) = softplus(−x) and −ln(1 − σ(x)) = x + softplus(−x): nothing overflows, nothing cancels.
  const rest = softplus(neg(logits));
  const weighted = posWeight === undefined ? rest : mul(rest, add(mul(sub(posWeight, 1), targets), 1));
  return reduceLoss('bceWithLogits', { values: add(mul(sub(1, targets), logits), weighted) }, options);
}
