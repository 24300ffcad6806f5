export { fit } from './fit.ts';
export type { FitOptions, History, LossFunction } from './fit.ts';
export { evaluate, predict } from './evaluate.ts';
export type { EvaluateOptions, Evaluation, MeasureOptions, PredictOptions } from './evaluate.ts';
export { trainStep } from './train-step.ts';
export type {
  Models,
  StateOptions,
  StepContext,
  StepOutputs,
  StepResult,
  StepRunOptions,
  TrainPasses,
  TrainSetup,
  TrainState,
  TrainStep,
  TrainStepOptions,
} from './train-step.ts';
export type { LossValue } from './loss-term.ts';
export type { Batch, Batches, BatchLayout, BatchLoader, BatchSource, SourceState } from './source.ts';
export type { Callback, EpochLogs, FitContext, StepLogs } from './callback.ts';
export { checkpoint } from './checkpoint.ts';
export type { CheckpointOptions } from './checkpoint.ts';
export { loadCheckpoint, saveCheckpoint } from './checkpoint-file.ts';
export type { Checkpoint, Json } from './checkpoint-file.ts';
export { earlyStopping } from './early-stopping.ts';
export type { EarlyStoppingOptions } from './early-stopping.ts';
export { progressBar } from './progress-bar.ts';
export type { ProgressBarOptions, ProgressStream } from './progress-bar.ts';
export { loadAverages } from './load-averages.ts';
export { reduceOnPlateau } from './reduce-on-plateau.ts';
export type { ReduceOnPlateau, ReduceOnPlateauOptions } from './reduce-on-plateau.ts';
export { withWeights } from './with-weights.ts';
