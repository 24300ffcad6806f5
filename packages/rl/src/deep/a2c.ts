import { add, data, mean, mul, neg, stack } from '@gai/core';
import type { Tensor } from '@gai/core';
import { adam, chain, clipByGlobalNorm, rmsprop } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import type { TrainStep } from '@gai/nn/train';
import { clippedValueLoss } from '../losses/clipped-value-loss.ts';
import { whiten } from '../losses/whiten.ts';
import { loadAgent } from './agent-checkpoint.ts';
import type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
import { explainedVariance } from './explained-variance.ts';
import { ON_POLICY_OPTIONS, OnPolicyAgent } from './on-policy-agent.ts';
import type { OnPolicyOptions, PolicyOf, Rollout } from './on-policy-agent.ts';
import type { ActorCritic } from './policy.ts';
import { RolloutTensors } from './rollout-tensors.ts';
import type { AgentEnv } from './same-step.ts';
import { scheduleAt } from './schedule.ts';
import type { AgentSchedule } from './schedule.ts';
import { count, flag, fraction, positive, schedule, settingsOf, weight } from './settings.ts';

/** Options of {@link A2C}: Stable-Baselines3's, with its defaults. */
export interface A2COptions extends OnPolicyOptions {
  /** Default 7e-4. */
  readonly learningRate?: AgentSchedule | undefined;
  /** Steps of each env between updates. Default 5. */
  readonly nSteps?: number | undefined;
  /** Discount γ. Default 0.99. */
  readonly gamma?: number | undefined;
  /** λ of the advantages. Default 1: returns up to the last step, then its value. */
  readonly gaeLambda?: number | undefined;
  /** Weight of the entropy. Default 0. */
  readonly entCoef?: number | undefined;
  /** Weight of the value loss. Default 0.5. */
  readonly vfCoef?: number | undefined;
  /** Largest norm of the gradient. Default 0.5. */
  readonly maxGradNorm?: number | undefined;
  /** ε of RMSProp. Default 1e-5. */
  readonly rmsPropEps?: number | undefined;
  /** RMSProp, or else Adam. Default true. */
  readonly useRmsProp?: boolean | undefined;
  /** Advantages of a rollout to mean 0 and deviation 1. Default false. */
  readonly normalizeAdvantage?: boolean | undefined;
}

const DEFAULTS = {
  learningRate: 7e-4,
  nSteps: 5,
  gamma: 0.99,
  gaeLambda: 1,
  entCoef: 0,
  vfCoef: 0.5,
  maxGradNorm: 0.5,
  rmsPropEps: 1e-5,
  useRmsProp: true,
  normalizeAdvantage: false,
} as const satisfies A2COptions;

type Settings = { readonly [Name in keyof typeof DEFAULTS]: NonNullable<A2COptions[Name]> };

const RULES = {
  learningRate: schedule(),
  nSteps: count,
  gamma: fraction,
  gaeLambda: fraction,
  entCoef: weight,
  vfCoef: weight,
  maxGradNorm: positive,
  rmsPropEps: positive,
  useRmsProp: flag,
  normalizeAdvantage: flag,
};

type Step = TrainStep<object, { losses: { policy: Tensor }; statistics: Tensor }>;

/**
 * Advantage actor-critic, synchronous: one update `−E[A log π] + c₁(V − R)² − c₂H` from a few steps of every env.
 *
 * Cheaper per update than {@link PPO} and needs more steps; many envs side by side help. Names and defaults are
 * Stable-Baselines3's.
 *
 * @param policy - `'MlpPolicy'`, `'CnnPolicy'` for images, `'MultiInputPolicy'` for records, or a module that gives a distribution and values.
 * @param env - Several envs (`makeVec`), one, or an id.
 * @param options - Default {@link A2COptions}' own.
 * @throws ArgumentError for an unknown option, or one out of range.
 * @example
 * import { makeVec } from '@gai/rl';
 * import { A2C } from '@gai/rl/deep';
 * const agent = new A2C('MlpPolicy', makeVec('CartPole-v1', { numEnvs: 8 }), { seed: 0 });
 * await agent.learn({ totalTimesteps: 80 });
 * agent.numTimesteps; // => 80
 * @see Mnih et al. 2016, https://arxiv.org/abs/1602.01783
 * @category Deep agents
 * @since 0.1.0
 */
export class A2C extends OnPolicyAgent {
  readonly #settings: Settings;
  readonly #rollout: RolloutTensors;
  readonly #step: Step;
  #learningRate = 0;

  constructor(policy: PolicyOf, env: AgentEnv, options: A2COptions = {}) {
    const settings = settingsOf<Settings>(options, {
      op: 'A2C',
      defaults: DEFAULTS,
      rules: RULES,
      others: ON_POLICY_OPTIONS,
    });
    super(policy, env, { ...options, ...settings, op: 'A2C' });
    this.#settings = settings;
    this.#rollout = new RolloutTensors(this.buffer.sizes, this);
    const { maxGradNorm, rmsPropEps, useRmsProp } = settings;
    const learningRate = (): number => this.#learningRate;
    const rule = useRmsProp
      ? rmsprop({ learningRate, alpha: 0.99, eps: rmsPropEps })
      : adam({ learningRate, eps: 1e-5 });
    this.#step = trainStep(
      { models: { policy: this.policy }, optimizers: { policy: chain(clipByGlobalNorm(maxGradNorm), rule) } },
      (models: { policy: ActorCritic }) => this.#losses(models.policy),
      { seed: this.seed, dynamicAxes: null },
    );
  }

  /**
   * An agent from a file that `save` wrote, ready to predict and to go on.
   *
   * @param source - The file, or what `loadCheckpoint` read from it.
   * @param given - Envs, and options that differ from the saved ones.
   * @throws DataError if the file holds no A2C.
   */
  static load(source: AgentSource, given: AgentLoadOptions & A2COptions): Promise<A2C> {
    const make = (policy: PolicyOf, env: AgentEnv, options: A2COptions): A2C => new A2C(policy, env, options);
    return loadAgent<A2COptions, A2C>(source, given, { op: 'A2C', make });
  }

  protected override get trainer(): Step {
    return this.#step;
  }

  /** The loss of a rollout, and what is logged of it. */
  #losses(policy: ActorCritic) {
    const { normalizeAdvantage, entCoef, vfCoef } = this.#settings;
    const { observations, actions, masks, returns, advantages, values: oldValues } = this.#rollout.rows();
    const { distribution, value: values } = policy.forward(observations, masks);
    const isScaled = normalizeAdvantage && this.buffer.rows > 1;
    const policyLoss = neg(mean(mul(isScaled ? whiten(advantages) : advantages, distribution.logProb(actions))));
    const valueLoss = clippedValueLoss({ values, oldValues, returns });
    const entropyLoss = neg(mean(distribution.entropy()));
    const loss = add(add(policyLoss, mul(entropyLoss, entCoef)), mul(valueLoss, vfCoef));
    return { losses: { policy: loss }, statistics: stack([policyLoss, valueLoss, entropyLoss]) };
  }

  protected async update(rollout: Rollout, progressRemaining: number): Promise<Record<string, number>> {
    this.#learningRate = scheduleAt(this.#settings.learningRate, progressRemaining);
    this.#rollout.load(rollout);
    const { statistics } = await this.#step({});
    const [policyLoss, valueLoss, entropyLoss] = (await data(statistics)) as Float32Array;
    return {
      'train/learning_rate': this.#learningRate,
      'train/policy_loss': policyLoss!,
      'train/value_loss': valueLoss!,
      'train/entropy_loss': entropyLoss!,
      'train/n_updates': this.#step.step,
      ...explainedVariance(rollout),
      ...(await this.deviation()),
    };
  }
}
