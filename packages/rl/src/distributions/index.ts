export { Bernoulli } from './bernoulli.ts';
export { Categorical } from './categorical.ts';
export { DiagonalGaussian } from './diagonal-gaussian.ts';
export type { Distribution } from './distribution.ts';
export { MultiCategorical } from './multi-categorical.ts';
export { SquashedGaussian } from './squashed-gaussian.ts';
export { SquashedStateDependentGaussian } from './squashed-state-dependent-gaussian.ts';
export { StateDependentGaussian } from './state-dependent-gaussian.ts';
export type { StateDependentGaussianOptions } from './state-dependent-gaussian.ts';
