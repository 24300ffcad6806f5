import { Variable, add, data, mean, mul, neg, stack, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { adam, chain, clipByGlobalNorm } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import type { TrainStep } from '@gai/nn/train';
import { clippedSurrogate } from '../losses/clipped-surrogate.ts';
import { clippedValueLoss } from '../losses/clipped-value-loss.ts';
import { klEstimate } from '../losses/kl-estimate.ts';
import { whiten } from '../losses/whiten.ts';
import { Random } from '../tabular/random.ts';
import { meanOf } from './episode-monitor.ts';
import { loadAgent } from './agent-checkpoint.ts';
import type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
import { explainedVariance } from './explained-variance.ts';
import { ON_POLICY_OPTIONS, OnPolicyAgent } from './on-policy-agent.ts';
import type { OnPolicyOptions, PolicyOf, Rollout } from './on-policy-agent.ts';
import type { ActorCritic, PolicyOutput } from './policy.ts';
import { RolloutTensors } from './rollout-tensors.ts';
import type { Minibatch } from './rollout-tensors.ts';
import type { AgentEnv } from './same-step.ts';
import { scheduleAt } from './schedule.ts';
import type { AgentSchedule } from './schedule.ts';
import { count, flag, fraction, orNull, positive, schedule, settingsOf, weight } from './settings.ts';

/** Options of {@link PPO}: Stable-Baselines3's, with its defaults. */
export interface PPOOptions extends OnPolicyOptions {
  /** Adam's. Default 3e-4. */
  readonly learningRate?: AgentSchedule | undefined;
  /** Steps of each env between updates. Default 2048. */
  readonly nSteps?: number | undefined;
  /** Rows of a minibatch. Default 64. */
  readonly batchSize?: number | undefined;
  /** Passes over what was collected. Default 10. */
  readonly nEpochs?: number | undefined;
  /** Discount γ. Default 0.99. */
  readonly gamma?: number | undefined;
  /** λ of the advantages. Default 0.95. */
  readonly gaeLambda?: number | undefined;
  /** How far a probability may move, as a ratio. Default 0.2. */
  readonly clipRange?: AgentSchedule | undefined;
  /** How far a value may move, in its own unit. Default null: freely. */
  readonly clipRangeVf?: AgentSchedule | null | undefined;
  /** Advantages of a minibatch to mean 0 and deviation 1. Default true. */
  readonly normalizeAdvantage?: boolean | undefined;
  /** Weight of the entropy. Default 0. */
  readonly entCoef?: number | undefined;
  /** Weight of the value loss. Default 0.5. */
  readonly vfCoef?: number | undefined;
  /** Largest norm of the gradient. Default 0.5. */
  readonly maxGradNorm?: number | undefined;
  /** End an update where the policy has moved more than 1.5 times as far. Default null: never. */
  readonly targetKl?: number | null | undefined;
}

/** PPO's. */
export const PPO_DEFAULTS = {
  learningRate: 3e-4,
  nSteps: 2048,
  batchSize: 64,
  nEpochs: 10,
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.2,
  clipRangeVf: null,
  normalizeAdvantage: true,
  entCoef: 0,
  vfCoef: 0.5,
  maxGradNorm: 0.5,
  targetKl: null,
} as const satisfies PPOOptions;

type Settings = {
  readonly [Name in keyof typeof PPO_DEFAULTS]: NonNullable<PPOOptions[Name]> | Extract<null, PPOOptions[Name]>;
};

/** Which algorithm of the family it is. */
export interface PPOKind {
  readonly op: string;
  readonly defaults: Settings;
}

const RULES = {
  learningRate: schedule(),
  nSteps: count,
  batchSize: count,
  nEpochs: count,
  gamma: fraction,
  gaeLambda: fraction,
  clipRange: schedule(Number.MIN_VALUE),
  clipRangeVf: orNull(schedule(Number.MIN_VALUE)),
  normalizeAdvantage: flag,
  entCoef: weight,
  vfCoef: weight,
  maxGradNorm: positive,
  targetKl: orNull(positive),
};

/** Numbers of a minibatch, in the order of {@link PPO}'s statistics. */
const STATISTICS = ['policyLoss', 'valueLoss', 'entropyLoss', 'approxKl', 'clipFraction'] as const;

/** One minibatch of an update: its rows, and what an algorithm adds. */
export type PPOMinibatch = { readonly index: Tensor; readonly [name: string]: Tensor };
type Step = TrainStep<PPOMinibatch, { losses: { policy: Tensor }; statistics: Tensor }>;

/**
 * Proximal policy optimisation with a clipped surrogate: `−E[min(ρA, clip(ρ, 1 ± ε)A)] + c₁(V − R)² − c₂H`.
 *
 * Collects `nSteps` steps of every env, estimates advantages (GAE), then goes `nEpochs` times through them in minibatches.
 * All minibatches of an update run as one compiled graph. Names and defaults are Stable-Baselines3's.
 *
 * @param policy - `'MlpPolicy'`, `'CnnPolicy'` for images, `'MultiInputPolicy'` for records, or a module that gives a distribution and values.
 * @param env - Several envs (`makeVec`), one, or an id.
 * @param options - Default {@link PPOOptions}' own.
 * @throws ArgumentError for an unknown option, or one out of range.
 * @example
 * import { makeVec } from '@gai/rl';
 * import { PPO } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', makeVec('CartPole-v1', { numEnvs: 4 }), { nSteps: 32, batchSize: 64, nEpochs: 2, seed: 0 });
 * await agent.learn({ totalTimesteps: 256 });
 * agent.numTimesteps; // => 256
 * @see Schulman et al. 2017, https://arxiv.org/abs/1707.06347
 * @category Deep agents
 * @since 0.1.0
 */
export class PPO extends OnPolicyAgent {
  readonly #settings: Settings;
  /** What the minibatches are gathered from. @internal */
  protected readonly tensors: RolloutTensors;
  readonly #clipRange = new Variable(tensor(0), 'clipRange');
  readonly #clipRangeVf = new Variable(tensor(0), 'clipRangeVf');
  readonly #step: Step;
  #learningRate = 0;

  constructor(policy: PolicyOf, env: AgentEnv, options?: PPOOptions);
  /** @internal */
  constructor(policy: string | ActorCritic, env: AgentEnv, options?: PPOOptions, kind?: PPOKind);
  constructor(
    policy: string | ActorCritic,
    env: AgentEnv,
    options: PPOOptions = {},
    { op, defaults }: PPOKind = { op: 'PPO', defaults: PPO_DEFAULTS },
  ) {
    const settings = settingsOf<Settings>(options, { op, defaults, rules: RULES, others: ON_POLICY_OPTIONS });
    super(policy, env, { ...options, ...settings, op });
    this.#settings = settings;
    this.tensors = new RolloutTensors(this.buffer.sizes, this);
    const { maxGradNorm } = settings;
    const optimizer = chain(clipByGlobalNorm(maxGradNorm), adam({ learningRate: () => this.#learningRate, eps: 1e-5 }));
    this.#step = trainStep(
      { models: { policy: this.policy }, optimizers: { policy: optimizer } },
      (models: { policy: ActorCritic }, batch: PPOMinibatch) => this.#losses(models.policy, batch),
      { seed: this.seed, dynamicAxes: null },
    );
  }

  /**
   * An agent from a file that `save` wrote, ready to predict and to go on.
   *
   * @param source - The file, or what `loadCheckpoint` read from it.
   * @param given - Envs, and options that differ from the saved ones.
   * @throws DataError if the file holds no PPO.
   */
  static load(source: AgentSource, given: AgentLoadOptions & PPOOptions): Promise<PPO> {
    const make = (policy: PolicyOf, env: AgentEnv, options: PPOOptions): PPO => new PPO(policy, env, options);
    return loadAgent<PPOOptions, PPO>(source, given, { op: 'PPO', make });
  }

  /** Rows of a minibatch. */
  protected get batchSize(): number {
    return this.#settings.batchSize;
  }

  protected override get trainer(): Step {
    return this.#step;
  }

  /** What the policy says of the rows of a minibatch. */
  protected evaluate(policy: ActorCritic, batch: Minibatch, _minibatch: PPOMinibatch): PolicyOutput {
    return policy.forward(batch.observations, batch.masks);
  }

  /** The loss of one minibatch, and what is logged of it. */
  #losses(policy: ActorCritic, minibatch: PPOMinibatch) {
    const { normalizeAdvantage, clipRangeVf, entCoef, vfCoef } = this.#settings;
    const batch = this.tensors.rows(minibatch.index);
    const { distribution, value } = this.evaluate(policy, batch, minibatch);
    const logProb = distribution.logProb(batch.actions);
    const isScaled = normalizeAdvantage && Number(minibatch.index.shape[0]) > 1;
    const advantages = isScaled ? whiten(batch.advantages) : batch.advantages;
    const ratio = { logProb, oldLogProb: batch.logProbs };
    const surrogate = clippedSurrogate({ ...ratio, advantages }, { clipRange: this.#clipRange });
    const valueLoss = clippedValueLoss(
      { values: value, oldValues: batch.values, returns: batch.returns },
      { clipRange: clipRangeVf === null ? undefined : this.#clipRangeVf },
    );
    const entropyLoss = neg(mean(distribution.entropy()));
    const approxKl = mean(klEstimate(ratio));
    const own = add(surrogate.loss, mul(valueLoss, vfCoef));
    const loss = entCoef === 0 ? own : add(own, mul(entropyLoss, entCoef));
    const statistics = stack([surrogate.loss, valueLoss, entropyLoss, approxKl, surrogate.clipFraction]);
    return { losses: { policy: loss }, statistics };
  }

  protected async update(rollout: Rollout, progressRemaining: number): Promise<Record<string, number>> {
    const { learningRate, clipRange, clipRangeVf } = this.#settings;
    this.#learningRate = scheduleAt(learningRate, progressRemaining);
    const range = { 'train/clip_range': scheduleAt(clipRange, progressRemaining) };
    this.#clipRange.assign(tensor(range['train/clip_range']));
    const valueRange = clipRangeVf === null ? 0 : scheduleAt(clipRangeVf, progressRemaining);
    this.#clipRangeVf.assign(tensor(valueRange));
    this.tensors.load(rollout);
    const statistics = await this.#epochs(rollout.buffer.rows);
    return {
      'train/learning_rate': this.#learningRate,
      ...range,
      ...(clipRangeVf !== null && { 'train/clip_range_vf': valueRange }),
      ...statistics,
      'train/n_updates': this.updates,
      ...explainedVariance(rollout),
      ...(await this.deviation()),
    };
  }

  /** All passes over the rollout: in one run, or pass by pass where the policy may move too far. */
  async #epochs(rows: number): Promise<Record<string, number>> {
    const { nEpochs, targetKl } = this.#settings;
    const random = new Random(this.seed, this.#step.step);
    const epochs = Array.from({ length: nEpochs }, () => this.minibatches(rows, random));
    if (targetKl === null) {
      this.updates += nEpochs;
      return summary(await this.#run(epochs.flat()), epochs[0]!.length);
    }
    const all: Row[] = [];
    let last = 0;
    for (const minibatches of epochs) {
      const { done, isOver } = await this.#runUntil(minibatches, 1.5 * targetKl);
      this.updates++;
      all.push(...done);
      last = done.length;
      if (isOver) break;
    }
    return summary(all, last);
  }

  /** One pass, up to the minibatch that finds the policy too far away: it makes no update. */
  async #runUntil(minibatches: readonly PPOMinibatch[], limit: number): Promise<{ done: Row[]; isOver: boolean }> {
    const before = this.#step.state();
    const rows = await this.#run(minibatches);
    const end = rows.findIndex(({ approxKl }) => approxKl > limit);
    if (end < 0) return { done: rows, isOver: false };
    this.#step.load(before);
    if (end > 0) await this.#run(minibatches.slice(0, end));
    return { done: rows.slice(0, end + 1), isOver: true };
  }

  /** One update per minibatch, all in one run. */
  async #run(minibatches: readonly PPOMinibatch[]): Promise<Row[]> {
    const { losses, statistics } = await this.#step.many(minibatches);
    const [loss, numbers] = await Promise.all([data(losses.policy), data(statistics)]);
    return Array.from(loss as Float32Array, (value, row) => {
      const own = STATISTICS.map((name, column) => [name, Number(numbers[row * STATISTICS.length + column])]);
      return { loss: value, ...Object.fromEntries(own) } as Row;
    });
  }

  /** The rows of a rollout in random order, cut into minibatches; the last one may be smaller. */
  protected minibatches(rows: number, random: Random): PPOMinibatch[] {
    const { batchSize } = this;
    const order = permutation(rows, random);
    return Array.from({ length: Math.ceil(rows / batchSize) }, (_, part) => {
      const index = order.slice(part * batchSize, (part + 1) * batchSize);
      return { index: hostLeaf(index, { dtype: 'int32', shape: [index.length] }, false) };
    });
  }
}

/** What is known of one minibatch. */
type Row = { readonly [Name in (typeof STATISTICS)[number] | 'loss']: number };

/** Means over all minibatches; of the divergence over the last pass, as Stable-Baselines3 logs it. */
function summary(rows: readonly Row[], lastPass: number): Record<string, number> {
  const mean = (name: keyof Row, of = rows): number => meanOf(of.map((row) => row[name]));
  return {
    'train/policy_gradient_loss': mean('policyLoss'),
    'train/value_loss': mean('valueLoss'),
    'train/entropy_loss': mean('entropyLoss'),
    'train/approx_kl': mean('approxKl', rows.slice(-lastPass)),
    'train/clip_fraction': mean('clipFraction'),
    'train/loss': rows.at(-1)!.loss,
  };
}

/** 0 … n − 1 in random order (Fisher and Yates). */
export function permutation(n: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}
