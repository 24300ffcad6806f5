export { sgd } from './sgd.ts';
export type { SGDOptions, SGDSettings } from './sgd.ts';
export { adam, adamW } from './adam.ts';
export type { AdamOptions, AdamSettings } from './adam.ts';
export { adagrad } from './adagrad.ts';
export type { AdagradOptions, AdagradSettings } from './adagrad.ts';
export { adamax } from './adamax.ts';
export { averagedWeights, ema } from './ema.ts';
export type { EmaOptions } from './ema.ts';
export { lion } from './lion.ts';
export type { LionOptions, LionSettings } from './lion.ts';
export { muon } from './muon.ts';
export type { MuonOptions, MuonSettings } from './muon.ts';
export { nadam } from './nadam.ts';
export type { NAdamOptions } from './nadam.ts';
export { rmsprop } from './rmsprop.ts';
export type { RMSpropOptions, RMSpropSettings } from './rmsprop.ts';
export { cosineRestartsSchedule, oneCycleSchedule } from './cycles.ts';
export type { CosineRestartsOptions, OneCycleOptions } from './cycles.ts';
export { chain } from './chain.ts';
export { clipByGlobalNorm, clipByValue } from './clip.ts';
export type { BaseSettings, ParameterFilter, ParameterGroup } from './groups.ts';
export type { GradientTransform, Optimizer, OptimizerItem, OptimizerUpdate, UpdateOptions } from './optimizer.ts';
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  piecewiseSchedule,
  polynomialSchedule,
  stepSchedule,
  warmup,
} from './schedules.ts';
export type { Schedule } from './schedules.ts';
