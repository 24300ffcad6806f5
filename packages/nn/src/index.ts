/**
 * Layers, losses, optimizers and training.
 *
 * @categoryDescription Schedules
 * Learning-rate schedules: the learning rate by the number of updates made. Give one in place of a number:
 * `adamW({ learningRate: cosineSchedule({ initial: 1e-3, steps: 1000 }) })`.
 *
 * @categoryDescription Optimizers
 * From gradients to updates, with PyTorch's defaults; `chain` puts clipping before one.
 *
 * @categoryDescription Losses
 * From outputs and targets to a scalar, for `fit`, `trainStep` and `grad`.
 *
 * @categoryDescription Layers
 * What models are made of; names of settings and parameters are PyTorch's.
 *
 * @categoryDescription Callbacks
 * What `fit` calls while it trains: progress, checkpoints, early stopping.
 *
 * @module
 */
export { Module } from './module.ts';
export { isModule, isModuleBuffer, isParameter } from './modules/brands.ts';
export type { LoadReport, LoadStateOptions } from './modules/state-dict.ts';
export type { Part } from './modules/slots.ts';
export type { Replaceable } from './modules/replace.ts';
export { remat } from './modules/remat.ts';
export { tap } from './modules/tap.ts';
export type { TapFunction, TapRun, Tapped } from './modules/tap.ts';
export { summary } from './modules/summary.ts';
export type { Summary, SummaryOutput, SummaryRow } from './modules/summary.ts';
export { ModuleBuffer, Parameter } from './parameter.ts';
export { withRandomKey } from './random-scope.ts';
export { load, save } from './save.ts';
export type { LoadOptions } from './save.ts';
export { CacheView, KeyValueCache, keepTokens } from './cache/index.ts';
export type { CacheAttendOptions, CacheNames, CacheParts, KeysValues, KeyValueCacheOptions } from './cache/index.ts';
export * as init from './init/index.ts';
export { manualSeed } from './init/seed.ts';
export { ELU, GELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh } from './activations.ts';
export {
  CELU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LogSigmoid,
  Mish,
  PReLU,
  ReLU6,
  SELU,
  Softshrink,
  Softsign,
  Tanhshrink,
} from './activations-more.ts';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  BatchNorm,
  BatchNorm1d,
  BatchNorm2d,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  Dropout,
  Dropout2d,
  Embedding,
  Flatten,
  GroupNorm,
  Identity,
  InstanceNorm,
  InstanceNorm1d,
  InstanceNorm2d,
  LayerNorm,
  Linear,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  ModuleDict,
  ModuleList,
  MultiheadAttention,
  ParameterList,
  PixelShuffle,
  PixelUnshuffle,
  RMSNorm,
  Sequential,
  Unflatten,
  Upsample,
} from './layers/index.ts';
export type {
  AdaptiveAvgPool1dOptions,
  AdaptiveAvgPool2dOptions,
  AdaptiveAvgPool3dOptions,
  AdaptiveMaxPool1dOptions,
  AdaptiveMaxPool2dOptions,
  AdaptiveMaxPool3dOptions,
  BatchNormKind,
  BatchNormLayerOptions,
  Conv1dLayerOptions,
  Conv2dLayerOptions,
  Conv3dLayerOptions,
  ConvTranspose1dLayerOptions,
  ConvTranspose2dLayerOptions,
  ConvTranspose3dLayerOptions,
  DropoutOptions,
  EmbeddingOptions,
  FlattenOptions,
  GroupNormLayerOptions,
  InstanceNormKind,
  InstanceNormLayerOptions,
  Layer,
  LayerModule,
  LayerNormLayerOptions,
  LinearOptions,
  MultiheadAttentionMasks,
  MultiheadAttentionOptions,
  RMSNormLayerOptions,
  UnflattenOptions,
} from './layers/index.ts';
export { quantize } from './quantize.ts';
export type { QuantizeModelOptions, QuantizeReport } from './quantize.ts';
export { QuantizedEmbedding, QuantizedLinear } from './layers/quantized/index.ts';
export type {
  QuantizedEmbeddingOptions,
  QuantizedFormat,
  QuantizedLinearOptions,
  QuantizedMatrix,
} from './layers/quantized/index.ts';
export { GRU, GRUCell, LSTM, LSTMCell, RNN, RNNCell, Recurrent, RecurrentCell } from './layers/recurrent/index.ts';
export type {
  LSTMInputs,
  LSTMOutput,
  LSTMState,
  RNNCellOptions,
  RNNOptions,
  RecurrentCellOptions,
  RecurrentInputs,
  RecurrentKind,
  RecurrentOptions,
  RecurrentOutput,
  RecurrentRun,
  RecurrentWeights,
} from './layers/recurrent/index.ts';
export {
  bce,
  bceWithLogits,
  contrastive,
  cosineEmbedding,
  crossEntropy,
  hinge,
  hingeEmbedding,
  huber,
  klDiv,
  mae,
  mse,
  nll,
  poissonNll,
  smoothL1,
  tripletMargin,
} from './losses/index.ts';
export type {
  BceWithLogitsOptions,
  ClassLossOptions,
  CosineEmbeddingOptions,
  CrossEntropyOptions,
  HingeOptions,
  HuberOptions,
  KlDivOptions,
  Loss,
  LossOptions,
  LossParts,
  MarginOptions,
  PoissonNllOptions,
  Reduction,
  SmoothL1Options,
  TripletMarginOptions,
} from './losses/index.ts';
export {
  accuracy,
  auroc,
  averagePrecision,
  confusionMatrix,
  f1,
  meanAbsoluteError,
  meanLoss,
  meanSquaredError,
  perplexity,
  precision,
  r2,
  recall,
  topKAccuracy,
} from './metrics/index.ts';
export type {
  Average,
  ClassMetricOptions,
  ConfusionMatrixOptions,
  LabelMetricOptions,
  Metric,
  TopKAccuracyOptions,
} from './metrics/index.ts';
export {
  adagrad,
  adam,
  adamax,
  adamW,
  averagedWeights,
  chain,
  clipByGlobalNorm,
  clipByValue,
  constantSchedule,
  cosineRestartsSchedule,
  cosineSchedule,
  ema,
  exponentialSchedule,
  linearSchedule,
  lion,
  muon,
  nadam,
  oneCycleSchedule,
  piecewiseSchedule,
  polynomialSchedule,
  rmsprop,
  sgd,
  stepSchedule,
  warmup,
} from './optim/index.ts';
export type {
  AdagradOptions,
  AdagradSettings,
  AdamOptions,
  AdamSettings,
  BaseSettings,
  CosineRestartsOptions,
  EmaOptions,
  GradientTransform,
  LionOptions,
  LionSettings,
  MuonOptions,
  MuonSettings,
  NAdamOptions,
  OneCycleOptions,
  Optimizer,
  OptimizerItem,
  OptimizerUpdate,
  ParameterFilter,
  ParameterGroup,
  RMSpropOptions,
  RMSpropSettings,
  Schedule,
  SGDOptions,
  SGDSettings,
  UpdateOptions,
} from './optim/index.ts';
export {
  checkpoint,
  csvSink,
  earlyStopping,
  evaluate,
  fit,
  jsonlSink,
  loadAverages,
  loadCheckpoint,
  logger,
  predict,
  progressBar,
  readLog,
  reduceOnPlateau,
  replay,
  saveCheckpoint,
  tensorBoardSink,
  terminalSink,
  trainStep,
  withWeights,
} from './train/index.ts';
export type {
  Batch,
  Batches,
  BatchLayout,
  BatchLoader,
  BatchSource,
  Callback,
  Checkpoint,
  CheckpointOptions,
  EarlyStoppingOptions,
  EpochLogs,
  EvaluateOptions,
  Evaluation,
  FileSinkOptions,
  FitContext,
  FitOptions,
  History,
  Json,
  LogRow,
  LogSink,
  LoggerOptions,
  LossFunction,
  LossValue,
  MeasureOptions,
  ModelInput,
  Models,
  PredictOptions,
  ProgressBarOptions,
  ProgressStream,
  ReduceOnPlateau,
  ReduceOnPlateauOptions,
  ReplayOptions,
  Replayed,
  Scalars,
  SourceState,
  StateOptions,
  StepContext,
  StepLogs,
  StepOutputs,
  StepResult,
  StepRunOptions,
  TerminalSinkOptions,
  TrainPasses,
  TrainSetup,
  TrainState,
  TrainStep,
  TrainStepOptions,
} from './train/index.ts';
