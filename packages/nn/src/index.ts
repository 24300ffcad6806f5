export { Module } from './module.ts';
export type { LoadReport } from './module.ts';
export { ModuleBuffer, Parameter } from './parameter.ts';
export { withRandomKey } from './random-scope.ts';
export { load, save } from './save.ts';
export * as init from './init/index.ts';
export { manualSeed } from './init/seed.ts';
export { ELU, GELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh } from './activations.ts';
export {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Embedding,
  Flatten,
  Identity,
  LayerNorm,
  Linear,
  MaxPool2d,
  Sequential,
} from './layers/index.ts';
export type {
  AdaptiveAvgPool2dOptions,
  BatchNormKind,
  BatchNormLayerOptions,
  Conv2dLayerOptions,
  ConvTranspose2dLayerOptions,
  DropoutOptions,
  EmbeddingOptions,
  FlattenOptions,
  Layer,
  LayerModule,
  LayerNormLayerOptions,
  LinearOptions,
} from './layers/index.ts';
export { bceWithLogits, crossEntropy, huber, klDiv, mae, mse, nll } from './losses/index.ts';
export type {
  BceWithLogitsOptions,
  ClassLossOptions,
  CrossEntropyOptions,
  HuberOptions,
  KlDivOptions,
  Loss,
  LossOptions,
  Reduction,
} from './losses/index.ts';
export { accuracy, confusionMatrix, meanLoss, topKAccuracy } from './metrics/index.ts';
export type { ConfusionMatrixOptions, LabelMetricOptions, Metric, TopKAccuracyOptions } from './metrics/index.ts';
export {
  adam,
  adamW,
  chain,
  clipByGlobalNorm,
  clipByValue,
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  piecewiseSchedule,
  polynomialSchedule,
  sgd,
  stepSchedule,
  warmup,
} from './optim/index.ts';
export type {
  AdamOptions,
  AdamSettings,
  BaseSettings,
  GradientTransform,
  Optimizer,
  OptimizerItem,
  OptimizerUpdate,
  ParameterFilter,
  ParameterGroup,
  SGDOptions,
  SGDSettings,
  Schedule,
} from './optim/index.ts';
export {
  checkpoint,
  earlyStopping,
  evaluate,
  fit,
  loadCheckpoint,
  predict,
  progressBar,
  saveCheckpoint,
  trainStep,
} from './train/index.ts';
export type {
  Batch,
  BatchLayout,
  BatchLoader,
  BatchSource,
  Batches,
  Callback,
  Checkpoint,
  CheckpointOptions,
  EarlyStoppingOptions,
  EpochLogs,
  EvaluateOptions,
  Evaluation,
  FitContext,
  FitOptions,
  History,
  Json,
  LossFunction,
  Models,
  PredictOptions,
  ProgressBarOptions,
  ProgressStream,
  SourceState,
  StepContext,
  StepOutputs,
  TrainSetup,
  TrainState,
  TrainStep,
  TrainStepOptions,
} from './train/index.ts';
