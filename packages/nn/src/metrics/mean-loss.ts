import { mean, mul, onesLike, stack, sum } from '@gai/core';
import type { Loss } from '../losses/reduction.ts';
import { share } from './metric.ts';
import type { Metric } from './metric.ts';

/**
 * The mean of a loss over the examples of a data set, as a metric: `meanLoss('mae', mae)`.
 *
 * An example's value is the mean over its elements, and every example counts the same: class weights and ignored
 * targets do not change what is divided by.
 * @param name - The key of the value among `evaluate`'s results.
 * @param loss - A loss that gives values of single elements with `reduction: 'none'`.
 * @example
 * const metric = meanLoss('mae', mae);
 * const sums = metric.batch(tensor([1, 2]), tensor([0, 4]));
 * metric.result([...(await data(sums))].map(Number)); // => 1.5
 * @category Metrics
 */
export function meanLoss(name: string, loss: Loss): Metric<number> {
  return {
    name,
    batch: (outputs, targets, weights) => {
      const values = loss(outputs, targets, { reduction: 'none' });
      const inner = values.shape.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
      const perExample = inner.length === 0 ? values : mean(values, { axis: inner }); // [batch]
      const counted = weights ?? onesLike(perExample);
      return stack([sum(mul(perExample, counted)), sum(counted)]);
    },
    result: share,
  };
}
