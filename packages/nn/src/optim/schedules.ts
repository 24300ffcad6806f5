import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';

/**
 * A number that may change from update to update, such as a learning rate: the number itself, or a function of the
 * number of updates made so far (0 at the first update).
 * @category Schedules
 */
export type Schedule = number | ((step: number) => number);

/**
 * The value of a schedule at one update.
 * @param step - Updates made before this one: 0, 1, 2, …
 * @example
 * scheduleValue(0.1, 7); // => 0.1
 * scheduleValue((step) => 1 / (1 + step), 3); // => 0.25
 * @category Schedules
 */
export function scheduleValue(schedule: Schedule, step: number): number {
  return typeof schedule === 'number' ? schedule : schedule(step);
}

/**
 * The same value at every update.
 * @example
 * constantSchedule(0.1)(1000); // => 0.1
 * @category Schedules
 */
export function constantSchedule(value: number): (step: number) => number {
  checkFinite('constantSchedule', { value });
  return () => value;
}

/**
 * A straight line from `initial` to `final` over `steps` updates, `final` from then on:
 * `initial + (final − initial) · min(step / steps, 1)`.
 * @param options.initial - Value at step 0.
 * @param options.final - Value from step `steps` on.
 * @param options.steps - Updates it takes, at least 1.
 * @throws {@link ArgumentError} if `steps` is not a whole number of at least 1.
 * @example
 * const schedule = linearSchedule({ initial: 1, final: 0, steps: 10 });
 * [schedule(0), schedule(5), schedule(20)]; // => [1, 0.5, 0]
 * @category Schedules
 */
export function linearSchedule(options: {
  readonly initial: number;
  readonly final: number;
  readonly steps: number;
}): (step: number) => number {
  checkOptionNames('linearSchedule', options, ['initial', 'final', 'steps']);
  checkFinite('linearSchedule', { initial: options.initial, final: options.final });
  checkSteps('linearSchedule', 'steps', options.steps, 1);
  return polynomialSchedule(options);
}

/**
 * A power of the distance to the end: `(initial − final) · (1 − min(step / steps, 1))^power + final`.
 * @param options.initial - Value at step 0.
 * @param options.final - Value from step `steps` on.
 * @param options.steps - Updates it takes, at least 1.
 * @param options.power - 1 is a straight line. Default 1.
 * @throws {@link ArgumentError} if `steps` is not a whole number of at least 1, or `power` is not positive.
 * @example
 * polynomialSchedule({ initial: 1, final: 0, steps: 10, power: 2 })(5); // => 0.25
 * @category Schedules
 */
export function polynomialSchedule(options: {
  readonly initial: number;
  readonly final: number;
  readonly steps: number;
  readonly power?: number | undefined;
}): (step: number) => number {
  checkOptionNames('polynomialSchedule', options, ['initial', 'final', 'steps', 'power']);
  const { initial, final, steps, power = 1 } = options;
  checkFinite('polynomialSchedule', { initial, final });
  checkSteps('polynomialSchedule', 'steps', steps, 1);
  checkPositive('polynomialSchedule', 'power', power);
  return (step) => (initial - final) * (1 - Math.min(step / steps, 1)) ** power + final;
}

/**
 * Half a cosine wave from `initial` down to `final`, after a linear warm-up:
 * `final + (initial − final) · (1 + cos(π t)) / 2` with `t` from 0 to 1 between the end of the warm-up and `steps`.
 *
 * The usual choice for training with a known number of updates.
 * @param options.initial - The highest value, reached at the end of the warm-up.
 * @param options.steps - All updates, warm-up included.
 * @param options.warmupSteps - Updates of warm-up; the first has the value `initial / (warmupSteps + 1)`, so that no
 *   update is wasted on a rate of 0. Default 0.
 * @param options.final - Value from step `steps` on. Default 0.
 * @throws {@link ArgumentError} if the warm-up does not end before `steps`.
 * @example
 * const schedule = cosineSchedule({ initial: 1, steps: 12, warmupSteps: 2 });
 * [schedule(2), schedule(7), schedule(12)].map((value) => Math.round(value * 1e6) / 1e6); // => [1, 0.5, 0]
 * @see Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983
 * @category Schedules
 */
export function cosineSchedule(options: {
  readonly initial: number;
  readonly steps: number;
  readonly warmupSteps?: number | undefined;
  readonly final?: number | undefined;
}): (step: number) => number {
  checkOptionNames('cosineSchedule', options, ['initial', 'steps', 'warmupSteps', 'final']);
  const { initial, steps, warmupSteps = 0, final = 0 } = options;
  checkFinite('cosineSchedule', { initial, final });
  checkSteps('cosineSchedule', 'warmupSteps', warmupSteps, 0);
  checkSteps('cosineSchedule', 'steps', steps, warmupSteps + 1);
  const decay = (step: number): number =>
    final + ((initial - final) * (1 + Math.cos(Math.PI * Math.min(step / (steps - warmupSteps), 1)))) / 2;
  return warmupSteps === 0 ? decay : warmup({ steps: warmupSteps, schedule: decay });
}

/**
 * Rises linearly to another schedule's first value, then follows it: `(step + 1) / (steps + 1)` of the value while
 * `step < steps`, then `schedule(step − steps)`.
 * @param options.steps - Updates of warm-up, at least 1.
 * @param options.schedule - What follows; it starts at its own step 0.
 * @throws {@link ArgumentError} if `steps` is not a whole number of at least 1.
 * @example
 * const schedule = warmup({ steps: 3, schedule: 1 });
 * [schedule(0), schedule(1), schedule(2), schedule(3)]; // => [0.25, 0.5, 0.75, 1]
 * @category Schedules
 */
export function warmup(options: { readonly steps: number; readonly schedule: Schedule }): (step: number) => number {
  checkOptionNames('warmup', options, ['steps', 'schedule']);
  const { steps, schedule } = options;
  checkSteps('warmup', 'steps', steps, 1);
  return (step) =>
    step < steps ? (scheduleValue(schedule, 0) * (step + 1)) / (steps + 1) : scheduleValue(schedule, step - steps);
}

/**
 * Multiplies by `gamma` every `stepSize` updates: `initial · gamma^⌊step / stepSize⌋`.
 * @param options.initial - Value at step 0.
 * @param options.stepSize - Updates between two changes, at least 1.
 * @param options.gamma - The factor. Default 0.1.
 * @throws {@link ArgumentError} if `stepSize` is not a whole number of at least 1.
 * @example
 * const schedule = stepSchedule({ initial: 1, stepSize: 10, gamma: 0.5 });
 * [schedule(9), schedule(10), schedule(20)]; // => [1, 0.5, 0.25]
 * @category Schedules
 */
export function stepSchedule(options: {
  readonly initial: number;
  readonly stepSize: number;
  readonly gamma?: number | undefined;
}): (step: number) => number {
  checkOptionNames('stepSchedule', options, ['initial', 'stepSize', 'gamma']);
  const { initial, stepSize, gamma = 0.1 } = options;
  checkFinite('stepSchedule', { initial, gamma });
  checkSteps('stepSchedule', 'stepSize', stepSize, 1);
  return (step) => initial * gamma ** Math.floor(step / stepSize);
}

/**
 * Decays by a constant factor per update: `initial · gamma^step`.
 * @param options.initial - Value at step 0.
 * @param options.gamma - Factor per update.
 * @example
 * exponentialSchedule({ initial: 8, gamma: 0.5 })(2); // => 2
 * @category Schedules
 */
export function exponentialSchedule(options: {
  readonly initial: number;
  readonly gamma: number;
}): (step: number) => number {
  checkOptionNames('exponentialSchedule', options, ['initial', 'gamma']);
  const { initial, gamma } = options;
  checkFinite('exponentialSchedule', { initial, gamma });
  return (step) => initial * gamma ** step;
}

/**
 * Constant between boundaries: `values[i]` while `boundaries[i − 1] ≤ step < boundaries[i]`.
 * @param options.boundaries - Steps at which the value changes, rising.
 * @param options.values - One more than boundaries.
 * @throws {@link ArgumentError} if the counts do not fit or the boundaries do not rise.
 * @example
 * const schedule = piecewiseSchedule({ boundaries: [100, 200], values: [1, 0.1, 0.01] });
 * [schedule(99), schedule(100), schedule(200)]; // => [1, 0.1, 0.01]
 * @category Schedules
 */
export function piecewiseSchedule(options: {
  readonly boundaries: readonly number[];
  readonly values: readonly number[];
}): (step: number) => number {
  checkOptionNames('piecewiseSchedule', options, ['boundaries', 'values']);
  const { boundaries, values } = options;
  const rising = boundaries.every((boundary, index) => index === 0 || boundary > boundaries[index - 1]!);
  if (values.length !== boundaries.length + 1 || !rising) {
    throw new ArgumentError(
      `piecewiseSchedule: boundaries and values do not fit. Got boundaries [${boundaries}] and ${values.length} ` +
        `values; expected rising boundaries and ${boundaries.length + 1} values.`,
      { op: 'piecewiseSchedule' },
    );
  }
  return (step) => values[boundaries.filter((boundary) => step >= boundary).length]!;
}

function checkFinite(op: string, named: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(named)) {
    if (Number.isFinite(value)) continue;
    throw new ArgumentError(`${op}: ${name} is not a number. Got ${value}; expected a finite number.`, { op });
  }
}

function checkSteps(op: string, name: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw new ArgumentError(
    `${op}: ${name} is out of range. Got ${value}; expected a whole number of at least ${minimum}.`,
    { op, details: { [name]: value } },
  );
}

function checkPositive(op: string, name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new ArgumentError(`${op}: ${name} is out of range. Got ${value}; expected a number above 0.`, { op });
}
