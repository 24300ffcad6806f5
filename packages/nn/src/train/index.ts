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
export type { LossValue, Losses } from './loss-term.ts';
export type { Batch, Batches, BatchLayout, BatchLoader, BatchSource, ModelInput, SourceState } from './source.ts';
export type { Callback, EpochLogs, FitContext, StepLogs } from './callback.ts';
export { checkpoint } from './checkpoint.ts';
export type { CheckpointOptions } from './checkpoint.ts';
export { loadCheckpoint, saveCheckpoint } from './checkpoint-file.ts';
export type { Checkpoint, Json } from './checkpoint-file.ts';
export { replay } from './replay.ts';
export type { Replayed, ReplayOptions } from './replay.ts';
export { earlyStopping } from './early-stopping.ts';
export type { EarlyStoppingOptions } from './early-stopping.ts';
export { progressBar } from './progress-bar.ts';
export type { ProgressBarOptions } from './progress-bar.ts';
export { ProgressLine } from './progress-line.ts';
export type { ProgressStream } from './progress-line.ts';
export { ProgressReader } from './progress-reader.ts';
export { loadAverages } from './load-averages.ts';
export { reduceOnPlateau } from './reduce-on-plateau.ts';
export type { ReduceOnPlateau, ReduceOnPlateauOptions } from './reduce-on-plateau.ts';
export { withWeights } from './with-weights.ts';
export { logger } from './log/logger.ts';
export type { LoggerOptions } from './log/logger.ts';
export type { LogSink, Scalars } from './log/log-sink.ts';
export { csvSink } from './log/csv-sink.ts';
export type { FileSinkOptions } from './log/file-sink.ts';
export { jsonlSink } from './log/jsonl-sink.ts';
export { readLog } from './log/read-log.ts';
export type { LogRow } from './log/read-log.ts';
export { tensorBoardSink } from './log/tensorboard-sink.ts';
export { terminalSink } from './log/terminal-sink.ts';
export type { TerminalSinkOptions } from './log/terminal-sink.ts';
