export type { Env, EnvState, Info, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from './env.ts';

export { Generator } from './random/generator.ts';
export { PCG64 } from './random/pcg64.ts';
export { seedSequence } from './random/seed-sequence.ts';

export type { Space } from './spaces/space.ts';
export { Box } from './spaces/box.ts';
export type { BoxArrays, BoxDType, BoxOptions } from './spaces/box.ts';
export { Dict } from './spaces/dict.ts';
export { Discrete } from './spaces/discrete.ts';
export { MultiBinary } from './spaces/multi-binary.ts';
export { MultiDiscrete } from './spaces/multi-discrete.ts';
export { Text } from './spaces/text.ts';
export type { TextOptions } from './spaces/text.ts';
export { Tuple } from './spaces/tuple.ts';
export { concatenate, iterate } from './spaces/batch.ts';
export type { Batched } from './spaces/batch.ts';

export { Acrobot } from './envs/acrobot.ts';
export { BlackjackEnv } from './envs/blackjack-env.ts';
export type { BlackjackObservation } from './envs/blackjack-env.ts';
export { CartPole } from './envs/cart-pole.ts';
export type { CartPoleOptions } from './envs/cart-pole.ts';
export { CliffWalkingEnv } from './envs/cliff-walking-env.ts';
export { MDPTableEnv } from './envs/mdp-table-env.ts';
export type { MDPTableEnvOptions, MDPTableInfo } from './envs/mdp-table-env.ts';
export { MountainCar } from './envs/mountain-car.ts';
export { PixelGrid } from './envs/pixel-grid.ts';
export type { PixelGridOptions } from './envs/pixel-grid.ts';
export type { MountainCarOptions } from './envs/mountain-car.ts';
export { MountainCarContinuous } from './envs/mountain-car-continuous.ts';
export { Pendulum } from './envs/pendulum.ts';
export type { PendulumOptions } from './envs/pendulum.ts';
export { PixelCar } from './envs/pixel-car.ts';
export type { PixelCarOptions } from './envs/pixel-car.ts';
export { TaxiEnv } from './envs/taxi-env.ts';
export type { TaxiEnvOptions } from './envs/taxi-env.ts';
export type { ContinuousAction, ContinuousEnv } from './envs/torque.ts';

export { envIds, envSpec, make, register } from './registry.ts';
export type { EnvTypes, MakeOptions } from './registry.ts';
export type { EnvOptions, EnvSpec } from './envs/specs.ts';
export { checkEnv } from './check-env.ts';
export { rollout } from './rollout.ts';
export type { Rollout, RolloutOptions, Transition } from './rollout.ts';

export { ClipAction } from './wrappers/clip-action.ts';
export { FlattenObservation, flattenSpace } from './wrappers/flatten-observation.ts';
export { FrameStack } from './wrappers/frame-stack.ts';
export type { FrameStackOptions } from './wrappers/frame-stack.ts';
export { NormalizeObservation } from './wrappers/normalize-observation.ts';
export type { NumericObservation } from './wrappers/normalize-observation.ts';
export { NormalizeReward } from './wrappers/normalize-reward.ts';
export type { NormalizeRewardOptions } from './wrappers/normalize-reward.ts';
export { RecordEpisodeStatistics } from './wrappers/record-episode-statistics.ts';
export type { EpisodeStatistics } from './wrappers/record-episode-statistics.ts';
export { RescaleAction } from './wrappers/rescale-action.ts';
export { RunningMoments } from './wrappers/running-moments.ts';
export { StickyAction } from './wrappers/sticky-action.ts';
export type { StickyActionOptions } from './wrappers/sticky-action.ts';
export { TimeAware } from './wrappers/time-aware.ts';
export { maxEpisodeStepsOf, TimeLimit } from './wrappers/time-limit.ts';
export { TransformObservation } from './wrappers/transform-observation.ts';
export { TransformReward } from './wrappers/transform-reward.ts';
export { unwrap, Wrapper } from './wrappers/wrapper.ts';
export type { WrapperSpaces } from './wrappers/wrapper.ts';

export { makeVec, makeWorkerVec } from './vector/make-vec.ts';
export type { ActionOf, MakeVecOptions, MakeWorkerVecOptions, ObservationOf } from './vector/make-vec.ts';
export type { EnvSource } from './vector/protocol.ts';
export { SyncVectorEnv } from './vector/sync-vector-env.ts';
export type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from './vector/vector-env.ts';
export { WorkerVectorEnv } from './vector/worker-vector-env.ts';
export type { WorkerVectorEnvOptions } from './vector/worker-vector-env.ts';

export { encodeGif } from './render/gif.ts';
export { mapToText, policyToText, valuesToText } from './render/map-text.ts';
export type { MapTextOptions } from './render/map-text.ts';
export { frameToAnsi } from './render/terminal.ts';
export type { TerminalOptions } from './render/terminal.ts';
