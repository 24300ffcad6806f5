import { checkOptionNames } from '@gai/core/errors';
import { hostBits, hostKey } from '@gai/core/random';
import { checkNumberOption, refused } from '../refused.ts';
import type { Interval } from './interval.ts';

/**
 * Settings of {@link bootstrap} and {@link pairedBootstrap}.
 * @category Statistics
 */
export interface BootstrapOptions {
  /** How often such an interval holds the true value. Default 0.95. */
  readonly confidence?: number | undefined;
  /** Samples drawn. Default 2,000. */
  readonly samples?: number | undefined;
  /** The same seed gives the same interval. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * What {@link bootstrap} returns.
 * @category Statistics
 */
export interface BootstrapInterval extends Interval {
  /** Standard deviation of the statistic over the samples. */
  readonly standardError: number;
}

const NAMES = ['confidence', 'samples', 'seed'];
const mean = (values: readonly number[]): number => values.reduce((sum, next) => sum + next, 0) / values.length;

/**
 * An interval for a mean by drawing the scores again with replacement: the middle `confidence` of what the mean is on the
 * samples (the percentile method). For another statistic pass it as the second argument.
 *
 * Rows must be independent: one per query, text or seed, not one per word. With fewer than about 20 rows it is too narrow.
 * @param rows - Scores.
 * @throws {@link ArgumentError} for no rows, options out of range, and scores that are no finite numbers.
 * @example
 * import { bootstrap } from '@gai/metrics';
 * const { estimate, low, high } = bootstrap([0.2, 0.4, 0.4, 0.5, 0.6, 0.7, 0.7, 0.9]);
 * low < estimate && estimate < high; // => true
 * @see Efron 1979, https://doi.org/10.1214/aos/1176344552
 * @category Statistics
 */
export function bootstrap(rows: readonly number[], options?: BootstrapOptions): BootstrapInterval;
/**
 * An interval for any statistic of any rows.
 * @param rows - What `statistic` takes a list of, such as pairs of texts for a corpus BLEU.
 * @param statistic - From rows to one number.
 * @throws {@link ArgumentError} for no rows, options out of range, and a statistic that is no finite number.
 * @example
 * import { bootstrap } from '@gai/metrics';
 * const median = (rows: readonly number[]) => rows.toSorted((a, b) => a - b)[Math.floor(rows.length / 2)]!;
 * bootstrap([1, 2, 2, 3, 9], median).estimate; // => 2
 * @category Statistics
 */
export function bootstrap<T>(
  rows: readonly T[],
  statistic: (rows: readonly T[]) => number,
  options?: BootstrapOptions,
): BootstrapInterval;
export function bootstrap<T>(
  rows: readonly T[],
  second?: BootstrapOptions | ((rows: readonly T[]) => number),
  third: BootstrapOptions = {},
): BootstrapInterval {
  const isStatistic = typeof second === 'function';
  const options = isStatistic ? third : (second ?? third);
  checkBootstrap('bootstrap', options, rows);
  const statistic = isStatistic ? second : (mean as unknown as (rows: readonly T[]) => number);
  const { confidence = 0.95 } = options;
  const estimate = finite('bootstrap', statistic(rows));
  const drawn = resample(rows, options, (sample) => finite('bootstrap', statistic(sample))).sort((a, b) => a - b);
  const middle = mean(drawn);
  const standardError = Math.sqrt(mean(drawn.map((value) => (value - middle) ** 2)));
  const [low, high] = [(1 - confidence) / 2, (1 + confidence) / 2].map((share) => quantile(drawn, share));
  return { estimate, low: low!, high: high!, standardError };
}

/** Refuses rows and options that no interval can be made of. */
export function checkBootstrap(op: string, options: BootstrapOptions, rows: unknown): void {
  checkOptionNames(op, options, NAMES);
  checkNumberOption(op, 'confidence', options.confidence, { above: 0, below: 1 });
  checkNumberOption(op, 'samples', options.samples, { min: 1, max: 1e7, whole: true });
  checkNumberOption(op, 'seed', options.seed, { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true });
  if (!Array.isArray(rows) || rows.length === 0) throw refused(op, 'there are no rows', rows, 'a list of at least one');
}

/** The statistic of every sample, each as large as the rows. */
export function resample<T, R>(rows: readonly T[], options: BootstrapOptions, statistic: (rows: T[]) => R): R[] {
  const { samples = 2000, seed = 0 } = options;
  return Array.from({ length: samples }, (_, sample) => {
    const bits = hostBits(hostKey(`${seed}/${sample}`), rows.length);
    return statistic(Array.from(bits, (word) => rows[Math.floor((word / 2 ** 32) * rows.length)]!));
  });
}

function finite(op: string, value: number): number {
  if (!Number.isFinite(value)) throw refused(op, 'the statistic of a sample is no number', value, 'a finite number');
  return value;
}

/** The point below which a share of sorted values lies, between two of them in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (place % 1) * (sorted[Math.ceil(place)]! - below);
}
