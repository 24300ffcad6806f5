import type { Tensor } from '@gai/core';
import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Callback } from './callback.ts';
import { checkCount } from './check-options.ts';

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** The logged number to watch. Default `validationLoss`. */
  readonly monitor?: string | undefined;
  /** Whether less or more is better. Default `min` for names that end in loss, else `max`. */
  readonly mode?: 'min' | 'max' | undefined;
  /** Epochs without improvement that are waited for. Default 3. */
  readonly patience?: number | undefined;
  /** A change of less is no improvement. Default 0. */
  readonly minDelta?: number | undefined;
  /** Go back to the weights of the best epoch at the end. Default true. */
  readonly restoreBest?: boolean | undefined;
}

/**
 * Ends the run when a logged number has not improved for `patience` epochs, and goes back to the best weights.
 * @example
 * earlyStopping({ monitor: 'accuracy', patience: 2 }).name; // => 'earlyStopping'
 * @category Callbacks
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  checkOptionNames('earlyStopping', options, ['monitor', 'mode', 'patience', 'minDelta', 'restoreBest']);
  const monitor = options.monitor ?? 'validationLoss';
  const sign = (options.mode ?? (/loss$/i.test(monitor) ? 'min' : 'max')) === 'min' ? 1 : -1;
  const patience = options.patience ?? 3;
  checkCount('earlyStopping', { patience }, 0);
  let best = Infinity;
  let waited = 0;
  let weights: Readonly<Record<string, Tensor>> | undefined;
  return {
    name: 'earlyStopping',
    onEpochEnd: (context, logs) => {
      const value = logs[monitor];
      if (value === undefined) throw unknownMonitor(monitor, Object.keys(logs));
      if (sign * value < best - (options.minDelta ?? 0)) {
        best = sign * value;
        waited = 0;
        weights = context.model.stateDict();
      } else if (++waited >= patience) {
        context.stop(`${monitor} has not improved for ${patience} epochs (best ${sign * best})`);
      }
    },
    onFitEnd: (context) => {
      if (weights !== undefined && (options.restoreBest ?? true)) context.model.loadStateDict(weights);
    },
  };
}

const unknownMonitor = (monitor: string, known: readonly string[]): DataError =>
  new DataError(
    `earlyStopping: '${monitor}' is not logged. Got a run that logs ${known.join(', ')}; expected '${monitor}' among them. ` +
      `Give fit a validation set and metrics.`,
    { op: 'earlyStopping' },
  );
