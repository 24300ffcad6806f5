import { describe } from '../describe.ts';
import type { Metric } from '../metrics/metric.ts';
import { refuse } from '../refuse.ts';

/** Refuses metrics that are none: most often ones that were not made. */
export function checkMetricList(op: string, option: string, metrics: unknown): void {
  if (metrics === undefined) return;
  const what = `${option} are no list of metrics`;
  const expected = 'an array of metrics';
  if (!Array.isArray(metrics)) refuse({ op, what, got: metrics, expected, remedy: 'Put a single one in an array.' });
  for (const metric of metrics as readonly Partial<Metric>[]) {
    if (typeof metric?.batch === 'function' && typeof metric.result === 'function') continue;
    refuse({ op, what, got: metric, expected, remedy: 'Call what makes it: accuracy().' });
  }
}

/** Refuses callbacks that are none. */
export function checkCallbacks(op: string, callbacks: unknown): void {
  if (callbacks === undefined) return;
  const what = 'callbacks are no list of callbacks';
  const expected = 'an array of callbacks';
  if (!Array.isArray(callbacks))
    refuse({ op, what, got: callbacks, expected, remedy: 'Put a single one in an array.' });
  for (const callback of callbacks as readonly unknown[]) {
    if (typeof callback === 'object' && callback !== null) continue;
    refuse({ op, what, got: callback, expected, remedy: 'Call what makes it: earlyStopping().' });
  }
}

/** Refuses what cannot be called. */
export function checkFunction(op: string, option: string, fn: unknown, expected: string): void {
  if (typeof fn !== 'function') refuse({ op, what: `${option} is no function`, got: fn, expected });
}

/** Refuses options that are given and not whole numbers of at least `least`. */
export function checkCount(op: string, options: Readonly<Record<string, number | undefined>>, least = 1): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    refuse({ op, what: `${option} is not a count`, got: value, expected: `a whole number of ${least} or more` });
  }
}

/** Refuses what seeds nothing. */
export function checkSeed(op: string, seed: number | undefined): void {
  if (seed === undefined || Number.isSafeInteger(seed)) return;
  refuse({ op, what: 'the seed is not an integer', got: seed, expected: 'a safe integer' });
}

/** Refuses a setting that there is not. */
export function checkChoice(op: string, option: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return;
  refuse({ op, what: `${option} is unknown`, got: value, expected: choices.map(describe).join(' or ') });
}

/** Refuses what are no names of axes. */
export function checkAxes(op: string, axes: unknown): void {
  const isName = (name: unknown): boolean => name === null || typeof name === 'string';
  if (axes == null || (Array.isArray(axes) && axes.every(isName))) return;
  const expected = "names of the leading axes, for example ['batch', 'time'], or null";
  refuse({ op, what: 'dynamicAxes are no names', got: axes, expected });
}

/** Refuses what has no fields. */
export function checkRecord(op: string, what: string, value: unknown, expected: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  refuse({ op, what: `${what} is no object`, got: value, expected });
}
