import { checkNumber } from '../errors.ts';

/**
 * A setting that changes while learning: its value at `progress`, 0 in the first episode and 1 in the last.
 *
 * @category Schedules
 * @since 0.1.0
 */
export type Schedule = (progress: number) => number;

/**
 * Always the same value; a plain number does the same.
 *
 * @example
 * import { constant } from '@gai/rl/tabular';
 * constant(0.1)(0.7); // => 0.1
 * @category Schedules
 * @since 0.1.0
 */
export function constant(value: number): Schedule {
  return () => value;
}

/**
 * From `start` to `end` in a straight line during the first `fraction` of the run, then `end`.
 *
 * @param fraction - Part of the run the change takes, in (0, 1]. Default 1.
 * @example
 * import { linear } from '@gai/rl/tabular';
 * linear(1, 0)(0.25); // => 0.75
 * @category Schedules
 * @since 0.1.0
 */
export function linear(start: number, end: number, fraction = 1): Schedule {
  checkNumber('linear', 'fraction', [fraction, Number.MIN_VALUE, 1]);
  return (progress) => (progress >= fraction ? end : start + ((end - start) * progress) / fraction);
}

/**
 * From `start` to `end` by a constant factor per episode during the first `fraction` of the run: `start·(end/start)^x`.
 *
 * @param start - > 0.
 * @param end - > 0.
 * @param fraction - Part of the run the change takes, in (0, 1]. Default 1.
 * @example
 * import { exponential } from '@gai/rl/tabular';
 * exponential(1, 0.01)(0.5).toFixed(6); // => '0.100000'
 * @category Schedules
 * @since 0.1.0
 */
export function exponential(start: number, end: number, fraction = 1): Schedule {
  checkNumber('exponential', 'start', [start, Number.MIN_VALUE, Infinity]);
  checkNumber('exponential', 'end', [end, Number.MIN_VALUE, Infinity]);
  checkNumber('exponential', 'fraction', [fraction, Number.MIN_VALUE, 1]);
  return (progress) => start * Math.pow(end / start, Math.min(1, progress / fraction));
}

/** A number or schedule as a schedule whose values are checked to lie in `[0, high]`. */
export function toSchedule(op: string, name: string, [value, high]: readonly [number | Schedule, number]): Schedule {
  if (typeof value === 'number') {
    checkNumber(op, name, [value, 0, high]);
    return () => value;
  }
  return (progress) => {
    const now = value(progress);
    checkNumber(op, name, [now, 0, high]);
    return now;
  };
}
