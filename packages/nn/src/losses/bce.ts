import { add, clip, customVjp, div, log, maximum, mul, neg, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** What a logarithm of 0 counts, in nats, and what a product of probabilities is at least: PyTorch's bounds. */
const LOWEST_LOG = -100;
const SMALLEST = 1e-12;

/**
 * Binary cross-entropy of probabilities: `−t · ln p − (1 − t) · ln(1 − p)`, in nats; a logarithm counts at least −100.
 *
 * For logits use {@link bceWithLogits}, which loses nothing near 0 and 1.
 * @param probabilities - `[batch, ...]`, from 0 to 1.
 * @param targets - The same shape, from 0 to 1.
 * @param options.reduction - `mean` over all elements, `sum` or `none` (the shape of the probabilities). Default `mean`.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * (await item(bce(tensor([0.5]), tensor([1])))).toFixed(4); // => '0.6931'
 * @category Losses
 */
export function bce(probabilities: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptionNames('bce', options, ['reduction', 'exampleWeights']);
  checkSameShape('bce', probabilities, targets);
  const bounded = (p: Tensor): Tensor => clip(log(p), LOWEST_LOG, Infinity);
  const values = customVjp(
    (p) => neg(add(mul(targets, bounded(p)), mul(sub(1, targets), bounded(sub(1, p))))),
    // (p − t) / (p (1 − p)): the derivative without the bounds, kept finite.
    (dy, { inputs: [p] }) => [mul(dy, div(sub(p!, targets), maximum(mul(p!, sub(1, p!)), SMALLEST)))],
  )(probabilities);
  return reduceLoss('bce', { values }, options);
}
