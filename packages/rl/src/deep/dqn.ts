import {
  abs,
  argmax,
  data,
  jit,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  reshape,
  softmax,
  stopGradient,
  sub,
  sum,
  tensor,
  add,
} from '@gai/core';
import type { Jitted, Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { manualSeed, smoothL1 } from '@gai/nn';
import type { Module } from '@gai/nn';
import { adam, chain, clipByGlobalNorm } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import type { Json, ProgressReader, TrainStep } from '@gai/nn/train';
import { argumentError, show } from '../errors.ts';
import { categoricalProjection, supportOf } from '../losses/categorical-projection.ts';
import { quantileHuberLoss } from '../losses/quantile-huber-loss.ts';
import { checkNumber } from '../tabular/errors.ts';
import type { Random } from '../tabular/random.ts';
import { loadAgent } from './agent-checkpoint.ts';
import type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
import { dqnSettings } from './dqn-options.ts';
import type { DQNOptions, DQNRule } from './dqn-options.ts';
import { meanOf } from './episode-monitor.ts';
import { POLICY_FEATURES, isPolicyName, quotedNames } from './features-extractor.ts';
import type { PolicyName } from './features-extractor.ts';
import { OffPolicyAgent } from './off-policy-agent.ts';
import type { ReplayTensors } from './off-policy-agent.ts';
import type { Rows } from './policy-runner.ts';
import { polyakUpdate } from './polyak.ts';
import { PrioritizedReplayBuffer } from './prioritized-replay-buffer.ts';
import { QNetwork } from './q-network.ts';
import type { QFunction } from './q-network.ts';
import type { ReplayBuffer, ReplaySizes } from './replay-buffer.ts';
import type { AgentEnv } from './same-step.ts';
import { scheduleAt } from './schedule.ts';
import { givenOptions } from './settings.ts';

/** The network of a {@link DQN}: one that comes with it, or a function that makes one (it is called twice). */
export type QPolicy = PolicyName | (() => QFunction);

type Networks = { readonly qNet: QFunction; readonly target: QFunction };
type Minibatch = ReplayTensors & { readonly weights: Tensor | null };
type Step = TrainStep<Minibatch, { losses: { qNet: Tensor }; errors: Tensor }>;

/**
 * Deep Q-learning: `Q(s, a) ← Σ γⁱ rᵢ + γⁿ max Q⁻(s′, ·)` from a replay buffer, with a target network Q⁻, the Huber loss, and
 * ε-greedy actions.
 *
 * For few choices, where steps are dear: it learns from each many times. Its extensions are options: Double, dueling, prioritised
 * and n-step replay, and distributions of returns (C51, QR-DQN). Names and defaults are Stable-Baselines3's.
 *
 * @param policy - `'MlpPolicy'`, `'CnnPolicy'` for images, `'MultiInputPolicy'` for records, or a function that makes a module.
 * @param env - Several envs (`makeVec`), one, or an id; actions are `Discrete`.
 * @param options - Default {@link DQNOptions}' own.
 * @throws ArgumentError for an unknown option, or one out of range.
 * @example
 * import { DQN } from '@gai/rl/deep';
 * const agent = new DQN('MlpPolicy', 'CartPole-v1', { learningStarts: 40, bufferSize: 1000, doubleQ: true, seed: 0 });
 * await agent.learn({ totalTimesteps: 80 });
 * agent.numTimesteps; // => 80
 * @see Mnih et al. 2015, https://doi.org/10.1038/nature14236
 * @category Deep agents
 * @since 0.1.0
 */
export class DQN extends OffPolicyAgent<DQNRule> {
  /** The network that learns. */
  readonly qNet: QFunction;
  /** An older copy of it, which the targets come from. */
  readonly target: QFunction;
  /** Share of random actions at present. */
  explorationRate: number;
  readonly #atoms: Tensor;
  readonly #step: Step;
  readonly #greedy: Jitted<[Tensor], Tensor>;
  readonly #follow: Jitted<[], Record<string, never>>;
  readonly #policyName: PolicyName | null;
  #learningRate = 0;

  constructor(policy: QPolicy, env: AgentEnv, options: DQNOptions = {}) {
    const settings = dqnSettings(options);
    super(env, { ...options, ...settings, op: 'DQN' }, 'Discrete');
    const { adamEps, maxGradNorm, explorationInitialEps } = settings;
    this.explorationRate = explorationInitialEps;
    this.#atoms = tensor(supportOf('DQN', settings));
    manualSeed(this.seed);
    this.qNet = this.#network(policy);
    this.target = this.#network(policy);
    if (this.target === this.qNet) throw madeOnce();
    this.#policyName = typeof policy === 'string' ? policy : null;
    this.target.eval().loadStateDict(this.qNet.stateDict());
    const rule = adam({ learningRate: () => this.#learningRate, eps: adamEps });
    const optimizer = maxGradNorm === null ? rule : chain(clipByGlobalNorm(maxGradNorm), rule);
    this.#step = trainStep(
      { models: { qNet: this.qNet, target: this.target }, optimizers: { qNet: optimizer, target: null } },
      (networks: Networks, batch: Minibatch) => this.#losses(networks, batch),
      { seed: this.seed, dynamicAxes: null },
    );
    this.#greedy = jit((observations: Tensor) => this.greedy(observations));
    this.#follow = jit(() => {
      polyakUpdate(this.qNet, this.target, settings.tau);
      return {};
    });
  }

  /**
   * An agent from a file that `save` wrote, ready to predict and to go on; its replay buffer, too, where `env` has as many envs.
   *
   * @param source - The file, or what `loadCheckpoint` read from it.
   * @param given - Envs, and options that differ from the saved ones.
   * @throws DataError if the file holds no DQN.
   */
  static load(source: AgentSource, given: AgentLoadOptions<() => QFunction> & DQNOptions): Promise<DQN> {
    const make = (policy: QPolicy, env: AgentEnv, options: DQNOptions): DQN => new DQN(policy, env, options);
    return loadAgent<DQNOptions, DQN, () => QFunction, PolicyName>(source, given, { op: 'DQN', make });
  }

  protected override get trainer(): Step {
    return this.#step;
  }

  protected override get networks(): readonly Module[] {
    return [this.qNet];
  }

  protected override get hasOwnPolicy(): boolean {
    return this.#policyName === null;
  }

  protected override get policyName(): string | null {
    return this.#policyName;
  }

  protected override bufferOf(sizes: ReplaySizes): ReplayBuffer {
    const { prioritizedReplay, prioritizedReplayAlpha, prioritizedReplayEps } = this.rule;
    if (!prioritizedReplay) return super.bufferOf(sizes);
    return new PrioritizedReplayBuffer('DQN', sizes, { alpha: prioritizedReplayAlpha, eps: prioritizedReplayEps });
  }

  /** @internal */
  override greedy(observations: Tensor): Tensor {
    return this.#best(this.qNet.forward(observations));
  }

  // --- Acting: the best action by the network, or with probability ε any.

  protected override explore(observations: Float32Array, draw: number): Promise<TypedArray> {
    return this.#act({ observations, count: this.env.numEnvs }, this.draws('acting', draw));
  }

  protected override choose(rows: Rows, deterministic: boolean): Promise<TypedArray> {
    if (deterministic) return this.#bestOf(rows);
    return this.#act(rows, this.draws('predicting', this.drawn.predictions++));
  }

  async #act(rows: Rows, random: Random): Promise<TypedArray> {
    const drawn = Array.from({ length: rows.count }, () =>
      random.uniform() < this.explorationRate ? random.integer(this.head.choices) : null,
    );
    if (drawn.every((action) => action !== null)) return Int32Array.from(drawn);
    const best = await this.#bestOf(rows);
    return Int32Array.from(drawn, (action, row) => action ?? Number(best[row]));
  }

  async #bestOf({ observations, count }: Rows): Promise<TypedArray> {
    const shape = [count, ...this.codec.shape];
    return data(await this.#greedy(hostLeaf(observations, { dtype: 'float32', shape }, false)));
  }

  /** After every step: exploration falls, and the target network moves when it is time. */
  protected override stepped(progressRemaining: number): void | Promise<unknown> {
    const { explorationFraction, explorationInitialEps: first, explorationFinalEps: last } = this.rule;
    const part = explorationFraction === 0 ? 1 : Math.min(1, (1 - progressRemaining) / explorationFraction);
    this.explorationRate = first + part * (last - first);
    const interval = Math.max(1, Math.floor(this.rule.targetUpdateInterval / this.env.numEnvs));
    return this.drawn.steps % interval === 0 ? this.moveTarget() : undefined;
  }

  /** `θ⁻ ← τ θ + (1 − τ) θ⁻`. With τ = 1 they share their values, and nothing is computed. */
  protected moveTarget(): void | Promise<unknown> {
    if (this.rule.tau < 1) return this.#follow();
    this.target.loadStateDict(this.qNet.stateDict());
    return undefined;
  }

  // --- Learning.

  /** The loss of one minibatch, and the error of each row. */
  #losses({ qNet, target }: Networks, batch: Minibatch) {
    const { rewards, discounts, weights } = batch;
    const chosen = pick(qNet.forward(batch.observations), batch.actions);
    const after = target.forward(batch.nextObservations);
    const next = pick(after, this.#best(this.rule.doubleQ ? qNet.forward(batch.nextObservations) : after));
    const { loss, errors } = this.#errors(chosen, stopGradient(next), { rewards, discounts });
    const weighted = weights === null ? loss : mul(loss, weights);
    return { losses: { qNet: mean(weighted) }, errors: stopGradient(errors) };
  }

  /** `[batch]`: what is to become small, and by how much each row was wrong. */
  #errors(chosen: Tensor, next: Tensor, { rewards, discounts }: Pick<Minibatch, 'rewards' | 'discounts'>) {
    const { distributional, vMin, vMax, nAtoms } = this.rule;
    if (distributional === 'c51') {
      const aim = categoricalProjection({ probabilities: softmax(next), rewards, discounts }, { vMin, vMax, nAtoms });
      const loss = neg(sum(mul(aim, logSoftmax(chosen)), { axis: -1 }));
      return { loss, errors: loss };
    }
    const column = (x: Tensor): Tensor => (distributional === 'qr' ? reshape(x, [x.shape[0]!, 1]) : x);
    const aim = add(column(rewards), mul(column(discounts), next));
    if (distributional === 'qr') {
      const loss = quantileHuberLoss(chosen, aim);
      return { loss, errors: loss };
    }
    return { loss: smoothL1(chosen, aim, { reduction: 'none' }), errors: abs(sub(chosen, aim)) };
  }

  /** `[batch]`: the action whose mean return is the largest. */
  #best(outputs: Tensor): Tensor {
    const { distributional } = this.rule;
    if (distributional === null) return argmax(outputs, { axis: -1 });
    const values =
      distributional === 'qr' ? mean(outputs, { axis: -1 }) : sum(mul(softmax(outputs), this.#atoms), { axis: -1 });
    return argmax(values, { axis: -1 });
  }

  protected override async train(gradientSteps: number, progressRemaining: number): Promise<Record<string, number>> {
    this.#learningRate = scheduleAt(this.rule.learningRate, progressRemaining);
    const buffer = this.replayBuffer;
    const losses =
      buffer instanceof PrioritizedReplayBuffer
        ? await this.#oneByOne(buffer, gradientSteps, progressRemaining)
        : await this.#together(gradientSteps);
    return { 'train/learning_rate': this.#learningRate, 'train/loss': meanOf(losses) };
  }

  /** All updates in one run. */
  async #together(count: number): Promise<ArrayLike<number>> {
    const batches = Array.from({ length: count }, (_, index) => ({
      ...this.tensorsOf(this.sample(this.updates + index)),
      weights: null,
    }));
    const { losses } = count === 1 ? await this.#step(batches[0]!) : await this.#step.many(batches);
    return (await data(losses.qNet)) as Float32Array;
  }

  /** Each update draws by the errors of those before it. */
  async #oneByOne(buffer: PrioritizedReplayBuffer, count: number, progressRemaining: number): Promise<number[]> {
    const beta = 1 - (1 - this.rule.prioritizedReplayBeta0) * progressRemaining;
    const all: number[] = [];
    for (let index = 0; index < count; index++) {
      const random = this.draws('sampling', this.updates + index);
      const { weights, ...batch } = buffer.draw(this.rule.batchSize, random, beta);
      const shape = [weights.length];
      const weighted = hostLeaf(weights, { dtype: 'float32', shape }, false);
      const { losses, errors } = await this.#step({ ...this.tensorsOf(batch), weights: weighted });
      const [loss, wrong] = await Promise.all([data(losses.qNet), data(errors)]);
      buffer.prioritize(batch.rows, wrong as Float32Array);
      all.push(Number(loss[0]));
    }
    return all;
  }

  protected override scalars(): Record<string, number> {
    return { 'rollout/exploration_rate': this.explorationRate };
  }

  protected override keep(): Record<string, Json> {
    return { explorationRate: this.explorationRate };
  }

  protected override keeping(read: ProgressReader, saved: Readonly<Record<string, unknown>>): () => void {
    const rate = read.number(saved['explorationRate'], 'replay.explorationRate');
    checkNumber('DQN.load', 'replay.explorationRate', [rate, 0, 1]);
    return () => {
      this.explorationRate = rate;
    };
  }

  #network(policy: QPolicy): QFunction {
    const { policyKwargs, dueling, distributional, nAtoms, nQuantiles } = this.rule;
    if (isPolicyName(policy)) {
      const spaces = { observationSpace: this.env.singleObservationSpace, actionSpace: this.env.singleActionSpace };
      const atoms = distributional === null ? 0 : distributional === 'qr' ? nQuantiles : nAtoms;
      const defaults = policy === 'CnnPolicy' ? { netArch: [] } : {};
      const features = { featuresExtractorClass: POLICY_FEATURES[policy], ...defaults };
      return new QNetwork(spaces, { ...features, ...givenOptions(policyKwargs ?? {}), dueling, atoms });
    }
    const network = typeof policy === 'function' ? policy() : undefined;
    if (typeof network?.forward !== 'function') {
      throw argumentError(
        'DQN',
        `there is no such policy. Got ${show(policy)}; expected ${quotedNames(POLICY_FEATURES)} or a function that makes a module. Pass ` +
          'one of them.',
      );
    }
    if (policyKwargs === undefined && !dueling) return network;
    throw argumentError(
      'DQN',
      "policyKwargs and dueling are settings of 'MlpPolicy' and its like. Got them beside a module; expected none. Leave them out.",
    );
  }
}

const madeOnce = (): Error =>
  argumentError(
    'DQN',
    'the target network would be the one that learns. Got the same module twice from the function; expected a new one each ' +
      'time. Make it inside the function.',
  );

/** The outputs of one action per row: `[batch]` or `[batch, atoms]`. */
function pick(outputs: Tensor, actions: Tensor): Tensor {
  const [batch, count, ...atoms] = outputs.shape;
  const mask = reshape(oneHot(actions, count!, { dtype: outputs.dtype }), [batch!, count!, ...atoms.map(() => 1)]);
  return sum(mul(outputs, mask), { axis: 1 });
}
