import type { Tensor, TypedArray } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { checkOptionNames, hostLeaf } from '@gai/core/ops';
import type { Module } from '@gai/nn';
import { saveCheckpoint } from '@gai/nn/train';
import type { Checkpoint, Json, TrainStep } from '@gai/nn/train';
import type { Info } from '../env.ts';
import { argumentError } from '../errors.ts';
import type { VectorEnv } from '../vector/vector-env.ts';
import { checkInteger } from '../tabular/errors.ts';
import { runSeed } from '../tabular/random.ts';
import type { ActionCodec } from './action-head.ts';
import { checkNormalizer, fitting, optionsToJson } from './agent-checkpoint.ts';
import { agentProgress } from './agent-progress.ts';
import { EpisodeMonitor } from './episode-monitor.ts';
import { LearnRun } from './learn-run.ts';
import type { LearnOptions } from './learn-run.ts';
import { ObservationCodec } from './observation-codec.ts';
import type { Rows } from './policy-runner.ts';
import { PolicyState } from './policy-state.ts';
import { sameStep, setEnvState } from './same-step.ts';
import type { AgentEnv } from './same-step.ts';
import { VecNormalize } from './vec-normalize.ts';

/** What every agent can be told. */
export interface AgentOptions {
  /** Fixes the first weights, the envs and every draw. Default: a random one, in {@link Agent.seed}. */
  readonly seed?: number | undefined;
  /** Episodes that the logged means are over. Default 100. */
  readonly statsWindowSize?: number | undefined;
}

/** Names of {@link AgentOptions}. */
export const AGENT_OPTIONS = ['seed', 'statsWindowSize'];

/** Settings that a kind of agent hands on to {@link Agent}. */
export interface AgentRule extends AgentOptions {
  readonly op: string;
}

/** How one predicts. */
export interface PredictOptions {
  /** The likeliest action, or a draw. Default false. */
  readonly deterministic?: boolean | undefined;
  /** 1 for the actions that are allowed. Default all. */
  readonly actionMask?: ArrayLike<number> | undefined;
  /** What a policy with a memory knows of the episodes, from {@link Agent.initialState}; it is brought up to date. */
  readonly state?: PolicyState | undefined;
}

/** What an agent has seen and not yet learned from, or may learn from again: part of its checkpoint. */
export interface Memory {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly progress: Readonly<Record<string, Json>>;
}

/** A checkpoint as {@link Agent.recall} sees it. */
export interface SavedMemory extends Pick<Checkpoint, 'tensors' | 'progress'> {
  /** Whether there are as many envs as there were. */
  readonly isAlike: boolean;
  /** Whether the envs go on where they were. */
  readonly goesOn: boolean;
}

/**
 * What all agents share: envs that are stepped, counters, `learn`, `predict`, and a checkpoint of everything. Kinds of agents add
 * how they collect and what they remember: {@link OnPolicyAgent}, {@link OffPolicyAgent}.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export abstract class Agent<Rule extends AgentRule = AgentRule> {
  readonly env: VectorEnv;
  readonly seed: number;
  /** Steps of all envs so far. */
  numTimesteps = 0;
  /** The latest episodes, with the rewards of the envs themselves. */
  readonly episodes: EpisodeMonitor;
  /** How observations become floats. @internal */
  readonly codec: ObservationCodec;
  /** How actions become those of the envs. @internal */
  abstract readonly head: ActionCodec;
  /** What `logInterval` of `learn` counts, and what it is by default. @internal */
  abstract readonly logUnit: { readonly unit: 'iterations' | 'episodes'; readonly interval: number };
  protected readonly rule: Rule;
  /** What it acts on next. */
  protected observations: Float32Array | undefined;
  /** What is allowed next. */
  protected mask: Float32Array | undefined;
  /** Steps and predictions that actions have been drawn for: equal numbers, equal draws. */
  protected drawn = { steps: 0, predictions: 0 };
  /** Updates so far, as Stable-Baselines3 counts them. */
  protected updates = 0;

  protected constructor(env: AgentEnv, rule: Rule) {
    const { op, seed, statsWindowSize = 100 } = rule;
    checkInteger(op, 'statsWindowSize', [statsWindowSize, 1, Number.MAX_SAFE_INTEGER]);
    if (seed !== undefined) checkInteger(op, 'seed', [seed, 0, Number.MAX_SAFE_INTEGER]);
    this.rule = rule;
    this.seed = seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    this.env = sameStep(op, env);
    this.codec = new ObservationCodec(this.env.singleObservationSpace);
    this.episodes = new EpisodeMonitor(this.env.numEnvs, statsWindowSize);
  }

  /** What makes the updates. */
  protected abstract get trainer(): Pick<TrainStep<never, unknown>, 'state' | 'load'>;

  /** Entries of the action masks that the envs give; 0 without masks. @internal */
  abstract get maskEntries(): number;

  /** What it acts with: in evaluation while it acts, in its own mode (training, at first) while it learns. */
  protected abstract get networks(): readonly Module[];

  /** Whether its networks are of a module that the caller has made. */
  protected abstract get hasOwnPolicy(): boolean;

  /** Which of the policies that come with the package it has; null for one of the caller's. */
  protected get policyName(): string | null {
    return this.hasOwnPolicy ? null : 'MlpPolicy';
  }

  /** Collects and updates until the run is over. */
  protected abstract rounds(run: LearnRun): Promise<void>;

  /** An action per row, as the networks and buffers have them. */
  protected abstract choose(rows: Rows, deterministic: boolean): Promise<TypedArray>;

  /** A mask for so many observations; throws where there are none. */
  protected abstract maskOf(mask: ArrayLike<number>, count: number): Float32Array;

  /** Takes in what it acts on next. */
  protected look(observations: unknown, _infos: readonly Info[]): void {
    this.observations = this.codec.encode(observations, this.env.numEnvs);
  }

  /** The envs begin new episodes: what was half collected goes. */
  protected abstract restarted(): void;

  /** What a checkpoint keeps of what was seen; `goesOn`: the envs can go on where they are. */
  protected abstract memory(goesOn: boolean): Memory;

  /** Checks what {@link memory} gave, and returns what takes it over. */
  protected abstract recall(saved: SavedMemory): Promise<() => void>;

  /** Forgets what was seen, before a checkpoint is taken over. */
  protected abstract forget(): void;

  /**
   * Learns for a number of steps: acts for a while, updates, and so on.
   *
   * @throws ArgumentError for an unknown option.
   */
  async learn(options: LearnOptions): Promise<this> {
    const run = new LearnRun(this, options);
    if (options.resetNumTimesteps !== false) this.numTimesteps = 0;
    if (options.resetNumTimesteps !== false || this.observations === undefined) await this.#restart();
    await run.through(() => this.rounds(run));
    return this;
  }

  /**
   * Writes everything into one file: networks, optimizers, counters, what was seen, and where the envs are. At any step: what
   * goes on from it is bitwise what would have come.
   *
   * @throws DataError if a weight is not finite.
   */
  async save(file: string, storage?: Storage): Promise<void> {
    await saveCheckpoint(file, this.checkpoint(), storage);
  }

  /** What {@link save} writes. */
  checkpoint(): Checkpoint {
    const { tensors, step, updates } = this.trainer.state();
    const { op, ...rule } = this.rule;
    const env = this.env.getState?.() ?? null;
    const memory = this.memory(env !== null);
    const acting: Record<string, Tensor> = {};
    if (this.observations !== undefined && env !== null) {
      acting['acting.observations'] = floats(this.observations);
      if (this.mask !== undefined) acting['acting.mask'] = floats(this.mask);
    }
    const progress = {
      agent: op,
      options: optionsToJson({ ...rule, seed: this.seed }),
      hasOwnPolicy: this.hasOwnPolicy,
      policy: this.policyName,
      numTimesteps: this.numTimesteps,
      updates: this.updates,
      drawn: { ...this.drawn },
      episodes: this.episodes.state(),
      env: env as Json,
      normalizer: this.normalizer?.statistics() ?? null,
      ...memory.progress,
    };
    return { tensors: { ...tensors, ...acting, ...memory.tensors }, step, progress, ...(updates && { updates }) };
  }

  /**
   * Goes on from a checkpoint of an agent like this.
   *
   * @throws ArgumentError if it does not fit; the agent is then unchanged, unless the envs refuse their own state.
   */
  async restore({ tensors, step, updates, progress }: Checkpoint): Promise<void> {
    const { op } = this.rule;
    const saved = agentProgress(op, progress);
    checkNormalizer(op, this.normalizer, saved.normalizer);
    const isAlike = saved.episodes.totals.length === this.env.numEnvs;
    const goesOn = isAlike && saved.env !== null && this.env.setState !== undefined;
    const acting = goesOn ? await this.#savedActing(tensors) : undefined;
    const recall = await this.recall({ tensors, progress, isAlike, goesOn: goesOn && acting !== undefined });
    const isOwn = (name: string): boolean => /^(acting|buffer)\./.test(name);
    const trained = Object.fromEntries(Object.entries(tensors).filter(([name]) => !isOwn(name)));
    this.trainer.load({ tensors: trained, step, ...(updates && { updates }) });
    this.numTimesteps = saved.numTimesteps;
    this.updates = saved.updates;
    this.drawn = { ...saved.drawn };
    if (saved.normalizer !== null) this.normalizer!.loadStatistics(saved.normalizer);
    // What was seen and done so far belongs to the policy before.
    this.observations = undefined;
    this.forget();
    if (goesOn) {
      this.episodes.load(saved.episodes);
      setEnvState(op, this.env, saved.env!);
    }
    acting?.();
    recall();
  }

  /** What the agent acts on next; undefined for one that has not begun. */
  async #savedActing(tensors: Checkpoint['tensors']): Promise<(() => void) | undefined> {
    const { op } = this.rule;
    const { numEnvs } = this.env;
    const tensor = tensors['acting.observations'];
    if (tensor === undefined) return undefined;
    const like = new Float32Array(numEnvs * this.codec.size);
    const observations = await fitting(op, 'acting.observations', { tensor, like });
    const masks = { tensor: tensors['acting.mask'], like: new Float32Array(numEnvs * this.maskEntries) };
    const allowed = await fitting(op, 'acting.mask', masks);
    return () => {
      this.observations = observations;
      this.mask = this.maskEntries === 0 ? undefined : allowed;
    };
  }

  /** The statistics that observations are normalised with, if the envs are. */
  get normalizer(): VecNormalize | undefined {
    return this.env instanceof VecNormalize ? this.env : undefined;
  }

  /** The action for one observation, as it comes from an env. */
  async predict(observation: unknown, options: PredictOptions = {}): Promise<unknown> {
    const { deterministic = false, ...given } = this.#given(options, 1);
    const observations = this.#normalized(this.codec.encodeOne(observation));
    return this.head.toAction(await this.#chosen({ observations, count: 1, ...given }, deterministic));
  }

  /** The actions for the observations of several envs, as a vector env gives and takes them. */
  async predictBatch(observations: unknown, count: number, options: PredictOptions = {}): Promise<TypedArray> {
    const { deterministic = false, ...given } = this.#given(options, count);
    const rows = { observations: this.#normalized(this.codec.encode(observations, count)), count, ...given };
    return this.head.toEnv(await this.#chosen(rows, deterministic));
  }

  /**
   * What a policy with a memory knows at the beginning of so many episodes, for `predict` and `predictBatch`; undefined for an agent
   * without a memory, which takes none.
   */
  initialState(count = 1): PolicyState | undefined {
    checkInteger(`${this.rule.op}.initialState`, 'count', [count, 1, Number.MAX_SAFE_INTEGER]);
    return this.stateSize === 0 ? undefined : new PolicyState(count, this.stateSize);
  }

  /** Numbers that the policy remembers of an episode. */
  protected get stateSize(): number {
    return 0;
  }

  /** What was said of a prediction, checked. */
  #given(options: PredictOptions, count: number) {
    checkOptionNames('predict', options, ['deterministic', 'actionMask', 'state']);
    const { deterministic, actionMask, state } = options;
    const size = state === undefined ? 0 : state.values.length / state.count;
    if (size !== this.stateSize || (state !== undefined && state.count !== count)) {
      throw misplacedState(this.rule.op, { state, size: this.stateSize, count });
    }
    return { deterministic, state, mask: actionMask === undefined ? undefined : this.maskOf(actionMask, count) };
  }

  /** Networks go to evaluation while a call begins, which is when compiled functions look at their mode. */
  #chosen(rows: Rows, deterministic: boolean): Promise<TypedArray> {
    const back = this.evaluation();
    try {
      return this.choose(rows, deterministic);
    } finally {
      back();
    }
  }

  /** Switches the networks to evaluation; calling the result goes back to the modes before. @internal */
  evaluation(): () => void {
    const back = this.networks.map((network) => network.saveModes());
    for (const network of this.networks) network.eval();
    return () => {
      for (const restore of back) restore();
    };
  }

  /** Acts for a while with networks in evaluation. */
  protected async acting<Result>(run: () => Promise<Result>): Promise<Result> {
    const back = this.evaluation();
    try {
      return await run();
    } finally {
      back();
    }
  }

  #normalized(observations: Float32Array): Float32Array {
    return this.normalizer?.normalize(observations) ?? observations;
  }

  async #restart(): Promise<void> {
    // An agent whose envs could not be saved goes on in fresh ones, of a seed that it has not had.
    const seed = this.numTimesteps === 0 ? this.seed : runSeed(this.seed, this.numTimesteps);
    const { observations, infos } = await this.env.reset(this.observations === undefined ? { seed } : {});
    this.restarted();
    this.episodes.restart();
    this.look(observations, infos);
  }
}

const misplacedState = (
  op: string,
  { state, size, count }: { readonly state: PolicyState | undefined; readonly size: number; readonly count: number },
): Error =>
  argumentError(
    `${op}.predict`,
    size === 0
      ? 'this agent remembers nothing. Got a state; expected none. Leave it out.'
      : `what the policy remembers does not fit. Got ${state === undefined ? 'no state' : `one of ${state.count} episodes`}; ` +
          `expected one of ${count}, from agent.initialState(${count}). Keep it from step to step, and call state.restart() ` +
          'where an episode begins.',
  );

const floats = (values: Float32Array): Tensor => hostLeaf(values, { dtype: 'float32', shape: [values.length] }, false);
