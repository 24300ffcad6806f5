import type { Module } from '../module.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import type { StateOptions } from './train-step.ts';

/** Numbers of one epoch: `loss`, `gradientNorm`, `seconds`, and with a validation set `validationLoss` and metrics; `train…` metrics. */
export type EpochLogs = Readonly<Record<string, number>>;

/** Numbers of one step. */
export interface StepLogs {
  readonly loss: number;
  /** Wall time, an equal share of what the run it was part of took. */
  readonly seconds: number;
}

/** What a callback can see of a run, and do to it. */
export interface FitContext {
  readonly model: Module;
  /** The epoch, from 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Updates made since the very beginning of the run. */
  readonly step: number;
  /** Updates per epoch, where the source says so. */
  readonly stepsPerEpoch: number | undefined;
  /** The epochs finished so far. */
  readonly history: readonly EpochLogs[];
  /** Ends the run after this step. */
  stop(reason: string): void;
  /** The state to save right now, whole or only what is trained. */
  checkpoint(options?: StateOptions): Checkpoint;
}

/**
 * Something that happens during `fit`. Every hook may be asynchronous; they run in order and are waited for.
 * @category Training
 */
export interface Callback {
  readonly name: string;
  /**
   * `onStepEnd` finds the model as it is after the step at every multiple of this number. Between them several steps may
   * run as one, and it is called for each of them when the last has ended. Infinity: it only looks at its arguments.
   * Default 1: steps run one by one.
   */
  readonly everySteps?: number | undefined;
  /** Whether it changes how the model learns: then {@link replay} calls it too. Default false. */
  readonly replays?: boolean | undefined;
  onFitBegin?(context: FitContext): void | Promise<void>;
  onStepEnd?(context: FitContext, logs: StepLogs): void | Promise<void>;
  onEpochEnd?(context: FitContext, logs: EpochLogs): void | Promise<void>;
  /** Also after an error or an interruption. */
  onFitEnd?(context: FitContext): void | Promise<void>;
}
