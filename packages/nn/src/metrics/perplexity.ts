import { stack, sum, mul } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { countedLabels } from './labels.ts';
import type { LabelMetricOptions } from './labels.ts';
import { share } from './metric.ts';
import type { Metric } from './metric.ts';

/**
 * Perplexity: e to the mean cross-entropy (in nats) of the targets that count: between how many equally likely classes the
 * model hesitates.
 *
 * Outputs are logits `[batch, classes, ...]`, targets `[batch, ...]` int32.
 * @param options.ignoreIndex - Targets that do not count. Default -100.
 * @example
 * const metric = perplexity();
 * const sums = metric.batch(tensor([[0, 0, 0, 0]]), tensor([2], { dtype: 'int32' }));
 * metric.result([...(await data(sums))].map(Number)).toFixed(4); // => '4.0000'
 * @category Metrics
 */
export function perplexity(options: LabelMetricOptions = {}): Metric<number> {
  checkOptionNames('perplexity', options, ['ignoreIndex']);
  return {
    name: 'perplexity',
    batch: (outputs, targets, weights) => {
      const counted = countedLabels('perplexity', { outputs, targets, weights }, options);
      const losses = crossEntropy(outputs, counted.labels, { reduction: 'none' });
      return stack([sum(mul(losses, counted.weights)), sum(counted.weights)]);
    },
    result: (sums) => Math.exp(share(sums)),
  };
}
