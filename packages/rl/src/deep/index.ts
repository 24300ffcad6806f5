export { A2C } from './a2c.ts';
export type { A2COptions } from './a2c.ts';
export { compareAgents } from './compare-agents.ts';
export type { AgentComparison, AgentComparisonName, CompareAgentsOptions } from './compare-agents.ts';
export { PPO } from './ppo.ts';
export type { PPOOptions } from './ppo.ts';
export { DQN } from './dqn.ts';
export type { QPolicy } from './dqn.ts';
export type { DQNOptions } from './dqn-options.ts';
export { QNetwork } from './q-network.ts';
export type { QFunction, QNetworkOptions, QNetworkShape } from './q-network.ts';
export { REINFORCE } from './reinforce.ts';
export type { REINFORCEOptions } from './reinforce.ts';
export { exportPolicy } from './export-policy.ts';
export { copyWeights, policyPlayer } from './policy-player.ts';
export type { PolicyPlayerOptions } from './policy-player.ts';
export { loadOnnxPolicy, OnnxPolicy } from './onnx-policy.ts';
export type { OnnxPolicyOptions } from './onnx-policy.ts';
export { evaluatePolicy } from './evaluate-policy.ts';
export type { EvaluatePolicyOptions, PolicyEvaluation } from './evaluate-policy.ts';
export { Agent } from './agent.ts';
export type { AgentOptions, PredictOptions } from './agent.ts';
export { OnPolicyAgent } from './on-policy-agent.ts';
export type { OnPolicyOptions, PolicyOf } from './on-policy-agent.ts';
export { VecCheckNan } from './vec-check-nan.ts';
export type { VecCheckNanOptions } from './vec-check-nan.ts';
export type { LearnOptions } from './learn-run.ts';
export type { AgentCallback, AgentContext } from './agent-callback.ts';
export type { AgentSchedule } from './schedule.ts';
export type { AgentEnv } from './same-step.ts';
export { ActorCriticPolicy } from './policy.ts';
export type { ActorCritic, PolicyKwargs, PolicyMemory, PolicyOutput, PolicySpaces } from './policy.ts';
export type { NetArch } from './layers.ts';
export { NatureCNN, SmallCNN } from './features.ts';
export type { CnnOptions, FeaturesExtractor } from './features.ts';
export { CombinedExtractor } from './combined-extractor.ts';
export type { FeaturesExtractorClass, FeaturesKwargs, PolicyName } from './features-extractor.ts';
export { RecurrentPPO } from './recurrent-ppo.ts';
export type { RecurrentPPOOptions } from './recurrent-ppo.ts';
export { RecurrentActorCriticPolicy } from './recurrent-policy.ts';
export type { RecurrentPolicyKwargs } from './recurrent-policy.ts';
export { PolicyState } from './policy-state.ts';
export { behaviourCloning } from './behaviour-cloning.ts';
export type { BehaviourCloningOptions, BehaviourCloningResult } from './behaviour-cloning.ts';
export { recordTrajectories } from './record-trajectories.ts';
export type { RecordTrajectoriesOptions } from './record-trajectories.ts';
export type { Trajectory } from './trajectory.ts';
export { loadTrajectories, saveTrajectories } from './trajectory-files.ts';
export { VecNormalize } from './vec-normalize.ts';
export type { NormalizerSettings, NormalizerState, VecNormalizeOptions } from './vec-normalize.ts';
export type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
export { checkpointCallback, evalCallback, progressBar, stopTrainingOnRewardThreshold } from './callbacks.ts';
export type { AgentProgressBarOptions, CheckpointCallbackOptions, EvalCallbackOptions } from './callbacks.ts';
export { preset } from './presets.ts';
export type { Preset, PresetOptions } from './presets.ts';
export { OffPolicyAgent } from './off-policy-agent.ts';
export type { OffPolicyOptions } from './off-policy-agent.ts';
export type { TrainFreq } from './train-freq.ts';
export { SAC } from './sac.ts';
export type { SACOptions, SACPolicy, SACPolicyKwargs } from './sac.ts';
export { TD3 } from './td3.ts';
export type { TD3Options, TD3Policy } from './td3.ts';
export { normalActionNoise, ornsteinUhlenbeckActionNoise } from './action-noise.ts';
export type { ActionNoise, NormalActionNoise, OrnsteinUhlenbeckActionNoise, PerAction } from './action-noise.ts';
export { ContinuousCritic, DeterministicActor, GaussianActor } from './continuous-networks.ts';
export type {
  ContinuousNetArch,
  ContinuousPolicyKwargs,
  ContinuousSizes,
  GaussianActorOptions,
  SquashedActions,
  Critic,
  PlainActor,
  StochasticActor,
} from './continuous-networks.ts';
export type { ContinuousOptions } from './continuous-agent.ts';
