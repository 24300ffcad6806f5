import { ArgumentError, DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Callback, EpochLogs } from './callback.ts';

/** Options of {@link reduceOnPlateau}. */
export interface ReduceOnPlateauOptions {
  /** The rate at the beginning, per update. */
  readonly initial: number;
  /** What it is multiplied by, above 0 and below 1. Default 0.1. */
  readonly factor?: number | undefined;
  /** Epochs without improvement that are waited for; the next one reduces. Default 10. */
  readonly patience?: number | undefined;
  /** The relative change that is an improvement. Default 1e-4. */
  readonly threshold?: number | undefined;
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  readonly cooldown?: number | undefined;
  /** The smallest rate. Default 0. */
  readonly final?: number | undefined;
  /** The logged number to watch. Default `validationLoss`. */
  readonly monitor?: string | undefined;
  /** Whether less or more is better. Default `min` for names that end in loss, else `max`. */
  readonly mode?: 'min' | 'max' | undefined;
}

/** What {@link reduceOnPlateau} returns: a callback, and the schedule it changes. */
export interface ReduceOnPlateau extends Callback {
  /** The present rate; give it to an optimizer as its `learningRate`. */
  readonly schedule: () => number;
}

/**
 * Lowers the learning rate when a logged number stops improving, by the rules of PyTorch's `ReduceLROnPlateau`. The rate
 * is an input of the compiled step: nothing compiles again.
 * @param options.initial - The rate at the beginning.
 * @param options.factor - What it is multiplied by. Default 0.1.
 * @param options.patience - Epochs that are waited for. Default 10.
 * @param options.threshold - The relative change that counts. Default 1e-4.
 * @param options.cooldown - Epochs after a reduction in which nothing is counted. Default 0.
 * @param options.final - The smallest rate. Default 0.
 * @param options.monitor - Default `validationLoss`.
 * @param options.mode - Default `min` for names that end in loss, else `max`.
 * @throws {@link ArgumentError} if factor is not between 0 and 1 or the initial rate is no positive number.
 * @example
 * const plateau = reduceOnPlateau({ initial: 0.1, patience: 2 });
 * const optimizer = sgd({ learningRate: plateau.schedule }); // and callbacks: [plateau]
 * plateau.schedule(); // => 0.1
 * @category Callbacks
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions): ReduceOnPlateau {
  checkOptionNames('reduceOnPlateau', options, [
    'initial',
    'factor',
    'patience',
    'threshold',
    'cooldown',
    'final',
    'monitor',
    'mode',
  ]);
  const { factor = 0.1, initial } = options;
  if (!(factor > 0 && factor < 1)) throw outOfRange('factor', factor, 'a number between 0 and 1');
  if (!(initial > 0 && initial < Infinity)) throw outOfRange('initial', initial, 'a number above 0');
  const state = new Plateau(options);
  return {
    name: 'reduceOnPlateau',
    replays: true,
    schedule: () => state.rate,
    // A run that goes on from a checkpoint has a history: what happened in it is gone through again.
    onFitBegin: ({ history }) => {
      state.reset();
      for (const logs of history) state.see(logs);
    },
    onEpochEnd: (_, logs) => state.see(logs),
  };
}

/** Smaller steps are not worth taking, and are not taken by PyTorch either. */
const SMALLEST_CHANGE = 1e-8;

class Plateau {
  rate = 0;
  #best = Infinity;
  #waited = 0;
  #cooling = 0;
  readonly #monitor: string;
  readonly #sign: 1 | -1;
  readonly #options: ReduceOnPlateauOptions;

  constructor(options: ReduceOnPlateauOptions) {
    this.#options = options;
    this.#monitor = options.monitor ?? 'validationLoss';
    this.#sign = (options.mode ?? (/loss$/i.test(this.#monitor) ? 'min' : 'max')) === 'min' ? 1 : -1;
    this.reset();
  }

  reset(): void {
    this.rate = this.#options.initial;
    this.#best = Infinity;
    this.#waited = 0;
    this.#cooling = 0;
  }

  see(logs: EpochLogs): void {
    const value = logs[this.#monitor];
    if (value === undefined) throw unknownMonitor(this.#monitor, Object.keys(logs));
    const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, final = 0 } = this.#options;
    const signed = this.#sign * value;
    // `value < best · (1 − threshold)` of numbers to lower, `value > best · (1 + threshold)` of numbers to raise.
    if (this.#best === Infinity || signed < this.#best * (1 - this.#sign * threshold)) {
      this.#best = signed;
      this.#waited = 0;
    } else this.#waited += 1;
    if (this.#cooling > 0) {
      this.#cooling -= 1;
      this.#waited = 0;
    }
    if (this.#waited <= patience) return;
    const lower = Math.max(this.rate * factor, final);
    if (this.rate - lower > SMALLEST_CHANGE) this.rate = lower;
    this.#cooling = cooldown;
    this.#waited = 0;
  }
}

const outOfRange = (name: string, value: number, rule: string): ArgumentError =>
  new ArgumentError(`reduceOnPlateau: ${name} is out of range. Got ${value}; expected ${rule}.`, {
    op: 'reduceOnPlateau',
    details: { [name]: value },
  });

const unknownMonitor = (monitor: string, known: readonly string[]): DataError =>
  new DataError(
    `reduceOnPlateau: '${monitor}' is not logged. Got a run that logs ${known.join(', ')}; expected '${monitor}' among ` +
      `them. Give fit a validation set and metrics.`,
    { op: 'reduceOnPlateau' },
  );
