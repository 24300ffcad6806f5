import { checkOptionNames } from '@gai/core/ops';
import type { LabelMetricOptions } from './labels.ts';
import type { Metric } from './metric.ts';
import { cumulated, examplesOf, scoredRows } from './scores.ts';
import type { ScoredExample } from './scores.ts';

/**
 * Average precision: the mean of the precision over thresholds, weighted by how much recall each one adds,
 * `Σ (Rₙ − Rₙ₋₁) · Pₙ`. Exact, over all examples together; the share of true examples for guessing.
 *
 * Outputs `[batch, classes]` with targets `[batch]` int32, or scores of the targets' shape (0 or 1). More than two classes:
 * each against the rest, and their plain mean, as scikit-learn's `macro`; a class that never occurs counts 0. The scores
 * of all examples are kept until the end.
 * @param options.ignoreIndex - Targets that do not count. Default -100.
 * @example
 * const metric = averagePrecision();
 * const rows = metric.batch(tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1], { dtype: 'int32' }));
 * metric.result([...(await data(rows))].map(Number)).toFixed(4); // => '0.8333'
 * @category Metrics
 */
export function averagePrecision(options: LabelMetricOptions = {}): Metric<number> {
  checkOptionNames('averagePrecision', options, ['ignoreIndex']);
  return {
    name: 'averagePrecision',
    collects: true,
    batch: (outputs, targets, weights) => scoredRows('averagePrecision', { outputs, targets, weights }, options),
    result: (values) => {
      const examples = examplesOf(values);
      const classes = examples[0]?.scores.length;
      if (classes === undefined) return Number.NaN;
      if (classes === 1) return precisionOf(examples, 0, 1);
      const each = Array.from({ length: classes }, (_, c) => precisionOf(examples, c, c));
      return each.reduce((total, value) => total + value, 0) / classes;
    },
  };
}

function precisionOf(examples: readonly ScoredExample[], column: number, label: number): number {
  const points = cumulated(
    examples,
    ({ scores }) => scores[column]!,
    (example) => example.label === label,
  );
  const all = points.at(-1)?.hits ?? 0;
  if (all === 0) return 0;
  let found = 0;
  let total = 0;
  for (const { hits, wrong } of points) {
    total += ((hits - found) / all) * (hits / (hits + wrong));
    found = hits;
  }
  return total;
}
