export { sgd } from './sgd.ts';
export type { SGDOptions, SGDSettings } from './sgd.ts';
export { adam, adamW } from './adam.ts';
export type { AdamOptions, AdamSettings } from './adam.ts';
export { chain } from './chain.ts';
export { clipByGlobalNorm, clipByValue } from './clip.ts';
export type { BaseSettings, ParameterFilter, ParameterGroup } from './groups.ts';
export type { GradientTransform, Optimizer, OptimizerItem, OptimizerUpdate } from './optimizer.ts';
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
