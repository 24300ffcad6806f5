import { ArgumentError, DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Storage } from '@gai/core/backend';
import type { Callback, FitContext } from './callback.ts';
import { saveCheckpoint } from './checkpoint-file.ts';

/** Options of {@link checkpoint}. */
export interface CheckpointOptions {
  /** Save every so many steps, besides the end of each epoch. Default: epochs only. */
  readonly everySteps?: number | undefined;
  /** Where. Default: the default backend's storage. */
  readonly storage?: Storage | undefined;
  /** Only what is trained: the file of an adapter without its base model; see {@link StateOptions}. Default false. */
  readonly trained?: boolean | undefined;
  /**
   * What a NaN or an infinity in what would be saved does: `error` ends the run, `skip` warns and keeps the file of the
   * last good step. It never replaces that file. Default `error`.
   */
  readonly nonFinite?: 'error' | 'skip' | undefined;
}

/**
 * Saves `<folder>/last.safetensors` after every epoch, every `everySteps` steps, and when the run ends, also by an
 * error or an interruption: `fit(..., { resume: await loadCheckpoint('<folder>/last.safetensors') })` goes on from it. A
 * state that is not finite never replaces a good one.
 * @param folder - Where the file goes.
 * @throws {@link DataError} during `fit`, if what would be saved is not finite.
 * @example
 * checkpoint('runs/digits').name; // => 'checkpoint'
 * @category Callbacks
 */
export function checkpoint(folder: string, options: CheckpointOptions = {}): Callback {
  checkOptionNames('checkpoint', options, ['everySteps', 'storage', 'trained', 'nonFinite']);
  const { everySteps } = options;
  if (everySteps !== undefined && !(Number.isSafeInteger(everySteps) && everySteps >= 1)) {
    throw new ArgumentError(`checkpoint: everySteps is not a count. Got ${everySteps}; expected 1 or more.`, {
      op: 'checkpoint',
    });
  }
  let saved = -1;
  const save = async (context: FitContext): Promise<void> => {
    try {
      const { trained } = options;
      await saveCheckpoint(`${folder}/last.safetensors`, context.checkpoint({ trained }), options.storage);
    } catch (error) {
      if (options.nonFinite !== 'skip' || !isNonFinite(error)) throw error;
      console.warn(error.message);
    }
    saved = context.step;
  };
  return {
    name: 'checkpoint',
    everySteps: everySteps ?? Infinity,
    onStepEnd: async (context) => {
      if (everySteps !== undefined && context.step % everySteps === 0) await save(context);
    },
    onEpochEnd: save,
    onFitEnd: async (context) => {
      if (context.step > 0 && context.step !== saved) await save(context);
    },
  };
}

const isNonFinite = (error: unknown): error is DataError =>
  error instanceof DataError && error.details['nonFinite'] === true;
