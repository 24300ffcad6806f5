import { checkOptionNames } from '@gai/core/ops';
import { averaged, checkAverage, classSums, countsOf, quotient } from './class-counts.ts';
import type { Average, ClassMetricOptions } from './class-counts.ts';
import type { Metric } from './metric.ts';

/**
 * How many of the answers of a class were right: `hits / (hits + wrong)`.
 *
 * Outputs `[batch, classes, ...]` with targets `[batch, ...]` int32, or scores of the targets' shape (0 or 1). 0 where
 * nothing is divided by nothing; `macro` leaves out classes that neither occur nor are answered. As in scikit-learn.
 * @param options.average - `binary`, `macro`, `micro`, `weighted` or `none`. Default `binary`.
 * @param options.positive - The class that `binary` is about. Default 1.
 * @param options.threshold - Scores above it mean yes. Default 0.
 * @param options.ignoreIndex - Targets that do not count. Default -100.
 * @example
 * const metric = precision();
 * const sums = metric.batch(tensor([2, 1, -1, 3]), tensor([1, 0, 1, 1], { dtype: 'int32' }));
 * metric.result([...(await data(sums))].map(Number)).toFixed(4); // => '0.6667'
 * @category Metrics
 */
export function precision(options: ClassMetricOptions & { readonly average: 'none' }): Metric<number[]>;
export function precision(
  options?: ClassMetricOptions & { readonly average?: Exclude<Average, 'none'> | undefined },
): Metric<number>;
export function precision(options: ClassMetricOptions = {}): Metric<number | number[]> {
  checkOptionNames('precision', options, ['average', 'positive', 'threshold', 'ignoreIndex']);
  checkAverage('precision', options);
  return {
    name: 'precision',
    batch: (outputs, targets, weights) => classSums('precision', { outputs, targets, weights }, options),
    result: (sums) => averaged('precision', countsOf(sums), ({ hits, wrong }) => quotient(hits, hits + wrong), options),
  };
}
