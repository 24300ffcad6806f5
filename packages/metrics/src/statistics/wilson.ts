import { checkOptionNames } from '@gai/core/errors';
import { checkNumberOption } from '../refused.ts';
import type { Interval } from './interval.ts';
import { normalQuantile } from './normal-quantile.ts';

/**
 * Settings of {@link wilson}.
 * @category Statistics
 */
export interface WilsonOptions {
  /** How often such an interval holds the true share. Default 0.95. */
  readonly confidence?: number | undefined;
}

/**
 * Wilson's score interval of a share: `(p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)`.
 *
 * For win rates, accuracies and success rates; unlike `p̂ ± z √(p̂(1 − p̂)/n)` it stays within 0 and 1 and is right for few
 * trials and for shares near the ends.
 * @param successes - A whole number, 0 to `trials`.
 * @param trials - A whole number of at least 1.
 * @returns The share as `estimate`, and its bounds.
 * @throws {@link ArgumentError} for numbers out of range.
 * @example
 * import { wilson } from '@gai/metrics';
 * const { estimate, low, high } = wilson(65, 100);
 * [estimate, low.toFixed(3), high.toFixed(3)]; // => [0.65, '0.553', '0.736']
 * @see Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 * @category Statistics
 */
export function wilson(successes: number, trials: number, options: WilsonOptions = {}): Interval {
  checkOptionNames('wilson', options, ['confidence']);
  checkNumberOption('wilson', 'trials', trials ?? Number.NaN, { min: 1, whole: true });
  checkNumberOption('wilson', 'successes', successes ?? Number.NaN, { min: 0, max: trials, whole: true });
  checkNumberOption('wilson', 'confidence', options.confidence, { above: 0, below: 1 });
  const { confidence = 0.95 } = options;
  const z = -normalQuantile((1 - confidence) / 2);
  const share = successes / trials;
  const square = z ** 2 / trials;
  const middle = share + square / 2;
  const half = z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  const within = (bound: number): number => Math.min(1, Math.max(0, bound / (1 + square)));
  // At the ends one bound is the end itself, which rounding may miss.
  const low = successes === 0 ? 0 : within(middle - half);
  return { estimate: share, low, high: successes === trials ? 1 : within(middle + half) };
}
