import { data } from '@gai/core';
import type { Tensor, TypedArray } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { checkOptionNames, hostLeaf } from '@gai/core/ops';
import { manualSeed } from '@gai/nn';
import { saveCheckpoint } from '@gai/nn/train';
import type { Checkpoint, Json, TrainStep } from '@gai/nn/train';
import { argumentError, show } from '../errors.ts';
import type { Info } from '../env.ts';
import type { VectorEnv } from '../vector/vector-env.ts';
import { checkInteger } from '../tabular/errors.ts';
import { runSeed } from '../tabular/random.ts';
import { actionHead } from './action-head.ts';
import { checkMask, masksOf } from './action-masks.ts';
import type { ActionHead } from './action-head.ts';
import { bufferTensors, checkNormalizer, fitting, optionsToJson, savedRollout } from './agent-checkpoint.ts';
import { agentProgress } from './agent-progress.ts';
import { EpisodeMonitor, meanOf } from './episode-monitor.ts';
import { LearnRun } from './learn-run.ts';
import type { LearnOptions } from './learn-run.ts';
import { ObservationCodec } from './observation-codec.ts';
import { ActorCriticPolicy } from './policy.ts';
import type { ActorCritic, PolicyKwargs } from './policy.ts';
import { PolicyRunner } from './policy-runner.ts';
import { RolloutBuffer } from './rollout-buffer.ts';
import { sameStep, setEnvState } from './same-step.ts';
import type { AgentEnv } from './same-step.ts';
import { VecNormalize } from './vec-normalize.ts';

/** What every agent that learns on-policy can be told. */
export interface OnPolicyOptions {
  /** Fixes the first weights, the envs and every draw. Default: a random one, in {@link OnPolicyAgent.seed}. */
  readonly seed?: number | undefined;
  /** Settings of `'MlpPolicy'`. */
  readonly policyKwargs?: PolicyKwargs | undefined;
  /** Take `info.actionMask` of the envs: 1 for the actions that are allowed. Default false. */
  readonly actionMasks?: boolean | undefined;
  /** Episodes that the logged means are over. Default 100. */
  readonly statsWindowSize?: number | undefined;
}

/** Names of {@link OnPolicyOptions}. */
export const ON_POLICY_OPTIONS = ['seed', 'policyKwargs', 'actionMasks', 'statsWindowSize'];

/** The policy of an agent: the one that comes with it, or any module. */
export type PolicyOf = 'MlpPolicy' | ActorCritic;

/** What an update learns from: rows of steps, all envs side by side. */
export interface Rollout {
  readonly buffer: RolloutBuffer;
  /** Values of the observations, and log-probabilities of the actions, under the policy that acted. */
  readonly values: TypedArray;
  readonly logProbs: TypedArray;
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
}

/** Settings that an algorithm hands on to {@link OnPolicyAgent}. */
export interface OnPolicyRule extends OnPolicyOptions {
  readonly op: string;
  readonly nSteps: number;
  readonly gamma: number;
  readonly gaeLambda: number;
}

/** How one predicts. */
export interface PredictOptions {
  /** The likeliest action, or a draw. Default false. */
  readonly deterministic?: boolean | undefined;
  /** 1 for the actions that are allowed. Default all. */
  readonly actionMask?: ArrayLike<number> | undefined;
}

/**
 * What PPO, A2C and their like share: envs that are stepped, a policy that acts, a buffer that fills, and a `learn` that
 * updates from it whenever it is full. An algorithm adds `update`.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export abstract class OnPolicyAgent {
  readonly policy: ActorCritic;
  readonly env: VectorEnv;
  readonly seed: number;
  /** Steps of all envs so far. */
  numTimesteps = 0;
  /** The latest episodes, with the rewards of the envs themselves. */
  readonly episodes: EpisodeMonitor;
  /** What the action space asks of the policy. @internal */
  readonly head: ActionHead;
  /** How observations become floats. @internal */
  readonly codec: ObservationCodec;
  /** @internal */
  readonly buffer: RolloutBuffer;
  protected readonly rule: OnPolicyRule;
  readonly #runner: PolicyRunner;
  #observations: Float32Array | undefined;
  #mask: Float32Array | undefined;
  /** Steps and predictions that actions have been drawn for: equal numbers, equal draws. */
  #drawn = { steps: 0, predictions: 0 };
  /** Passes over rollouts so far. */
  protected updates = 0;

  protected constructor(policy: PolicyOf, env: AgentEnv, rule: OnPolicyRule) {
    const { op, nSteps, seed, statsWindowSize = 100 } = rule;
    checkInteger(op, 'nSteps', [nSteps, 1, Number.MAX_SAFE_INTEGER]);
    checkInteger(op, 'statsWindowSize', [statsWindowSize, 1, Number.MAX_SAFE_INTEGER]);
    if (seed !== undefined) checkInteger(op, 'seed', [seed, 0, Number.MAX_SAFE_INTEGER]);
    this.rule = rule;
    this.seed = seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    this.env = sameStep(op, env);
    const { numEnvs, singleObservationSpace, singleActionSpace } = this.env;
    this.head = actionHead(op, singleActionSpace);
    this.codec = new ObservationCodec(singleObservationSpace);
    this.policy = this.#policyOf(policy);
    this.#runner = new PolicyRunner(this.policy, { codec: this.codec, head: this.head, seed: this.seed });
    this.episodes = new EpisodeMonitor(numEnvs, statsWindowSize);
    this.buffer = new RolloutBuffer({
      nSteps,
      numEnvs,
      observation: this.codec.size,
      action: this.head.shape.reduce((product, size) => product * size, 1),
      actionDType: this.head.dtype,
      mask: rule.actionMasks === true ? this.#maskSize() : 0,
    });
  }

  /** What makes the updates. */
  protected abstract get trainer(): Pick<TrainStep<never, unknown>, 'state' | 'load'>;

  /** Learns from a full buffer; returns what is logged. */
  protected abstract update(rollout: Rollout, progressRemaining: number): Promise<Record<string, number>>;

  /**
   * Learns for a number of steps: acts until the buffer is full, updates, and so on.
   *
   * @throws ArgumentError for an unknown option.
   */
  async learn(options: LearnOptions): Promise<this> {
    const run = new LearnRun(this, options);
    if (options.resetNumTimesteps !== false) this.numTimesteps = 0;
    if (options.resetNumTimesteps !== false || this.#observations === undefined) await this.#restart();
    await run.through(() => this.#updates(run));
    return this;
  }

  async #updates(run: LearnRun): Promise<void> {
    while (!run.isOver) {
      await this.#collect(run);
      if (!this.buffer.isFull) break;
      await run.rolloutEnd();
      const rollout = await this.#judge();
      this.buffer.clear();
      await run.updateEnd(await this.update(rollout, run.progressRemaining));
    }
  }

  /** Whether the envs say which actions are allowed. */
  get usesMasks(): boolean {
    return this.rule.actionMasks === true;
  }

  /**
   * Writes everything into one file: policy, optimizer, counters, statistics, and where the envs are. Between two steps of a
   * rollout too: what goes on from it is bitwise what would have come.
   *
   * @throws DataError if a weight is not finite.
   */
  async save(file: string, storage?: Storage): Promise<void> {
    await saveCheckpoint(file, this.checkpoint(), storage);
  }

  /** What {@link save} writes. */
  checkpoint(): Checkpoint {
    const { tensors, step } = this.trainer.state();
    const { op, ...rule } = this.rule;
    const env = this.env.getState?.() ?? null;
    const acting: Record<string, Tensor> = {};
    if (this.#observations !== undefined && env !== null) {
      acting['acting.observations'] = floats(this.#observations);
      if (this.#mask !== undefined) acting['acting.mask'] = floats(this.#mask);
    }
    const progress = {
      agent: op,
      options: optionsToJson({ ...rule, seed: this.seed }),
      hasOwnPolicy: !(this.policy instanceof ActorCriticPolicy),
      numTimesteps: this.numTimesteps,
      updates: this.updates,
      drawn: { ...this.#drawn },
      position: env === null ? 0 : this.buffer.position,
      episodes: this.episodes.state(),
      env: env as Json,
      normalizer: this.normalizer?.statistics() ?? null,
    };
    return { tensors: { ...tensors, ...acting, ...(env === null ? {} : bufferTensors(this.buffer)) }, step, progress };
  }

  /**
   * Goes on from a checkpoint of an agent like this.
   *
   * @throws ArgumentError if it does not fit; the agent is then unchanged, unless the envs refuse their own state.
   */
  async restore({ tensors, step, progress }: Checkpoint): Promise<void> {
    const { op } = this.rule;
    const saved = agentProgress(op, progress);
    checkNormalizer(op, this.normalizer, saved.normalizer);
    const isAlike = saved.episodes.totals.length === this.env.numEnvs;
    const goesOn = isAlike && saved.env !== null && this.env.setState !== undefined;
    const acting = goesOn ? await this.#savedActing(tensors, saved.position) : undefined;
    const isOwn = (name: string): boolean => /^(acting|buffer)\./.test(name);
    const trained = Object.fromEntries(Object.entries(tensors).filter(([name]) => !isOwn(name)));
    this.trainer.load({ tensors: trained, step });
    this.numTimesteps = saved.numTimesteps;
    this.updates = saved.updates;
    this.#drawn = { ...saved.drawn };
    if (saved.normalizer !== null) this.normalizer!.loadStatistics(saved.normalizer);
    // What was seen and done so far belongs to the policy before.
    this.#observations = undefined;
    this.buffer.clear();
    if (!goesOn) return;
    this.episodes.load(saved.episodes);
    setEnvState(op, this.env, saved.env!);
    acting?.();
  }

  /** What the policy acts on next, and the rollout so far; undefined for an agent that has not begun. */
  async #savedActing(tensors: Checkpoint['tensors'], position: number): Promise<(() => void) | undefined> {
    const { op } = this.rule;
    const { observation, mask, numEnvs } = this.buffer.sizes;
    const tensor = tensors['acting.observations'];
    if (tensor === undefined) return undefined;
    const like = new Float32Array(numEnvs * observation);
    const observations = await fitting(op, 'acting.observations', { tensor, like });
    const masks = { tensor: tensors['acting.mask'], like: new Float32Array(numEnvs * mask) };
    const allowed = await fitting(op, 'acting.mask', masks);
    const fill = await savedRollout(op, this.buffer, { tensors, position });
    return () => {
      this.#observations = observations;
      this.#mask = mask === 0 ? undefined : allowed;
      fill();
    };
  }

  /** The statistics that observations are normalised with, if the envs are. */
  get normalizer(): VecNormalize | undefined {
    return this.env instanceof VecNormalize ? this.env : undefined;
  }

  /** The action for one observation, as it comes from an env. */
  async predict(observation: unknown, options: PredictOptions = {}): Promise<unknown> {
    const observations = this.#normalized(this.codec.encodeOne(observation));
    const { actionMask } = checked(options);
    const mask = actionMask === undefined ? undefined : this.#checkMask(actionMask, 1);
    return this.head.toAction(await this.#choose({ observations, count: 1, mask }, options.deterministic ?? false));
  }

  /** The actions for the observations of several envs, as a vector env gives and takes them. */
  async predictBatch(observations: unknown, count: number, options: PredictOptions = {}): Promise<TypedArray> {
    const { actionMask } = checked(options);
    const mask = actionMask === undefined ? undefined : this.#checkMask(actionMask, count);
    const rows = { observations: this.#normalized(this.codec.encode(observations, count)), count, mask };
    return this.head.toEnv(await this.#choose(rows, options.deterministic ?? false));
  }

  /** `train/std`: the mean deviation of a Gaussian policy with one of its own. */
  protected async deviation(): Promise<Record<string, number>> {
    const { policy } = this;
    if (!(policy instanceof ActorCriticPolicy) || policy.logStd === null) return {};
    return { 'train/std': meanOf(Float32Array.from((await data(policy.logStd)) as Float32Array, Math.exp)) };
  }

  #normalized(observations: Float32Array): Float32Array {
    return this.normalizer?.normalize(observations) ?? observations;
  }

  #choose(rows: Parameters<PolicyRunner['mode']>[0], deterministic: boolean): Promise<TypedArray> {
    return deterministic ? this.#runner.mode(rows) : this.#runner.sample(rows, TWO_31 + this.#drawn.predictions++);
  }

  /** Steps the envs until the buffer is full, or somebody stops the run. */
  async #collect(run: LearnRun): Promise<void> {
    const { env, buffer, head } = this;
    const { numEnvs } = env;
    while (!buffer.isFull && run.reason === undefined) {
      const observations = this.#observations!;
      const mask = this.#mask;
      const actions = await this.#runner.sample({ observations, count: numEnvs, mask }, this.#drawn.steps++);
      const result = await env.step(head.toEnv(actions));
      this.#keepFinals(result);
      const { rewards, terminations, truncations } = result;
      buffer.add({ observations, actions, mask, rewards, terminations, truncations });
      this.episodes.add(this.normalizer?.rawRewards ?? rewards, terminations, truncations);
      this.numTimesteps += numEnvs;
      this.#look(result.observations, result.infos);
      for (const callback of run.steppers) await callback.onStep!(run);
    }
  }

  /** Keeps what was seen last of the episodes that this step has truncated. */
  #keepFinals({ terminations, truncations, infos }: Awaited<ReturnType<VectorEnv['step']>>): void {
    for (let index = 0; index < truncations.length; index++) {
      if (truncations[index] === 0 || terminations[index] !== 0) continue;
      const row = this.buffer.position * truncations.length + index;
      this.buffer.finals.set(row, this.codec.encodeOne(infos[index]!['finalObservation']));
    }
  }

  /** Takes in what the policy acts on next. */
  #look(observations: unknown, infos: readonly Info[]): void {
    this.#observations = this.codec.encode(observations, this.env.numEnvs);
    if (this.rule.actionMasks === true) this.#mask = masksOf(this.rule.op, infos, this.#maskSize());
  }

  /** A full buffer with what the policy thinks of it. */
  async #judge(): Promise<Rollout> {
    const { buffer, codec } = this;
    const { numEnvs } = this.env;
    const mask = buffer.sizes.mask === 0 ? undefined : buffer.masks;
    const rows = { observations: buffer.observations, count: buffer.rows, mask };
    const { values, logProbs } = await this.#runner.judge(rows, buffer.actions);
    const after = new Float32Array((numEnvs + buffer.finals.size) * codec.size);
    after.set(this.#observations!);
    [...buffer.finals.values()].forEach((final, index) => after.set(final, (numEnvs + index) * codec.size));
    const next = await this.#runner.values({ observations: after, count: numEnvs + buffer.finals.size });
    const { gamma, gaeLambda } = this.rule;
    const estimate = buffer.estimate(
      {
        values: values as Float32Array,
        last: next.subarray(0, numEnvs) as Float32Array,
        finals: next.subarray(numEnvs) as Float32Array,
      },
      { gamma, lambda: gaeLambda },
    );
    return { buffer, values, logProbs, ...estimate };
  }

  async #restart(): Promise<void> {
    // An agent whose envs could not be saved goes on in fresh ones, of a seed that it has not had.
    const seed = this.numTimesteps === 0 ? this.seed : runSeed(this.seed, this.numTimesteps);
    const { observations, infos } = await this.env.reset(this.#observations === undefined ? { seed } : {});
    this.buffer.clear();
    this.episodes.restart();
    this.#look(observations, infos);
  }

  #policyOf(policy: PolicyOf): ActorCritic {
    const { op, policyKwargs } = this.rule;
    const spaces = { observationSpace: this.env.singleObservationSpace, actionSpace: this.env.singleActionSpace };
    if (policy === 'MlpPolicy') {
      manualSeed(this.seed);
      return new ActorCriticPolicy(spaces, policyKwargs);
    }
    if (typeof policy === 'string' || typeof policy?.forward !== 'function') {
      throw argumentError(
        op,
        `there is no such policy. Got ${show(policy)}; expected 'MlpPolicy' or a module. Pass one of them.`,
      );
    }
    if (policyKwargs === undefined) return policy;
    throw argumentError(
      op,
      "policyKwargs are settings of 'MlpPolicy'. Got them beside a module; expected none. Leave them out.",
    );
  }

  #checkMask(mask: ArrayLike<number>, count: number): Float32Array {
    return checkMask(this.rule.op, mask, count * this.#maskSize());
  }

  #maskSize(): number {
    if (this.head.maskSize > 0) return this.head.maskSize;
    throw argumentError(
      this.rule.op,
      `actions of this space cannot be masked. Got actionMasks for ${this.env.singleActionSpace.toString()}; expected ` +
        'Discrete or MultiDiscrete. Leave actionMasks out.',
    );
  }
}

function checked(options: PredictOptions): PredictOptions {
  checkOptionNames('predict', options, ['deterministic', 'actionMask']);
  return options;
}

const floats = (values: Float32Array): Tensor => hostLeaf(values, { dtype: 'float32', shape: [values.length] }, false);

/** Draws for predictions are numbered apart from those of learning. */
const TWO_31 = 2 ** 31;
