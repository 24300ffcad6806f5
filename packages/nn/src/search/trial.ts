import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Callback } from '../train/callback.ts';

/** What became of a trial: it ran to its end, it was stopped because others were better, or its loss was not finite. */
export type TrialState = 'complete' | 'pruned' | 'failed';

/** A trial that is over. */
export interface FinishedTrial<P = Readonly<Record<string, unknown>>> {
  /** From 0, in the order they began. */
  readonly number: number;
  readonly params: P;
  readonly state: TrialState;
  /** What was searched for; of a pruned trial the last value reported; null of one that failed. */
  readonly value: number | null;
  /** `[step, value]` as reported. */
  readonly reported: readonly (readonly [number, number])[];
  readonly seconds: number;
}

/** A trial that runs. */
export class Trial<P = Readonly<Record<string, unknown>>> {
  readonly number: number;
  readonly params: P;
  /** A seed of its own, for weights and data. */
  readonly seed: number;
  readonly reported: [number, number][] = [];
  #pruned = false;
  readonly #judge: (reported: readonly (readonly [number, number])[]) => boolean;

  constructor(
    { number, params, seed }: { readonly number: number; readonly params: P; readonly seed: number },
    judge: (reported: readonly (readonly [number, number])[]) => boolean,
  ) {
    this.number = number;
    this.params = params;
    this.seed = seed;
    this.#judge = judge;
  }

  /** Whether others were better at the step reported last: return then, and the trial counts as pruned. */
  get shouldPrune(): boolean {
    return this.#pruned;
  }

  /** Says how good the trial is after a step: an epoch, or whatever all trials count alike. */
  report(value: number, step: number): void {
    if (typeof value !== 'number' || !Number.isSafeInteger(step) || step < 0) {
      throw new ArgumentError(
        `search: what was reported is no value at a step. Got ${String(value)} at ${String(step)}; expected a number and a whole ` +
          'number of 0 or more.',
        { op: 'search' },
      );
    }
    this.reported.push([step, value]);
    this.#pruned ||= this.#judge(this.reported);
  }

  /**
   * A callback of `fit` that reports a number after every epoch, and ends the run where the trial should be pruned.
   * @param options.monitor - The logged number. Default `validationLoss`.
   */
  callback(options: { readonly monitor?: string | undefined } = {}): Callback {
    checkOptionNames('Trial.callback', options, ['monitor']);
    const monitor = options.monitor ?? 'validationLoss';
    return {
      name: 'trial',
      onEpochEnd: (context, logs) => {
        const value = logs[monitor];
        if (value === undefined) {
          throw new ArgumentError(
            `search: '${monitor}' is not logged. Got a run that logs ${Object.keys(logs).join(', ')}; expected '${monitor}' among ` +
              'them. Give fit a validation set, or name another number with { monitor }.',
            { op: 'search' },
          );
        }
        this.report(value, context.epoch);
        if (this.shouldPrune) context.stop('trials before this one were better');
      },
    };
  }
}
