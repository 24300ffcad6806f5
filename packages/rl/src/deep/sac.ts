import { add, data, exp, jit, mean, minimum, mul, neg, square, stopGradient, sub, tensor } from '@gai/core';
import type { Jitted, Tensor, TypedArray } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module, Parameter } from '@gai/nn';
import { adam } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import type { StepContext, TrainStep } from '@gai/nn/train';
import { argumentError, show } from '../errors.ts';
import { checkInteger, checkNumber } from '../tabular/errors.ts';
import type { Random } from '../tabular/random.ts';
import { loadAgent } from './agent-checkpoint.ts';
import type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
import {
  CONTINUOUS_DEFAULTS,
  CONTINUOUS_OPTIONS,
  ContinuousAgent,
  NOISE,
  checkCount,
  normalNumbers,
  withDefaults,
} from './continuous-agent.ts';
import type { ContinuousOptions, ContinuousRule } from './continuous-agent.ts';
import { ContinuousCritic, GaussianActor } from './continuous-networks.ts';
import type { ContinuousSizes, Critic, GaussianActorOptions, StochasticActor } from './continuous-networks.ts';
import { meanOf } from './episode-monitor.ts';
import type { PolicyName } from './features-extractor.ts';
import type { ReplayTensors } from './off-policy-agent.ts';
import type { Rows } from './policy-runner.ts';
import { polyakUpdate } from './polyak.ts';
import type { AgentEnv } from './same-step.ts';
import { scheduleAt } from './schedule.ts';
import { flag } from './settings.ts';

/** Options of {@link SAC}: Stable-Baselines3's, with its defaults. */
export interface SACOptions extends ContinuousOptions {
  /** Weight of the entropy, α: learned (`'auto'`, from 1 or from another: `'auto_0.1'`), or a fixed number. Default `'auto'`. */
  readonly entCoef?: 'auto' | `auto_${number}` | number | undefined;
  /** The entropy that α is learned for. Default `'auto'`: minus the number of parts of an action. */
  readonly targetEntropy?: 'auto' | number | undefined;
  /** Updates from one of the targets to the next, within `gradientSteps`. Default 1. */
  readonly targetUpdateInterval?: number | undefined;
  /**
   * Explore by a matrix on the actor's last hidden layer (gSDE), kept over steps: smooth instead of shaking. Of the policies that come with
   * the agent. Default false.
   */
  readonly useSde?: boolean | undefined;
  /** Only with `useSde`: steps of each env until a new matrix is drawn; −1: one from update to update. Default −1. */
  readonly sdeSampleFreq?: number | undefined;
  /** Only with `useSde`: explore so before `learningStarts`, too, instead of uniformly. Default false. */
  readonly useSdeAtWarmup?: boolean | undefined;
  /** Settings of `'MlpPolicy'`, `'CnnPolicy'` and `'MultiInputPolicy'`. */
  readonly policyKwargs?: SACPolicyKwargs | undefined;
}

/** Settings of the policies that come with {@link SAC}. */
export type SACPolicyKwargs = Omit<GaussianActorOptions, 'useSde'>;

const DEFAULTS = {
  ...CONTINUOUS_DEFAULTS,
  learningRate: 3e-4,
  entCoef: 'auto',
  targetEntropy: 'auto',
  targetUpdateInterval: 1,
  useSde: false,
  sdeSampleFreq: -1,
  useSdeAtWarmup: false,
} as const satisfies SACOptions;

type SACName = 'entCoef' | 'targetEntropy' | 'targetUpdateInterval' | 'useSde' | 'sdeSampleFreq' | 'useSdeAtWarmup';

type SACRule = ContinuousRule & {
  readonly [Name in SACName]: NonNullable<SACOptions[Name]>;
};

/** The networks of {@link SAC}: its own, or a module with such parts. The target gets the critic's weights. */
export interface SACPolicy extends Module {
  readonly actor: StochasticActor;
  readonly critic: Critic;
  readonly criticTarget: Critic;
}

/**
 * Stable-Baselines3's policies for SAC: an actor and two critics of [256, 256] with ReLU, and targets of the critics. Actor and critics
 * have features of their own.
 */
class SACMlpPolicy extends Module implements SACPolicy {
  readonly actor: GaussianActor;
  readonly critic: ContinuousCritic;
  readonly criticTarget: ContinuousCritic;

  constructor(sizes: ContinuousSizes, options: GaussianActorOptions) {
    super();
    const { useSde, logStdInit, useExpln, clipMean, ...given } = options;
    const layers = { netArch: [256, 256], ...given };
    this.actor = new GaussianActor(sizes, { ...layers, useSde, logStdInit, useExpln, clipMean });
    this.critic = new ContinuousCritic(sizes, layers);
    this.criticTarget = new ContinuousCritic(sizes, layers);
  }

  /** The actions that it takes where nothing is left to chance. */
  forward(observations: Tensor): Tensor {
    return this.actor.forward(observations).mode();
  }
}

/** The logarithm of α. */
class EntropyCoefficient extends Module {
  readonly logValue: Parameter;

  constructor(initial: number) {
    super();
    this.logValue = new Parameter(tensor([Math.log(initial)]));
  }

  forward(): Tensor {
    return exp(this.logValue);
  }
}

type Minibatch = ReplayTensors & {
  readonly noise: Tensor;
  /** Null with gSDE: one matrix for the whole update. */
  readonly nextNoise: Tensor | null;
  /** Whether the targets follow after this update. */
  readonly follows: boolean;
};
type Step = TrainStep<
  Minibatch,
  { losses: Record<'critic' | 'actor', Tensor> & { entropy?: Tensor }; entCoef: Tensor }
>;

/**
 * Soft actor-critic: maximises return and entropy, `E[Σ r + α·H]`, with two critics, their slow copies, and an α that is
 * learned for a wanted entropy. For `Box` actions.
 *
 * A gradient step is one run of one graph: α, then the critics, then the actor that asks the new critics, then the targets; the
 * order, names and defaults are Stable-Baselines3's.
 *
 * @param policy - `'MlpPolicy'`, `'CnnPolicy'` for images, `'MultiInputPolicy'` for records, or a module with `actor`, `critic` and `criticTarget`.
 * @param env - One env, several, or an id.
 * @param options - Default {@link SACOptions}' own.
 * @throws ArgumentError for an unknown option, one out of range, or actions without bounds.
 * @example
 * import { SAC } from '@gai/rl/deep';
 * const agent = new SAC('MlpPolicy', 'Pendulum-v1', { learningStarts: 20, batchSize: 16, seed: 0, policyKwargs: { netArch: [16] } });
 * await agent.learn({ totalTimesteps: 30 });
 * agent.numTimesteps; // => 30
 * @see Haarnoja et al. 2018, https://arxiv.org/abs/1812.05905
 * @category Deep agents
 * @since 0.1.0
 */
export class SAC extends ContinuousAgent<SACRule> {
  readonly policy: SACPolicy;
  readonly #entropy: EntropyCoefficient | undefined;
  readonly #step: Step;
  readonly #sample: Jitted<[Tensor, Tensor], Tensor>;
  readonly #mode: Jitted<[Tensor], Tensor>;

  constructor(policy: PolicyName | SACPolicy, env: AgentEnv, options: SACOptions = {}) {
    super(env, ruleOf(options));
    const { entCoef, useSde } = this.rule;
    this.policy = this.policyOf<SACPolicy>(
      policy,
      ['actor', 'critic', 'criticTarget'],
      (kwargs) => new SACMlpPolicy(this.sizes, { ...kwargs, useSde }),
    );
    if (useSde && this.hasOwnPolicy) throw noSde();
    const { actor, critic, criticTarget } = this.policy;
    criticTarget.eval().loadStateDict(critic.stateDict());
    if (typeof entCoef === 'string') this.#entropy = new EntropyCoefficient(Number(entCoef.split('_')[1] ?? 1));
    const optimizer = () => adam({ learningRate: () => this.learningRate });
    const entropy = this.#entropy && { model: { entropy: this.#entropy }, optimizer: { entropy: optimizer() } };
    this.#step = trainStep(
      {
        models: { actor, critic, criticTarget, ...entropy?.model } as Record<string, Module>,
        optimizers: { actor: optimizer(), critic: optimizer(), criticTarget: null, ...entropy?.optimizer },
      },
      (_: unknown, batch: Minibatch, context: StepContext) => this.#losses(batch, context),
      { seed: this.seed, dynamicAxes: null },
    ) as unknown as Step;
    this.#sample = jit((observations: Tensor, noise: Tensor) => actor.forward(observations).fromNoise(noise)[0]);
    this.#mode = jit((observations: Tensor) => this.greedy(observations));
  }

  /**
   * An agent from a file that `save` wrote, ready to predict and to go on.
   *
   * @param source - The file, or what `loadCheckpoint` read from it.
   * @param given - Envs, and options that differ from the saved ones.
   * @throws DataError if the file holds no SAC.
   */
  static load(source: AgentSource, given: AgentLoadOptions<SACPolicy> & SACOptions): Promise<SAC> {
    const make = (policy: PolicyName | SACPolicy, env: AgentEnv, options: SACOptions) => new SAC(policy, env, options);
    return loadAgent<SACOptions, SAC, SACPolicy, PolicyName>(source, given, { op: 'SAC', make });
  }

  protected override get trainer(): Step {
    return this.#step;
  }

  protected override get networks(): readonly Module[] {
    return [this.policy.actor];
  }

  /** @internal */
  override greedy(observations: Tensor): Tensor {
    return this.policy.actor.forward(observations).mode();
  }

  /** The losses in the order of their updates, and the targets' after them. */
  #losses(batch: Minibatch, { afterUpdate }: StepContext) {
    const { actor, critic, criticTarget } = this.policy;
    const { observations, actions, rewards, nextObservations, discounts } = batch;
    const [chosen, logProb] = actor.forward(observations).fromNoise(batch.noise);
    const entCoef =
      this.#entropy === undefined ? tensor([Number(this.rule.entCoef)]) : stopGradient(this.#entropy.forward());

    const [nextActions, nextLogProb] = actor.forward(nextObservations).fromNoise(batch.nextNoise ?? batch.noise);
    const nextValues = sub(lowest(criticTarget.forward(nextObservations, nextActions)), mul(entCoef, nextLogProb));
    const targets = stopGradient(add(rewards, mul(discounts, nextValues)));
    const errors = critic.forward(observations, actions).map((values) => mean(square(sub(values, targets))));

    if (batch.follows) afterUpdate(() => polyakUpdate(critic, criticTarget, this.rule.tau));
    return {
      losses: {
        ...(this.#entropy && { entropy: this.#entropyLoss(this.#entropy, logProb) }),
        critic: mul(
          0.5,
          errors.reduce((total, error) => add(total, error)),
        ),
        actor: () => mean(sub(mul(entCoef, logProb), lowest(critic.forward(observations, chosen)))),
      },
      entCoef,
    };
  }

  #entropyLoss({ logValue }: EntropyCoefficient, logProb: Tensor): Tensor {
    const { targetEntropy } = this.rule;
    const wanted = targetEntropy === 'auto' ? -this.head.size : targetEntropy;
    return neg(mean(mul(logValue, stopGradient(add(logProb, wanted)))));
  }

  protected override async act(rows: Rows, random: Random | undefined): Promise<TypedArray> {
    const observations = this.observationsOf(rows);
    if (random === undefined) return data(await this.#mode(observations));
    return data(await this.#sample(observations, this.#noiseOf(rows.count, random)));
  }

  /** Normal numbers for so many rows; with gSDE a matrix for each. */
  #noiseOf(count: number, random: Random): Tensor {
    const features = this.#sdeFeatures;
    if (features === undefined) return this.normals(count, random);
    return normalNumbers([count, features, this.head.size], random);
  }

  /** With gSDE, the numbers that its matrices look at. */
  get #sdeFeatures(): number | undefined {
    return this.rule.useSde ? (this.policy.actor as GaussianActor).latentSize : undefined;
  }

  /** With gSDE, matrices are drawn by the number of the step that they are kept from. */
  protected override generatorOf(draw: number): Random | undefined {
    const { useSde, sdeSampleFreq } = this.rule;
    if (!useSde) return undefined;
    const steps = this.stepsCollected;
    return this.draws('acting', NOISE + draw - (sdeSampleFreq > 0 ? steps % sdeSampleFreq : steps));
  }

  protected override get exploresAtOnce(): boolean {
    return this.rule.useSdeAtWarmup;
  }

  #minibatch(update: number) {
    const features = this.#sdeFeatures;
    if (features === undefined) return this.minibatch(update, ['noise', 'nextNoise']);
    return { ...this.minibatch(update, ['noise'], features), nextNoise: null };
  }

  protected override async train(gradientSteps: number, progressRemaining: number): Promise<Record<string, number>> {
    const { learningRate, targetUpdateInterval } = this.rule;
    this.learningRate = scheduleAt(learningRate, progressRemaining);
    const batches = Array.from({ length: gradientSteps }, (_, index) => ({
      ...this.#minibatch(this.updates + index),
      follows: index % targetUpdateInterval === 0,
    }));
    const { losses, entCoef } = await (batches.length === 1 ? this.#step(batches[0]!) : this.#step.many(batches));
    const mean = async (values: Tensor): Promise<number> => meanOf((await data(values)) as Float32Array);
    return {
      'train/learning_rate': this.learningRate,
      'train/ent_coef': await mean(entCoef),
      'train/actor_loss': await mean(losses.actor),
      'train/critic_loss': await mean(losses.critic),
      ...(losses.entropy && { 'train/ent_coef_loss': await mean(losses.entropy) }),
    };
  }
}

/** The lowest of several critics' values, row by row. */
const lowest = (values: readonly Tensor[]): Tensor => values.reduce((least, one) => minimum(least, one));

function ruleOf(options: SACOptions): SACRule & { readonly op: 'SAC' } {
  checkOptionNames('SAC', options, [...new Set([...CONTINUOUS_OPTIONS, ...Object.keys(DEFAULTS)])]);
  const settings = withDefaults(DEFAULTS, options) as unknown as SACRule;
  const { entCoef, targetEntropy, targetUpdateInterval } = settings;
  const initial = typeof entCoef === 'string' ? /^auto(?:_(.+))?$/.exec(entCoef) : undefined;
  const isLearned = initial != null && Number(initial[1] ?? 1) > 0 && Number(initial[1] ?? 1) < Infinity;
  if (typeof entCoef !== 'number' && !isLearned) throw noCoefficient(entCoef);
  if (typeof entCoef === 'number') checkNumber('SAC', 'entCoef', [entCoef, 0, Infinity]);
  if (targetEntropy !== 'auto') checkNumber('SAC', 'targetEntropy', [targetEntropy, -Infinity, Infinity]);
  checkCount('SAC', 'targetUpdateInterval', targetUpdateInterval);
  checkSde(settings);
  return { ...settings, op: 'SAC' };
}

function checkSde({ useSde, sdeSampleFreq, useSdeAtWarmup }: SACRule): void {
  flag('SAC', 'useSde', useSde as never);
  flag('SAC', 'useSdeAtWarmup', useSdeAtWarmup as never);
  checkInteger('SAC', 'sdeSampleFreq', [sdeSampleFreq, -1, Number.MAX_SAFE_INTEGER]);
  if (useSde || (sdeSampleFreq === -1 && !useSdeAtWarmup)) return;
  throw argumentError(
    'SAC',
    `there is no noise to keep. Got sdeSampleFreq ${sdeSampleFreq} and useSdeAtWarmup ${useSdeAtWarmup} without useSde; expected all, or ` +
      'none. Pass useSde: true.',
  );
}

const noSde = (): Error =>
  argumentError(
    'SAC',
    "useSde is a setting of 'MlpPolicy' and its like. Got it beside a module; expected none. Leave it out.",
  );

const noCoefficient = (entCoef: unknown): Error =>
  argumentError(
    'SAC',
    `entCoef is no weight of the entropy. Got ${show(entCoef)}; expected 'auto', 'auto_' and a number above 0, or a number. ` +
      'Pass one of them.',
  );
