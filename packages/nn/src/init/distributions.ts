import { ArgumentError } from '@gai/core';
import { drawn } from './initializer.ts';
import type { Initializer } from './initializer.ts';

/**
 * Uniform over `[low, high)`.
 * @param options.low - Default 0.
 * @param options.high - Default 1.
 * @throws {@link ArgumentError} if `low` is above `high`.
 * @example
 * init.uniform({ low: -0.1, high: 0.1 })([3, 2]).shape; // => [3, 2]
 * @category Initialisation
 */
export function uniform(options: { readonly low?: number; readonly high?: number } = {}): Initializer {
  const { low = 0, high = 1 } = options;
  if (!(low <= high)) throw rangeError('uniform', low, high);
  return drawn('uniform', (stream) => low + (high - low) * stream.uniform());
}

/**
 * Normal with the given mean and standard deviation.
 * @param options.mean - Default 0.
 * @param options.std - Standard deviation. Default 1.
 * @throws {@link ArgumentError} if `std` is negative.
 * @example
 * init.normal({ std: 0.02 })([3, 2]).shape; // => [3, 2]
 * @category Initialisation
 */
export function normal(options: { readonly mean?: number; readonly std?: number } = {}): Initializer {
  const { mean = 0, std = 1 } = options;
  checkStd('normal', std);
  return drawn('normal', (stream) => mean + std * stream.normal());
}

/**
 * Normal, but only within `[low, high]`: values outside are drawn again.
 * @param options.mean - Of the normal before it is cut. Default 0.
 * @param options.std - Standard deviation before it is cut. Default 1.
 * @param options.low - Smallest value (not in standard deviations). Default -2.
 * @param options.high - Largest value. Default 2.
 * @throws {@link ArgumentError} if `std` is negative, or the interval is empty or more than 6 `std` away from the mean.
 * @example
 * init.truncatedNormal({ std: 0.02, low: -0.04, high: 0.04 })([3, 2]).shape; // => [3, 2]
 * @category Initialisation
 */
export function truncatedNormal(
  options: { readonly mean?: number; readonly std?: number; readonly low?: number; readonly high?: number } = {},
): Initializer {
  const { mean = 0, std = 1, low = -2, high = 2 } = options;
  checkStd('truncatedNormal', std);
  // In units of std around the mean; beyond 9 the normal has no mass that a double would show.
  const [a, b] = std === 0 ? [0, 0] : [Math.max((low - mean) / std, -9), Math.min((high - mean) / std, 9)];
  if (!(low <= high) || !(a <= b) || a > 6 || b < -6) throw rangeError('truncatedNormal', low, high);
  // Uniform proposals, accepted by the density relative to its maximum in the interval.
  const nearest = Math.min(Math.max(0, a), b);
  return drawn('truncatedNormal', (stream) => {
    for (;;) {
      const z = a + (b - a) * stream.uniform();
      if (stream.uniform() <= Math.exp((nearest * nearest - z * z) / 2)) return mean + std * z;
    }
  });
}

function checkStd(op: string, std: number): void {
  if (std >= 0 && Number.isFinite(std)) return;
  throw new ArgumentError(`${op}: std is out of range. Got ${std}; expected a number of 0 or more.`, { op });
}

function rangeError(op: string, low: number, high: number): ArgumentError {
  return new ArgumentError(
    `${op}: not an interval with values in it. Got low ${low} and high ${high}; expected low ≤ high` +
      `${op === 'truncatedNormal' ? ', at most 6 std from the mean' : ''}.`,
    { op, details: { low, high } },
  );
}
