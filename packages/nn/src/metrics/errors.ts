import { mae } from '../losses/mae.ts';
import { mse } from '../losses/mse.ts';
import { meanLoss } from './mean-loss.ts';
import type { Metric } from './metric.ts';

/**
 * The mean of `(outputs − targets)²` over all elements of a data set.
 * @example
 * const metric = meanSquaredError();
 * const sums = metric.batch(tensor([1, 2]), tensor([0, 4]));
 * metric.result([...(await data(sums))].map(Number)); // => 2.5
 * @category Metrics
 */
export function meanSquaredError(): Metric<number> {
  return meanLoss('meanSquaredError', mse);
}

/**
 * The mean of `|outputs − targets|` over all elements of a data set.
 * @example
 * const metric = meanAbsoluteError();
 * const sums = metric.batch(tensor([1, 2]), tensor([0, 4]));
 * metric.result([...(await data(sums))].map(Number)); // => 1.5
 * @category Metrics
 */
export function meanAbsoluteError(): Metric<number> {
  return meanLoss('meanAbsoluteError', mae);
}
