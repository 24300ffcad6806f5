import { add, data, mean, mul, neg, stack } from '@gai/core';
import type { Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { adam, chain, clipByGlobalNorm } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import type { TrainStep } from '@gai/nn/train';
import { argumentError } from '../errors.ts';
import { clippedValueLoss } from '../losses/clipped-value-loss.ts';
import { whiten } from '../losses/whiten.ts';
import { loadAgent } from './agent-checkpoint.ts';
import type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
import { explainedVariance } from './explained-variance.ts';
import { ON_POLICY_OPTIONS, OnPolicyAgent } from './on-policy-agent.ts';
import type { OnPolicyOptions, PolicyOf, Rollout } from './on-policy-agent.ts';
import type { ActorCritic } from './policy.ts';
import type { AgentEnv } from './same-step.ts';
import { scheduleAt } from './schedule.ts';
import type { AgentSchedule } from './schedule.ts';
import { count, flag, fraction, positive, schedule, settingsOf, weight } from './settings.ts';

/** Options of {@link REINFORCE}. */
export interface REINFORCEOptions extends OnPolicyOptions {
  /** Adam's. Default 1e-3. */
  readonly learningRate?: AgentSchedule | undefined;
  /** Whole episodes that an update learns from. Default 1. */
  readonly episodesPerUpdate?: number | undefined;
  /** Steps of them at most; more are an error. Default 10,000. */
  readonly nSteps?: number | undefined;
  /** Discount γ. Default 0.99. */
  readonly gamma?: number | undefined;
  /** Compare returns with a learned value of the observation. Default true. */
  readonly baseline?: boolean | undefined;
  /** Advantages of an update to mean 0 and deviation 1. Default false. */
  readonly normalizeAdvantage?: boolean | undefined;
  /** Weight of the entropy. Default 0. */
  readonly entCoef?: number | undefined;
  /** Weight of the baseline's loss. Default 0.5. */
  readonly vfCoef?: number | undefined;
  /** Largest norm of the gradient. Default 0.5. */
  readonly maxGradNorm?: number | undefined;
}

const DEFAULTS = {
  learningRate: 1e-3,
  episodesPerUpdate: 1,
  nSteps: 10_000,
  gamma: 0.99,
  baseline: true,
  normalizeAdvantage: false,
  entCoef: 0,
  vfCoef: 0.5,
  maxGradNorm: 0.5,
} as const satisfies REINFORCEOptions;

type Settings = { readonly [Name in keyof typeof DEFAULTS]: NonNullable<REINFORCEOptions[Name]> };

const RULES = {
  learningRate: schedule(),
  episodesPerUpdate: count,
  nSteps: count,
  gamma: fraction,
  baseline: flag,
  normalizeAdvantage: flag,
  entCoef: weight,
  vfCoef: weight,
  maxGradNorm: positive,
};

/** Whole episodes, one step per row. */
type Episodes = {
  readonly observations: Tensor;
  readonly actions: Tensor;
  readonly returns: Tensor;
  readonly advantages: Tensor;
  readonly masks?: Tensor;
  /** Whether advantages are scaled: one step alone has no deviation. */
  readonly isScaled: boolean;
};

type Step = TrainStep<Episodes, { losses: { policy: Tensor }; statistics: Tensor }>;

/**
 * REINFORCE, Monte Carlo policy gradient: one update `−E[(G − V) log π] + c₁(V − G)² − c₂H` from whole episodes.
 *
 * The first and plainest of the family, with one env: returns are those that were paid, nothing is estimated but the
 * baseline V, which makes the step less noisy and leaves its mean as it is. {@link A2C} and {@link PPO} need fewer steps.
 *
 * An episode that a step limit has cut off ends in the baseline's value of its last observation; without a baseline it
 * counts as if it had ended there.
 *
 * @param policy - `'MlpPolicy'`, `'CnnPolicy'` for images, `'MultiInputPolicy'` for records, or a module that gives a distribution and values.
 * @param env - One env, or an id.
 * @param options - Default {@link REINFORCEOptions}' own.
 * @throws ArgumentError for an unknown option, one out of range, or several envs.
 * @example
 * import { REINFORCE } from '@gai/rl/deep';
 * const agent = new REINFORCE('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * await agent.learn({ totalTimesteps: 100 });
 * agent.numTimesteps >= 100; // => true
 * @see Williams 1992, https://doi.org/10.1007/BF00992696
 * @category Deep agents
 * @since 0.1.0
 */
export class REINFORCE extends OnPolicyAgent {
  readonly #settings: Settings;
  readonly #step: Step;
  #learningRate = 0;

  constructor(policy: PolicyOf, env: AgentEnv, options: REINFORCEOptions = {}) {
    const op = 'REINFORCE';
    const settings = settingsOf<Settings>(options, {
      op,
      defaults: DEFAULTS,
      rules: RULES,
      others: ON_POLICY_OPTIONS,
    });
    super(policy, env, { ...options, ...settings, op });
    if (this.env.numEnvs !== 1) throw severalEnvs(this.env.numEnvs);
    this.#settings = settings;
    const optimizer = chain(
      clipByGlobalNorm(settings.maxGradNorm),
      adam({ learningRate: () => this.#learningRate, eps: 1e-5 }),
    );
    this.#step = trainStep(
      { models: { policy: this.policy }, optimizers: { policy: optimizer } },
      (models: { policy: ActorCritic }, episodes: Episodes) => this.#losses(models.policy, episodes),
      { seed: this.seed },
    );
  }

  /**
   * An agent from a file that `save` wrote, ready to predict and to go on.
   *
   * @param source - The file, or what `loadCheckpoint` read from it.
   * @param given - An env, and options that differ from the saved ones.
   * @throws DataError if the file holds no REINFORCE.
   */
  static load(source: AgentSource, given: AgentLoadOptions & REINFORCEOptions): Promise<REINFORCE> {
    const make = (policy: PolicyOf, env: AgentEnv, options: REINFORCEOptions): REINFORCE =>
      new REINFORCE(policy, env, options);
    return loadAgent<REINFORCEOptions, REINFORCE>(source, given, { op: 'REINFORCE', make });
  }

  protected override get trainer(): Step {
    return this.#step;
  }

  /** Whether enough episodes have ended. */
  protected override get isCollected(): boolean {
    const { position, terminations, truncations, isFull } = this.buffer;
    const isEnd = (row: number): boolean => terminations[row] !== 0 || truncations[row] !== 0;
    if (position > 0 && isEnd(position - 1)) {
      let ended = 0;
      for (let row = 0; row < position; row++) if (isEnd(row)) ended++;
      if (ended >= this.#settings.episodesPerUpdate) return true;
    }
    if (isFull) throw tooLong(this.#settings);
    return false;
  }

  /** The loss of whole episodes, and what is logged of it. */
  #losses(policy: ActorCritic, episodes: Episodes) {
    const { observations, actions, returns, advantages, masks, isScaled } = episodes;
    const { baseline, entCoef, vfCoef } = this.#settings;
    const { distribution, value: values } = policy.forward(observations, masks);
    const gains = isScaled ? whiten(advantages) : advantages;
    const policyLoss = neg(mean(mul(gains, distribution.logProb(actions))));
    const valueLoss = clippedValueLoss({ values, oldValues: values, returns });
    const entropyLoss = neg(mean(distribution.entropy()));
    const loss = add(add(policyLoss, mul(entropyLoss, entCoef)), mul(valueLoss, baseline ? vfCoef : 0));
    return { losses: { policy: loss }, statistics: stack([policyLoss, valueLoss, entropyLoss]) };
  }

  protected async update(rollout: Rollout, progressRemaining: number): Promise<Record<string, number>> {
    this.#learningRate = scheduleAt(this.#settings.learningRate, progressRemaining);
    const { statistics } = await this.#step(this.#episodes(rollout));
    const [policyLoss, valueLoss, entropyLoss] = (await data(statistics)) as Float32Array;
    return {
      'train/learning_rate': this.#learningRate,
      'train/policy_loss': policyLoss!,
      'train/entropy_loss': entropyLoss!,
      'train/n_updates': this.#step.step,
      ...(this.#settings.baseline && { 'train/value_loss': valueLoss!, ...explainedVariance(rollout) }),
      ...(await this.deviation()),
    };
  }

  #episodes({ buffer, advantages, values }: Rollout): Episodes {
    const { observation, action, mask } = buffer.sizes;
    const { baseline, gamma, normalizeAdvantage } = this.#settings;
    const rows = buffer.filled;
    const returns = baseline
      ? advantages.map((advantage, row) => advantage + Number(values[row]))
      : returnsOf(
          buffer.rewards.subarray(0, rows),
          (row) => buffer.terminations[row]! + buffer.truncations[row]!,
          gamma,
        );
    const tensorOf = (array: TypedArray, dtype: 'float32' | 'int32', shape: readonly number[]): Tensor =>
      hostLeaf(array, { dtype, shape: [rows, ...shape] }, false);
    return {
      observations: tensorOf(buffer.observations.slice(0, rows * observation), 'float32', this.codec.shape),
      actions: tensorOf(buffer.actions.slice(0, rows * action), this.head.dtype, this.head.shape),
      returns: tensorOf(returns, 'float32', []),
      advantages: tensorOf(baseline ? advantages : returns, 'float32', []),
      isScaled: normalizeAdvantage && rows > 1,
      ...(mask > 0 && { masks: tensorOf(buffer.masks.slice(0, rows * mask), 'float32', [mask]) }),
    };
  }
}

/** What was paid from each step to the end of its episode. */
function returnsOf(rewards: Float64Array, endsAt: (row: number) => number, gamma: number): Float32Array {
  const returns = new Float32Array(rewards.length);
  for (let row = rewards.length - 1, after = 0; row >= 0; row--) {
    after = rewards[row]! + (endsAt(row) > 0 ? 0 : gamma * after);
    returns[row] = after;
  }
  return returns;
}

const severalEnvs = (numEnvs: number): Error =>
  argumentError(
    'REINFORCE',
    `it learns from whole episodes of one env. Got ${numEnvs} envs; expected 1. Pass one; for several there are A2C and PPO.`,
  );

const tooLong = ({ episodesPerUpdate, nSteps }: Settings): Error =>
  argumentError(
    'REINFORCE',
    `the episodes of an update are too long. Got more than ${nSteps} steps in ${episodesPerUpdate} episodes; expected at most ` +
      `nSteps ${nSteps}. Pass more nSteps or fewer episodesPerUpdate, or limit the env's episodes (TimeLimit).`,
  );
