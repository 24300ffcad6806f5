import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { countedLabels, topSums } from './labels.ts';
import type { LabelMetricOptions } from './labels.ts';
import { share } from './metric.ts';
import type { Metric } from './metric.ts';

/** Options of {@link topKAccuracy}. */
export interface TopKAccuracyOptions extends LabelMetricOptions {
  /** How many choices the model has. Default 5. */
  readonly k?: number | undefined;
}

/**
 * Share of examples whose target is among the `k` largest outputs, from 0 to 1; its name is `top5` for k = 5.
 *
 * Outputs `[batch, classes, ...]`, targets `[batch, ...]` int32. Of equal outputs the lower class comes first.
 * @param options.k - Default 5.
 * @param options.ignoreIndex - Targets that do not count. Default -100.
 * @throws {@link ArgumentError} if `k` is not a whole number of at least 1.
 * @example
 * topKAccuracy({ k: 3 }).name; // => 'top3'
 * @category Metrics
 */
export function topKAccuracy(options: TopKAccuracyOptions = {}): Metric<number> {
  checkOptionNames('topKAccuracy', options, ['k', 'ignoreIndex']);
  const { k = 5 } = options;
  if (!Number.isInteger(k) || k < 1) {
    throw new ArgumentError(`topKAccuracy: k is out of range. Got ${k}; expected a whole number of at least 1.`, {
      op: 'topKAccuracy',
      details: { k },
    });
  }
  return {
    name: `top${k}`,
    batch: (outputs, targets, weights) =>
      topSums(outputs, countedLabels('topKAccuracy', { outputs, targets, weights }, options), k),
    result: share,
  };
}
