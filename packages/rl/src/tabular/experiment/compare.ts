import { checkOptionNames } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import { compareModels } from './compare-models.ts';
import { comparePolicies } from './compare-policies.ts';
import { comparePrediction } from './compare-prediction.ts';
import type { Chart, Table } from './chart.ts';

/**
 * Options of {@link compare}.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface CompareOptions {
  /** Runs per method. Default 100. */
  readonly runs?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/**
 * A question of the course, answered by measurement.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface Comparison {
  readonly title: string;
  /** Learning curves with bands of two standard errors. */
  readonly chart: Chart;
  /** What was measured, one row per method. */
  readonly table: Table;
}

/**
 * Which question: Monte Carlo against TD, on- against off-policy, model-based against model-free.
 *
 * @category Experiments
 * @since 0.1.0
 */
export type ComparisonName = 'mc-vs-td' | 'on-vs-off-policy' | 'model-based-vs-model-free';

/**
 * Measures a table of the course: many runs per method, curves with standard errors, and a table of figures.
 *
 * `'mc-vs-td'`: bias, variance, error, bootstrapping and time of the first update, on the random walk.
 * `'on-vs-off-policy'`: SARSA, Expected SARSA and Q-learning on the cliff, while learning and afterwards.
 * `'model-based-vs-model-free'`: planning and learning in the Dyna maze, in real steps and in updates.
 *
 * @param name - Which question.
 * @param options.runs - Runs per method. Default 100.
 * @throws ArgumentError for another name.
 * @example
 * import { compare, tableText } from '@gai/rl/tabular';
 * const { table } = compare('mc-vs-td', { runs: 50 });
 * tableText(table).includes('bias'); // => true
 * @category Experiments
 * @since 0.1.0
 */
export function compare(name: ComparisonName, options: CompareOptions = {}): Comparison {
  checkOptionNames('compare', options, ['runs', 'seed']);
  const { runs = 100, seed = 0 } = options;
  if (name === 'mc-vs-td') return comparePrediction(runs, seed);
  if (name === 'on-vs-off-policy') return comparePolicies(runs, seed);
  if (name === 'model-based-vs-model-free') return compareModels(runs, seed);
  throw refusal('ARGUMENT', {
    op: 'compare',
    problem: 'no such comparison',
    got: `'${String(name)}'`,
    expected: "'mc-vs-td', 'on-vs-off-policy' or 'model-based-vs-model-free'",
    fix: 'Pass one of the three names.',
  });
}
