import { add, clip, data, jit, mean, minimum, mul, neg, square, stopGradient, sub } from '@gai/core';
import type { Jitted, Tensor, TypedArray } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '@gai/nn';
import { adam } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import type { StepContext, TrainStep } from '@gai/nn/train';
import { checkNumber } from '../tabular/errors.ts';
import { loadAgent } from './agent-checkpoint.ts';
import type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
import {
  CONTINUOUS_DEFAULTS,
  CONTINUOUS_OPTIONS,
  ContinuousAgent,
  checkCount,
  withDefaults,
} from './continuous-agent.ts';
import type { ContinuousOptions, ContinuousRule } from './continuous-agent.ts';
import { ContinuousCritic, DeterministicActor } from './continuous-networks.ts';
import type { ContinuousPolicyKwargs, ContinuousSizes, Critic, PlainActor } from './continuous-networks.ts';
import { meanOf } from './episode-monitor.ts';
import type { PolicyName } from './features-extractor.ts';
import type { ReplayTensors } from './off-policy-agent.ts';
import type { Rows } from './policy-runner.ts';
import { polyakUpdate } from './polyak.ts';
import type { AgentEnv } from './same-step.ts';
import { scheduleAt } from './schedule.ts';

/** Options of {@link TD3}: Stable-Baselines3's, with its defaults. */
export interface TD3Options extends ContinuousOptions {
  /** Updates of the critics from one of the actor and the targets to the next. Default 2. */
  readonly policyDelay?: number | undefined;
  /** Deviation of the noise on the target's actions. Default 0.2. */
  readonly targetPolicyNoise?: number | undefined;
  /** Where that noise is cut off. Default 0.5. */
  readonly targetNoiseClip?: number | undefined;
}

const DEFAULTS = {
  ...CONTINUOUS_DEFAULTS,
  learningRate: 1e-3,
  policyDelay: 2,
  targetPolicyNoise: 0.2,
  targetNoiseClip: 0.5,
} as const satisfies TD3Options;

type TD3Rule = ContinuousRule & {
  readonly [Name in 'policyDelay' | 'targetPolicyNoise' | 'targetNoiseClip']: number;
};

/** The networks of {@link TD3}: its own, or a module with such parts. The targets get the weights of what they follow. */
export interface TD3Policy extends Module {
  readonly actor: PlainActor;
  readonly actorTarget: PlainActor;
  readonly critic: Critic;
  readonly criticTarget: Critic;
}

/**
 * Stable-Baselines3's policies for TD3: an actor and two critics of [400, 300] ([256, 256] behind DeepMind's features) with ReLU, and targets
 * of all. Actor and critics have features of their own.
 */
class TD3MlpPolicy extends Module implements TD3Policy {
  readonly actor: DeterministicActor;
  readonly actorTarget: DeterministicActor;
  readonly critic: ContinuousCritic;
  readonly criticTarget: ContinuousCritic;

  constructor(sizes: ContinuousSizes, options: ContinuousPolicyKwargs) {
    super();
    const netArch = options.featuresExtractorClass === 'NatureCNN' ? [256, 256] : [400, 300];
    const layers = { netArch, ...options };
    this.actor = new DeterministicActor(sizes, layers);
    this.actorTarget = new DeterministicActor(sizes, layers);
    this.critic = new ContinuousCritic(sizes, layers);
    this.criticTarget = new ContinuousCritic(sizes, layers);
  }

  forward(observations: Tensor): Tensor {
    return this.actor.forward(observations);
  }
}

type Minibatch = ReplayTensors & {
  /** Standard normal numbers for the target's actions. */
  readonly noise: Tensor;
  /** Whether the actor learns and the targets follow. */
  readonly delayed: boolean;
};
type Step = TrainStep<Minibatch, { losses: { critic: Tensor; actor: Tensor | null } }>;

/**
 * Twin delayed deep deterministic policy gradient: the lower of two critics counts, targets are smoothed by noise on their
 * actions, and the actor learns at every second update only. For `Box` actions; explores by `actionNoise`.
 *
 * A gradient step is one run of one graph: the critics, then the actor that asks the new critics, then the targets; the order,
 * names and defaults are Stable-Baselines3's.
 *
 * @param policy - `'MlpPolicy'`, `'CnnPolicy'` for images, `'MultiInputPolicy'` for records, or a module with `actor`, `actorTarget`, `critic` and `criticTarget`.
 * @param env - One env, several, or an id.
 * @param options - Default {@link TD3Options}' own.
 * @throws ArgumentError for an unknown option, one out of range, or actions without bounds.
 * @example
 * import { TD3, normalActionNoise } from '@gai/rl/deep';
 * const options = { learningStarts: 20, batchSize: 16, seed: 0, policyKwargs: { netArch: [16] } };
 * const agent = new TD3('MlpPolicy', 'Pendulum-v1', { ...options, actionNoise: normalActionNoise({ sigma: 0.1 }) });
 * await agent.learn({ totalTimesteps: 30 });
 * agent.numTimesteps; // => 30
 * @see Fujimoto et al. 2018, https://arxiv.org/abs/1802.09477
 * @category Deep agents
 * @since 0.1.0
 */
export class TD3 extends ContinuousAgent<TD3Rule> {
  readonly policy: TD3Policy;
  readonly #step: Step;
  readonly #act: Jitted<[Tensor], Tensor>;

  constructor(policy: PolicyName | TD3Policy, env: AgentEnv, options: TD3Options = {}) {
    super(env, ruleOf(options));
    const parts = ['actor', 'actorTarget', 'critic', 'criticTarget'] as const;
    this.policy = this.policyOf<TD3Policy>(policy, parts, (kwargs) => new TD3MlpPolicy(this.sizes, kwargs));
    const { actor, actorTarget, critic, criticTarget } = this.policy;
    actorTarget.eval().loadStateDict(actor.stateDict());
    criticTarget.eval().loadStateDict(critic.stateDict());
    const optimizer = () => adam({ learningRate: () => this.learningRate });
    this.#step = trainStep(
      {
        models: { actor, actorTarget, critic, criticTarget } as Record<string, Module>,
        optimizers: { actor: optimizer(), actorTarget: null, critic: optimizer(), criticTarget: null },
      },
      (_: unknown, batch: Minibatch, context: StepContext) => this.#losses(batch, context),
      { seed: this.seed, dynamicAxes: null },
    ) as unknown as Step;
    this.#act = jit((observations: Tensor) => this.greedy(observations));
  }

  /**
   * An agent from a file that `save` wrote, ready to predict and to go on.
   *
   * @param source - The file, or what `loadCheckpoint` read from it.
   * @param given - Envs, and options that differ from the saved ones.
   * @throws DataError if the file holds no TD3.
   */
  static load(source: AgentSource, given: AgentLoadOptions<TD3Policy> & TD3Options): Promise<TD3> {
    const make = (policy: PolicyName | TD3Policy, env: AgentEnv, options: TD3Options) => new TD3(policy, env, options);
    return loadAgent<TD3Options, TD3, TD3Policy, PolicyName>(source, given, { op: 'TD3', make });
  }

  protected override get trainer(): Step {
    return this.#step;
  }

  protected override get networks(): readonly Module[] {
    return [this.policy.actor];
  }

  /** @internal */
  override greedy(observations: Tensor): Tensor {
    return this.policy.actor.forward(observations);
  }

  /** The losses in the order of their updates, and the targets' after them. */
  #losses(batch: Minibatch, { afterUpdate }: StepContext) {
    const { actor, actorTarget, critic, criticTarget } = this.policy;
    const { observations, actions, rewards, nextObservations, discounts } = batch;
    const { targetPolicyNoise, targetNoiseClip, tau } = this.rule;

    const noise = clip(mul(batch.noise, targetPolicyNoise), -targetNoiseClip, targetNoiseClip);
    const nextActions = clip(add(actorTarget.forward(nextObservations), noise), -1, 1);
    const nextValues = criticTarget.forward(nextObservations, nextActions).reduce((least, one) => minimum(least, one));
    const targets = stopGradient(add(rewards, mul(discounts, nextValues)));
    const errors = critic.forward(observations, actions).map((values) => mean(square(sub(values, targets))));

    if (batch.delayed) {
      afterUpdate(() => polyakUpdate(critic, criticTarget, tau));
      afterUpdate(() => polyakUpdate(actor, actorTarget, tau));
    }
    return {
      losses: {
        critic: errors.reduce((total, error) => add(total, error)),
        // The first critic alone judges the actor.
        actor: batch.delayed ? () => neg(mean(critic.forward(observations, actor.forward(observations))[0]!)) : null,
      },
    };
  }

  protected override async act(rows: Rows): Promise<TypedArray> {
    return data(await this.#act(this.observationsOf(rows)));
  }

  protected override async train(gradientSteps: number, progressRemaining: number): Promise<Record<string, number>> {
    const { learningRate, policyDelay } = this.rule;
    this.learningRate = scheduleAt(learningRate, progressRemaining);
    const found = { critic: [] as number[], actor: [] as number[] };
    for (let update = this.updates; update < this.updates + gradientSteps; update++) {
      const delayed = (update + 1) % policyDelay === 0;
      const { losses } = await this.#step({ ...this.minibatch(update, ['noise']), delayed });
      found.critic.push(...((await data(losses.critic)) as Float32Array));
      if (losses.actor !== null) found.actor.push(...((await data(losses.actor)) as Float32Array));
    }
    return {
      'train/learning_rate': this.learningRate,
      ...(found.actor.length > 0 && { 'train/actor_loss': meanOf(found.actor) }),
      'train/critic_loss': meanOf(found.critic),
    };
  }
}

function ruleOf(options: TD3Options): TD3Rule & { readonly op: 'TD3' } {
  checkOptionNames('TD3', options, [...CONTINUOUS_OPTIONS, 'policyDelay', 'targetPolicyNoise', 'targetNoiseClip']);
  const settings = withDefaults(DEFAULTS, options) as unknown as TD3Rule;
  checkCount('TD3', 'policyDelay', settings.policyDelay);
  for (const name of ['targetPolicyNoise', 'targetNoiseClip'] as const)
    checkNumber('TD3', name, [settings[name], 0, Infinity]);
  return { ...settings, op: 'TD3' };
}
