import type { Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import type { Json, ProgressReader } from '@gai/nn/train';
import { argumentError, show } from '../errors.ts';
import { checkInteger } from '../tabular/errors.ts';
import { Random } from '../tabular/random.ts';
import type { VectorEnv } from '../vector/vector-env.ts';
import type { Info } from '../env.ts';
import { fitting } from './agent-checkpoint.ts';
import { AGENT_OPTIONS, Agent } from './agent.ts';
import type { AgentOptions, AgentRule, Memory, SavedMemory } from './agent.ts';
import { progressReader } from './agent-progress.ts';
import { checkRewards } from './check-rewards.ts';
import type { LearnRun } from './learn-run.ts';
import type { Kept } from './observation-codec.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import type { ReplayBatch, ReplaySizes } from './replay-buffer.ts';
import { replayActions } from './replay-actions.ts';
import type { ReplayActions } from './replay-actions.ts';
import type { AgentEnv } from './same-step.ts';
import { frequencyOf } from './train-freq.ts';
import type { TrainFreq } from './train-freq.ts';

/** What every agent that learns off-policy can be told: Stable-Baselines3's names and defaults. */
export interface OffPolicyOptions extends AgentOptions {
  /** Steps that are kept. Default 1,000,000. */
  readonly bufferSize?: number | undefined;
  /** Steps of all envs before the first update; until then actions are drawn uniformly. Default 100. */
  readonly learningStarts?: number | undefined;
  /** Rows of an update. */
  readonly batchSize?: number | undefined;
  /** Discount γ. Default 0.99. */
  readonly gamma?: number | undefined;
  /** Steps of each env between updates, or `[1, 'episode']`. */
  readonly trainFreq?: TrainFreq | undefined;
  /** Updates each time; −1: as many as there were steps of all envs. Default 1. */
  readonly gradientSteps?: number | undefined;
  /** Rewards that are added up before a value. Default 1. */
  readonly nSteps?: number | undefined;
}

/** Names of {@link OffPolicyOptions}. */
export const OFF_POLICY_OPTIONS = [
  ...AGENT_OPTIONS,
  'bufferSize',
  'learningStarts',
  'batchSize',
  'gamma',
  'trainFreq',
  'gradientSteps',
  'nSteps',
];

/** Settings that an algorithm hands on to {@link OffPolicyAgent}. */
export interface OffPolicyRule extends AgentRule {
  readonly bufferSize: number;
  readonly learningStarts: number;
  readonly batchSize: number;
  readonly gamma: number;
  readonly trainFreq: TrainFreq;
  readonly gradientSteps: number;
  readonly nSteps: number;
}

/** Rows of a buffer in a graph. */
export interface ReplayTensors {
  /** `[batch, ...shape]`. */
  readonly observations: Tensor;
  /** `[batch]` int32 choices, or `[batch, ...shape]` from −1 to 1. */
  readonly actions: Tensor;
  /** `[batch]`, as `discounts`: the target is `rewards + discounts · value(nextObservations)`. */
  readonly rewards: Tensor;
  /** `[batch, ...shape]`. */
  readonly nextObservations: Tensor;
  readonly discounts: Tensor;
}

/**
 * What DQN, SAC and their like share: envs that are stepped, a replay buffer, and a `learn` that updates from it every
 * `trainFreq` steps.
 *
 * `head` and `replayBuffer` come from the settings; an algorithm adds `explore` (actions while learning), `choose` (actions of
 * `predict`), `trainer` and `train` (so many updates); `stepped` happens after every step of all envs, `keep` and `keeping` add to the
 * checkpoint. All draws are numbered ({@link OffPolicyAgent.draws}), so that a run that goes on needs counters, no generators.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export abstract class OffPolicyAgent<Rule extends OffPolicyRule = OffPolicyRule> extends Agent<Rule> {
  /** @internal */
  readonly head: ReplayActions;
  /** @internal */
  readonly replayBuffer: ReplayBuffer;
  /** @internal */
  readonly logUnit = { unit: 'episodes', interval: 4 } as const;
  readonly #frequency: readonly [number, 'step' | 'episode'];
  /** Since the last update. */
  #collected = { steps: 0, episodes: 0 };
  /** What it acts on next, as its buffer keeps it: not normalised, images as bytes. */
  #kept: Kept | undefined;

  protected constructor(env: AgentEnv, rule: Rule, kind: 'Discrete' | 'Box') {
    const { op, learningStarts, batchSize, gradientSteps } = rule;
    checkInteger(op, 'learningStarts', [learningStarts, 0, Number.MAX_SAFE_INTEGER]);
    checkInteger(op, 'batchSize', [batchSize, 1, Number.MAX_SAFE_INTEGER]);
    checkInteger(op, 'gradientSteps', [gradientSteps, -1, Number.MAX_SAFE_INTEGER]);
    super(env, rule);
    const { numEnvs, singleActionSpace } = this.env;
    this.#frequency = frequencyOf(op, rule.trainFreq, numEnvs);
    this.head = replayActions(op, singleActionSpace, kind);
    const { bufferSize, gamma, nSteps } = rule;
    const { normalizer } = this;
    this.replayBuffer = this.bufferOf({
      bufferSize,
      numEnvs,
      observation: this.codec.size,
      observationDType: this.codec.dtype,
      action: this.head.size,
      actionDType: this.head.dtype,
      choices: this.head.choices,
      gamma,
      nSteps,
      worth: normalizer === undefined ? undefined : (reward) => normalizer.normalizeReward(reward),
    });
  }

  /** The buffer; an algorithm may have one of another kind. */
  protected bufferOf(sizes: ReplaySizes): ReplayBuffer {
    return new ReplayBuffer(this.rule.op, sizes);
  }

  /**
   * Actions of one step of all envs while learning, exploration included, as the buffer keeps them. Asked after the first
   * `learningStarts` steps; `draw` counts the steps.
   */
  protected abstract explore(observations: Float32Array, draw: number, progressRemaining: number): Promise<TypedArray>;

  /** The action to take where nothing is explored, in a graph: `[batch]` choices, or `[batch, actions]` from −1 to 1. @internal */
  abstract greedy(observations: Tensor): Tensor;

  /** Makes so many updates; returns what is logged. `updates` is counted by the caller. */
  protected abstract train(gradientSteps: number, progressRemaining: number): Promise<Record<string, number>>;

  /** Whether it explores by its policy before `learningStarts`, too. */
  protected get exploresAtOnce(): boolean {
    return false;
  }

  /** Steps of each env since the last update. */
  protected get stepsCollected(): number {
    return this.#collected.steps;
  }

  /** After every step of all envs. */
  protected stepped(_progressRemaining: number): void | Promise<unknown> {}

  /** Episodes that have just ended, for what an algorithm keeps per episode. */
  protected ended(_index: number): void {}

  /** Logged at every row besides what `train` gives. */
  protected scalars(): Record<string, number> {
    return {};
  }

  /** What an algorithm adds to its checkpoint as JSON. */
  protected keep(): Readonly<Record<string, Json>> {
    return {};
  }

  /** Checks what {@link keep} gave, and returns what takes it over. */
  protected keeping(_read: ProgressReader, _saved: Readonly<Record<string, unknown>>): () => void {
    return () => {};
  }

  /** The generator of one draw: of step n while acting, update n while sampling, prediction n. */
  protected draws(purpose: keyof typeof STREAMS, number: number): Random {
    return new Random(this.seed, STREAMS[purpose] + number);
  }

  /** Rows for an update, drawn with the generator of its number. */
  protected sample(update: number): ReplayBatch {
    return this.replayBuffer.sample(this.rule.batchSize, this.draws('sampling', update));
  }

  /** Rows as tensors, normalised as the envs are by now. */
  protected tensorsOf({ rewards, discounts, ...batch }: ReplayBatch): ReplayTensors {
    const count = rewards.length;
    const { head, codec } = this;
    const floats = (values: Float32Array, shape: readonly number[]): Tensor =>
      hostLeaf(values, { dtype: 'float32', shape: [count, ...shape] }, false);
    return {
      observations: floats(this.#seen(batch.observations), codec.shape),
      actions: hostLeaf(batch.actions, { dtype: head.dtype, shape: [count, ...head.shape] }, false),
      rewards: floats(rewards, []),
      nextObservations: floats(this.#seen(batch.nextObservations), codec.shape),
      discounts: floats(discounts, []),
    };
  }

  /** What was kept, as the networks see it. */
  #seen(kept: Kept): Float32Array {
    const floats = this.codec.floats(kept);
    return this.normalizer?.normalize(floats) ?? floats;
  }

  protected override async rounds(run: LearnRun): Promise<void> {
    while (!run.isOver) {
      await this.acting(() => this.#collect(run));
      if (!this.#isDue) break;
      await run.rolloutEnd();
      const { gradientSteps, learningStarts } = this.rule;
      const count = gradientSteps < 0 ? this.#collected.steps * this.env.numEnvs : gradientSteps;
      this.#collected = { steps: 0, episodes: 0 };
      if (this.numTimesteps <= learningStarts || count === 0) {
        await run.rolloutOnly(this.scalars());
        continue;
      }
      const scalars = await this.train(count, run.progressRemaining);
      this.updates += count;
      await run.updateEnd({ ...this.scalars(), ...scalars, 'train/n_updates': this.updates });
    }
  }

  get #isDue(): boolean {
    const [frequency, unit] = this.#frequency;
    return this.#collected[unit === 'step' ? 'steps' : 'episodes'] >= frequency;
  }

  /** Steps the envs until an update is due, or somebody stops the run. */
  async #collect(run: LearnRun): Promise<void> {
    const { env, head, replayBuffer } = this;
    while (!this.#isDue && run.reason === undefined) {
      const observations = this.#kept!;
      const actions = await this.#act(this.observations!, run.progressRemaining);
      const result = await env.step(head.toEnv(actions));
      const { terminations, truncations } = result;
      const rewards = this.normalizer?.rawRewards ?? result.rewards;
      checkRewards(this.rule.op, rewards, Math.floor(this.numTimesteps / env.numEnvs) + 1);
      this.look(result.observations, result.infos);
      const nextObservations = this.#nextOf(result);
      replayBuffer.add({ observations, actions, rewards, nextObservations, terminations, truncations });
      this.episodes.add(rewards, terminations, truncations);
      this.numTimesteps += env.numEnvs;
      this.#collected.steps++;
      for (let index = 0; index < env.numEnvs; index++) {
        if (terminations[index] === 0 && truncations[index] === 0) continue;
        this.#collected.episodes++;
        this.ended(index);
      }
      const pending = this.stepped(run.progressRemaining);
      if (pending !== undefined) await pending;
      for (const callback of run.steppers) await callback.onStep!(run);
    }
  }

  #act(observations: Float32Array, progressRemaining: number): Promise<TypedArray> | TypedArray {
    const draw = this.drawn.steps++;
    if (this.numTimesteps >= this.rule.learningStarts || this.exploresAtOnce) {
      return this.explore(observations, draw, progressRemaining);
    }
    return this.head.random(this.draws('acting', draw), this.env.numEnvs);
  }

  protected override look(observations: unknown, infos: readonly Info[]): void {
    super.look(observations, infos);
    const raw = this.normalizer?.rawObservations ?? observations;
    this.#kept = this.#keepsOthers ? this.codec.keep(raw, this.env.numEnvs) : this.observations;
  }

  /** Whether the buffer keeps other numbers than the networks see. */
  get #keepsOthers(): boolean {
    return this.normalizer !== undefined || this.codec.dtype === 'uint8';
  }

  /** What was seen after the step, with the last observations of episodes that have ended. */
  #nextOf({ terminations, truncations, infos: given }: Awaited<ReturnType<VectorEnv['step']>>): Kept {
    const infos = this.normalizer?.rawInfos ?? given;
    const next = this.#kept!;
    let own: Kept | undefined;
    for (let index = 0; index < this.env.numEnvs; index++) {
      if (terminations[index] === 0 && truncations[index] === 0) continue;
      own ??= next.slice();
      own.set(this.codec.keepOne(infos[index]!['finalObservation']), index * this.codec.size);
    }
    return own ?? next;
  }

  /** @internal */
  override get maskEntries(): number {
    return 0;
  }

  protected override maskOf(mask: ArrayLike<number>): Float32Array {
    throw argumentError(
      `${this.rule.op}.predict`,
      `it takes no action masks. Got actionMask ${show(Array.from(mask))}; expected none. Leave it out, or learn with PPO.`,
    );
  }

  protected override restarted(): void {
    this.#collected = { steps: 0, episodes: 0 };
    this.replayBuffer.cut();
  }

  protected override forget(): void {
    this.#collected = { steps: 0, episodes: 0 };
    this.replayBuffer.clear();
  }

  protected override memory(goesOn: boolean): Memory {
    const { position, steps } = this.replayBuffer;
    const kept = goesOn && this.#keepsOthers ? this.#kept : undefined;
    const { dtype } = this.codec;
    return {
      tensors: {
        ...this.replayBuffer.tensors(),
        ...(kept && { 'acting.kept': hostLeaf(kept, { dtype, shape: [kept.length] }, false) }),
      },
      progress: { replay: { position, steps, collected: { ...this.#collected }, ...this.keep() } },
    };
  }

  /** Rows of another number of envs are left out: the agent then fills its buffer anew. */
  protected override async recall({ tensors, progress, isAlike, goesOn }: SavedMemory): Promise<() => void> {
    const { op } = this.rule;
    const read = progressReader(op);
    const replay = read.record(progress['replay'], 'replay');
    const at = {
      position: read.count(replay['position'], 'replay.position'),
      steps: read.count(replay['steps'], 'replay.steps'),
    };
    const collected = read.record(replay['collected'], 'replay.collected');
    const steps = read.count(collected['steps'], 'replay.collected.steps');
    const episodes = read.count(collected['episodes'], 'replay.collected.episodes');
    const fill = isAlike ? await this.replayBuffer.saved(op, tensors, at) : undefined;
    const keep = this.keeping(read, replay);
    const kept = goesOn && this.#keepsOthers ? await this.#savedKept(tensors) : undefined;
    return () => {
      fill?.();
      keep();
      this.#kept = kept ?? this.observations;
      if (goesOn) this.#collected = { steps, episodes };
    };
  }

  /** What the agent of a file acts on next, as its buffer keeps it. */
  #savedKept(tensors: SavedMemory['tensors']): Promise<Kept> {
    const length = this.env.numEnvs * this.codec.size;
    const like: Kept = this.codec.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
    return fitting(this.rule.op, 'acting.kept', { tensor: tensors['acting.kept'], like });
  }
}

/** Where the numbered draws of each purpose begin. */
const STREAMS = { acting: 0, sampling: 2 ** 51, predicting: 2 ** 52 } as const;
