import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';

/** Options of {@link oneCycleSchedule}. */
export interface OneCycleOptions {
  /** The highest value. */
  readonly max: number;
  /** All updates, at least 2. */
  readonly steps: number;
  /** Share of the updates in which the value rises, between 0 and 1. Default 0.3. */
  readonly warmupShare?: number | undefined;
  /** The first value is `max / divFactor`. Default 25. */
  readonly divFactor?: number | undefined;
  /** The last value is the first over `finalDivFactor`. Default 1e4. */
  readonly finalDivFactor?: number | undefined;
  /** How it goes between them: half a cosine wave, or a straight line. Default `cosine`. */
  readonly anneal?: 'cosine' | 'linear' | undefined;
}

/**
 * One cycle: up from `max / divFactor` to `max` in the first part of the training, then down to almost nothing, as
 * PyTorch's `OneCycleLR`.
 * @param options.max - The highest value.
 * @param options.steps - All updates; the value stays afterwards.
 * @param options.warmupShare - Default 0.3.
 * @param options.divFactor - Default 25.
 * @param options.finalDivFactor - Default 1e4.
 * @param options.anneal - `cosine` or `linear`. Default `cosine`.
 * @throws {@link ArgumentError} if an option is out of range.
 * @example
 * const schedule = oneCycleSchedule({ max: 1, steps: 11, warmupShare: 0.5, divFactor: 10 });
 * [schedule(0), schedule(4.5)]; // => [0.1, 1]
 * @see Smith and Topin 2018, https://arxiv.org/abs/1708.07120
 * @category Schedules
 */
export function oneCycleSchedule(options: OneCycleOptions): (step: number) => number {
  checkOptionNames('oneCycleSchedule', options, [
    'max',
    'steps',
    'warmupShare',
    'divFactor',
    'finalDivFactor',
    'anneal',
  ]);
  const { max, steps, warmupShare = 0.3, divFactor = 25, finalDivFactor = 1e4, anneal = 'cosine' } = options;
  check('oneCycleSchedule', 'max', max, Number.isFinite(max));
  check('oneCycleSchedule', 'steps', steps, Number.isSafeInteger(steps) && steps >= 2);
  check('oneCycleSchedule', 'warmupShare', warmupShare, warmupShare > 0 && warmupShare < 1);
  check('oneCycleSchedule', 'divFactor', divFactor, divFactor > 0);
  check('oneCycleSchedule', 'finalDivFactor', finalDivFactor, finalDivFactor > 0);
  const first = max / divFactor;
  const top = warmupShare * steps - 1; // the update with the highest value, perhaps between two
  const between = anneal === 'cosine' ? cosineBetween : linearBetween;
  return (step) => {
    const at = Math.min(step, steps - 1);
    if (at < top) return between(first, max, at / top);
    return between(max, first / finalDivFactor, (at - top) / (steps - 1 - top));
  };
}

/** Options of {@link cosineRestartsSchedule}. */
export interface CosineRestartsOptions {
  /** The value at the beginning of every cycle. */
  readonly initial: number;
  /** Updates of the first cycle, at least 1. */
  readonly steps: number;
  /** How many times as long each cycle is as the one before; a whole number. Default 1. */
  readonly multiplier?: number | undefined;
  /** The value that cycles go down to. Default 0. */
  readonly final?: number | undefined;
}

/**
 * Half a cosine wave from `initial` down to `final`, again and again (SGDR), as PyTorch's `CosineAnnealingWarmRestarts`.
 * @param options.initial - The value at the beginning of every cycle.
 * @param options.steps - Updates of the first cycle.
 * @param options.multiplier - Factor from each cycle's length to the next. Default 1.
 * @param options.final - Default 0.
 * @throws {@link ArgumentError} if an option is out of range.
 * @example
 * const schedule = cosineRestartsSchedule({ initial: 1, steps: 2, multiplier: 2 });
 * [0, 1, 2, 4, 6].map((step) => Number(schedule(step).toFixed(6))); // => [1, 0.5, 1, 0.5, 1]
 * @see Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983
 * @category Schedules
 */
export function cosineRestartsSchedule(options: CosineRestartsOptions): (step: number) => number {
  checkOptionNames('cosineRestartsSchedule', options, ['initial', 'steps', 'multiplier', 'final']);
  const { initial, steps, multiplier = 1, final = 0 } = options;
  check('cosineRestartsSchedule', 'initial', initial, Number.isFinite(initial));
  check('cosineRestartsSchedule', 'final', final, Number.isFinite(final));
  check('cosineRestartsSchedule', 'steps', steps, Number.isSafeInteger(steps) && steps >= 1);
  check('cosineRestartsSchedule', 'multiplier', multiplier, Number.isSafeInteger(multiplier) && multiplier >= 1);
  return (step) => {
    let [start, length] = [0, steps];
    if (multiplier === 1) start = Math.floor(step / steps) * steps;
    else for (; step >= start + length; length *= multiplier) start += length;
    return cosineBetween(initial, final, (step - start) / length);
  };
}

const linearBetween = (from: number, to: number, share: number): number => from + (to - from) * share;

const cosineBetween = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));

// oxlint-disable-next-line max-params -- many call sites in a row.
function check(op: string, name: string, value: number, fits: boolean): void {
  if (fits) return;
  const rules: Record<string, string> = {
    steps: `a whole number of at least ${op === 'oneCycleSchedule' ? 2 : 1}`,
    multiplier: 'a whole number of at least 1',
    warmupShare: 'a number between 0 and 1',
    divFactor: 'a number above 0',
    finalDivFactor: 'a number above 0',
  };
  throw new ArgumentError(
    `${op}: ${name} is out of range. Got ${value}; expected ${rules[name] ?? 'a finite number'}.`,
    {
      op,
      details: { [name]: value },
    },
  );
}
