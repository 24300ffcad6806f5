import { checkOptionNames } from '@gai/core/ops';
import { countedLabels, topSums } from './labels.ts';
import type { LabelMetricOptions } from './labels.ts';
import { share } from './metric.ts';
import type { Metric } from './metric.ts';

/**
 * Share of examples whose largest output is the target's, from 0 to 1; NaN for no example.
 *
 * Outputs `[batch, classes, ...]`, targets `[batch, ...]` int32. Of equal outputs the lower class is chosen.
 * @param options.ignoreIndex - Targets that do not count. Default -100.
 * @example
 * const metric = accuracy();
 * const outputs = tensor([[0.1, 0.9], [0.8, 0.2]]);
 * const sums = metric.batch(outputs, tensor([1, 1], { dtype: 'int32' }));
 * metric.result([...(await data(sums))].map(Number)); // => 0.5
 * @category Metrics
 */
export function accuracy(options: LabelMetricOptions = {}): Metric<number> {
  checkOptionNames('accuracy', options, ['ignoreIndex']);
  return {
    name: 'accuracy',
    batch: (outputs, targets, weights) =>
      topSums(outputs, countedLabels('accuracy', { outputs, targets, weights }, options), 1),
    result: share,
  };
}
