import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Module } from '../module.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Callback, EpochLogs } from './callback.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import type { MeasureOptions } from './evaluate.ts';
import { FitRun } from './fit-run.ts';
import type { LossValue } from './loss-term.ts';
import type { Batch, Batches } from './source.ts';
import type { TrainStepOptions } from './train-step.ts';

/**
 * From a model's outputs and the targets to a scalar, or to its sum and count (see {@link LossValue}). Outputs may be a
 * tree; targets are what the layout's `targets` gives: `batch.y`, or the whole batch where it has no `y`.
 */
export type LossFunction<O = Tensor, T = Tensor> = (outputs: O, targets: T) => LossValue;

/** Options of {@link fit}. */
export interface FitOptions<B extends object = Batch, O = Tensor, T = Tensor>
  extends MeasureOptions<B, O, T>, Pick<TrainStepOptions, 'nonFinite' | 'accumulate' | 'masterWeights'> {
  /** What to learn from: a data set, a loader, or any (async) iterable of batches. */
  readonly train: Batches<B>;
  /** What to measure on after every epoch. */
  readonly validation?: Batches<B> | undefined;
  /** From outputs and targets to a scalar, for example crossEntropy. */
  readonly loss: LossFunction<O, T>;
  /** Default `adamW()`. */
  readonly optimizer?: Optimizer | undefined;
  /** Passes over the data. Default 1. */
  readonly epochs?: number | undefined;
  /** Rows per batch, where `train` is a data set. Default 32. */
  readonly batchSize?: number | undefined;
  /** Fixes the order of the data and the random numbers of layers. Default 0. */
  readonly seed?: number | undefined;
  /** Measured on `validation`, after every epoch. */
  readonly metrics?: readonly Metric[] | undefined;
  /**
   * Measured on the training batches, in training mode and before each update; logged as `trainAccuracy` and so on. Not
   * those that collect rows.
   */
  readonly trainMetrics?: readonly Metric[] | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** Goes on from here; the run is then bitwise the one that was not interrupted. */
  readonly resume?: Checkpoint | undefined;
  /**
   * Train steps that run as one, which changes no bit of the result. Default: as many as take up to 80 ms, ending where
   * a callback looks at the model (`Callback.everySteps`).
   */
  readonly stepsPerRun?: number | undefined;
  /** Ends the run after the present step, with an error of code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** The names of {@link FitOptions}. */
export const FIT_OPTIONS = [
  'train',
  'validation',
  'loss',
  'optimizer',
  'epochs',
  'batchSize',
  'seed',
  'metrics',
  'trainMetrics',
  'callbacks',
  'resume',
  'stepsPerRun',
  'signal',
  'metricInputs',
  'dynamicAxes',
  'inputs',
  'targets',
  'nonFinite',
  'accumulate',
  'masterWeights',
] as const satisfies readonly (keyof FitOptions)[];

/** What {@link fit} returns. */
export interface History {
  /** One record per epoch. */
  readonly epochs: readonly EpochLogs[];
  /** Updates made since the very beginning. */
  readonly steps: number;
  /** Why a callback ended the run early. */
  readonly stopped: string | undefined;
}

/**
 * Trains a model on batches: one graph for a step, several steps in one run, a measurement after every epoch.
 *
 * For more than one model or loss, or steps of another shape, use {@link trainStep}, which this is built on.
 * @param model - Trained in place.
 * @param options - Data, loss, optimizer, length, callbacks.
 * @throws {@link GraphError} if a loss, a gradient or an updated weight is not finite: the weights are those of the last
 *   good step.
 * @throws {@link ArgumentError} if the model has nothing to train.
 * @throws {@link DataError} if `resume` does not fit; the model is then as it was.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 1 });
 * const batch = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
 * const { epochs } = await fit(model, { train: [batch], loss: mse, optimizer: sgd({ learningRate: 0.1 }), epochs: 50 });
 * epochs[49]!.loss! < epochs[0]!.loss!; // => true
 * @category Training
 */
export async function fit<B extends object = Batch, O = Tensor, T = Tensor>(
  model: Module,
  options: FitOptions<B, O, T>,
): Promise<History> {
  checkOptionNames('fit', options, FIT_OPTIONS);
  return new FitRun(model, options).run();
}
