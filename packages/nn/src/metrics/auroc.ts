import { checkOptionNames } from '@gai/core/ops';
import type { LabelMetricOptions } from './labels.ts';
import type { Metric } from './metric.ts';
import { cumulated, examplesOf, scoredRows } from './scores.ts';
import type { ScoredExample } from './scores.ts';

/**
 * Area under the receiver operating characteristic: the probability that an example of a class gets a higher score than
 * one of another, equal scores counting half. Exact, over all examples together; from 0 to 1, 0.5 for guessing.
 *
 * Outputs `[batch, classes]` with targets `[batch]` int32, or scores of the targets' shape (0 or 1). More than two classes:
 * each against the rest by its probability, and their plain mean, as scikit-learn's `ovr` and `macro`. NaN if a class
 * never occurs, or nothing else does. The scores of all examples are kept until the end.
 * @param options.ignoreIndex - Targets that do not count. Default -100.
 * @example
 * const metric = auroc();
 * const rows = metric.batch(tensor([0.1, 0.4, 0.4, 0.8]), tensor([0, 0, 1, 1], { dtype: 'int32' }));
 * metric.result([...(await data(rows))].map(Number)); // => 0.875
 * @category Metrics
 */
export function auroc(options: LabelMetricOptions = {}): Metric<number> {
  checkOptionNames('auroc', options, ['ignoreIndex']);
  return {
    name: 'auroc',
    collects: true,
    batch: (outputs, targets, weights) => scoredRows('auroc', { outputs, targets, weights }, options),
    result: (values) => {
      const examples = examplesOf(values);
      const classes = examples[0]?.scores.length ?? 0;
      if (classes <= 1) return area(examples, 0, 1);
      const areas = Array.from({ length: classes }, (_, c) => area(examples, c, c));
      return areas.reduce((total, each) => total + each, 0) / classes;
    },
  };
}

/** Of one column of scores, for the examples with that label against the others. */
function area(examples: readonly ScoredExample[], column: number, label: number): number {
  const points = cumulated(
    examples,
    ({ scores }) => scores[column]!,
    (example) => example.label === label,
  );
  const last = points.at(-1) ?? { hits: 0, wrong: 0 };
  let before = { hits: 0, wrong: 0 };
  let total = 0;
  for (const point of points) {
    total += (point.wrong - before.wrong) * ((point.hits + before.hits) / 2);
    before = point;
  }
  return total / (last.hits * last.wrong);
}
