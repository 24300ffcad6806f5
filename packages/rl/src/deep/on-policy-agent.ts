import { data } from '@gai/core';
import type { TypedArray } from '@gai/core';
import { manualSeed } from '@gai/nn';
import type { Module } from '@gai/nn';
import { argumentError, show } from '../errors.ts';
import type { Info } from '../env.ts';
import type { VectorStepResult } from '../vector/vector-env.ts';
import { checkInteger } from '../tabular/errors.ts';
import { actionHead } from './action-head.ts';
import type { ActionHead } from './action-head.ts';
import { checkMask, masksOf } from './action-masks.ts';
import { Agent } from './agent.ts';
import type { AgentOptions, Memory, SavedMemory } from './agent.ts';
import { bufferTensors, savedRollout } from './agent-checkpoint.ts';
import { positionOf } from './agent-progress.ts';
import { checkRewards } from './check-rewards.ts';
import { meanOf } from './episode-monitor.ts';
import type { LearnRun } from './learn-run.ts';
import { quotedNames } from './features-extractor.ts';
import type { PolicyName } from './features-extractor.ts';
import { ActorCriticPolicy, CNN_KWARGS, MULTI_INPUT_KWARGS } from './policy.ts';
import type { ActorCritic, PolicyKwargs, PolicySpaces } from './policy.ts';
import { PREDICTIONS, PolicyRunner } from './policy-runner.ts';
import type { Rows } from './policy-runner.ts';
import { RecurrentActorCriticPolicy } from './recurrent-policy.ts';
import { RolloutBuffer } from './rollout-buffer.ts';
import type { RolloutMemory } from './rollout-buffer.ts';
import type { AgentEnv } from './same-step.ts';
import { flag, givenOptions } from './settings.ts';

/** What every agent that learns on-policy can be told. */
export interface OnPolicyOptions extends AgentOptions {
  /** Settings of `'MlpPolicy'`, `'CnnPolicy'` and `'MultiInputPolicy'`. */
  readonly policyKwargs?: PolicyKwargs | undefined;
  /** Take `info.actionMask` of the envs: 1 for the actions that are allowed. Default false. */
  readonly actionMasks?: boolean | undefined;
  /**
   * Explore a `Box` by a matrix on the policy's last hidden layer (gSDE), kept over steps: smooth instead of shaking. Of the policies
   * that come with the agent. Default false.
   */
  readonly useSde?: boolean | undefined;
  /** Only with `useSde`: steps of each env until a new matrix is drawn; −1: one per rollout. Default −1. */
  readonly sdeSampleFreq?: number | undefined;
}

/** Names of {@link OnPolicyOptions}. */
export const ON_POLICY_OPTIONS = ['seed', 'policyKwargs', 'actionMasks', 'useSde', 'sdeSampleFreq', 'statsWindowSize'];

/** The policy of an agent: the one that comes with it, or any module. */
export type PolicyOf = PolicyName | ActorCritic;

/** What an update learns from: rows of steps, all envs side by side. */
export interface Rollout {
  readonly buffer: RolloutBuffer;
  /** Values of the observations, and log-probabilities of the actions, under the policy that acted. */
  readonly values: TypedArray;
  readonly logProbs: TypedArray;
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
}

/** What a policy thinks of a buffer. */
export interface Judgement {
  readonly values: TypedArray;
  readonly logProbs: TypedArray;
  /** Values of what comes after ({@link OnPolicyAgent.after}). */
  readonly next: TypedArray;
}

/** Settings that an algorithm hands on to {@link OnPolicyAgent}. */
export interface OnPolicyRule extends OnPolicyOptions {
  readonly op: string;
  readonly nSteps: number;
  readonly gamma: number;
  /** Default 1: returns as they were paid. */
  readonly gaeLambda?: number | undefined;
}

/**
 * What PPO, A2C and their like share: envs that are stepped, a policy that acts, a buffer that fills, and a `learn` that
 * updates from it whenever it is full. An algorithm adds `update`.
 *
 * @category Deep agents
 * @since 0.1.0
 */
export abstract class OnPolicyAgent extends Agent<OnPolicyRule> {
  readonly policy: ActorCritic;
  /** What the action space asks of the policy. @internal */
  readonly head: ActionHead;
  /** @internal */
  readonly buffer: RolloutBuffer;
  /** @internal */
  readonly logUnit = { unit: 'iterations', interval: 1 } as const;
  readonly #runner: PolicyRunner;
  readonly #policyName: string | null;

  protected constructor(policy: string | ActorCritic, env: AgentEnv, rule: OnPolicyRule) {
    const { op, nSteps, useSde = false, sdeSampleFreq = -1 } = rule;
    checkInteger(op, 'nSteps', [nSteps, 1, Number.MAX_SAFE_INTEGER]);
    checkInteger(op, 'sdeSampleFreq', [sdeSampleFreq, -1, Number.MAX_SAFE_INTEGER]);
    flag(op, 'useSde', useSde as never);
    super(env, rule);
    this.head = actionHead(rule.op, this.env.singleActionSpace);
    this.policy = this.#policyOf(policy);
    this.#policyName = typeof policy === 'string' ? policy : null;
    if (sdeSampleFreq !== -1 && !this.#keepsNoise) throw noNoise(op, sdeSampleFreq);
    this.#runner = new PolicyRunner(this.policy, { codec: this.codec, head: this.head, seed: this.seed });
    this.buffer = new RolloutBuffer({
      nSteps: rule.nSteps,
      numEnvs: this.env.numEnvs,
      observation: this.codec.size,
      action: this.head.shape.reduce((product, size) => product * size, 1),
      actionDType: this.head.dtype,
      mask: this.maskEntries,
      state: this.stateSize,
    });
  }

  /** Learns from a full buffer; returns what is logged. */
  protected abstract update(rollout: Rollout, progressRemaining: number): Promise<Record<string, number>>;

  /** Whether there is enough to learn from. */
  protected get isCollected(): boolean {
    return this.buffer.isFull;
  }

  protected override async rounds(run: LearnRun): Promise<void> {
    while (!run.isOver) {
      await this.acting(() => this.#collect(run));
      if (!this.isCollected) break;
      await run.rolloutEnd();
      const judged = await this.acting(() => this.judge());
      const scalars = await this.update(this.estimated(judged), run.progressRemaining);
      this.buffer.clear();
      await run.updateEnd(scalars);
    }
  }

  /** @internal */
  override get maskEntries(): number {
    return this.rule.actionMasks === true ? this.#maskSize() : 0;
  }

  protected override get networks(): readonly Module[] {
    return [this.policy];
  }

  protected override get hasOwnPolicy(): boolean {
    return this.#policyName === null;
  }

  protected override get policyName(): string | null {
    return this.#policyName;
  }

  protected override memory(goesOn: boolean): Memory {
    return {
      tensors: goesOn ? bufferTensors(this.buffer) : {},
      progress: { position: goesOn ? this.buffer.position : 0 },
    };
  }

  protected override async recall({ tensors, progress, goesOn }: SavedMemory): Promise<() => void> {
    const { op } = this.rule;
    const position = positionOf(op, progress);
    return goesOn ? savedRollout(op, this.buffer, { tensors, position }) : () => this.buffer.clear();
  }

  protected override forget(): void {
    this.buffer.clear();
  }

  protected override restarted(): void {
    this.buffer.clear();
  }

  /** `train/std`: the mean deviation of a Gaussian policy with one of its own. */
  protected async deviation(): Promise<Record<string, number>> {
    const { policy } = this;
    const isOwn = policy instanceof ActorCriticPolicy || policy instanceof RecurrentActorCriticPolicy;
    if (!isOwn || policy.logStd === null) return {};
    return { 'train/std': meanOf(Float32Array.from((await data(policy.logStd)) as Float32Array, Math.exp)) };
  }

  protected override choose(rows: Rows, deterministic: boolean): Promise<TypedArray> {
    return this.predicted(rows, deterministic ? undefined : PREDICTIONS + this.drawn.predictions++);
  }

  /** The likeliest action per row, or draw number `draw`. */
  protected predicted(rows: Rows, draw: number | undefined): Promise<TypedArray> {
    return draw === undefined ? this.#runner.mode(rows) : this.#runner.sample(rows, draw);
  }

  /** Draws an action per env, for step `draw` of all envs. */
  protected async act(rows: Rows, draw: number): Promise<{ actions: TypedArray; memory?: RolloutMemory | undefined }> {
    return { actions: await this.#runner.sample(rows, draw) };
  }

  /** After every step of all envs. */
  protected stepped(_result: VectorStepResult<unknown>): void {}

  /** Steps the envs until the buffer is full, or somebody stops the run. */
  async #collect(run: LearnRun): Promise<void> {
    const { env, buffer, head } = this;
    const { numEnvs } = env;
    while (!this.isCollected && run.reason === undefined) {
      const observations = this.observations!;
      const mask = this.mask;
      const { actions, memory } = await this.act({ observations, count: numEnvs, mask }, this.#draw());
      this.drawn.steps++;
      const result = await env.step(head.toEnv(actions));
      const step = Math.floor(this.numTimesteps / numEnvs) + 1;
      checkRewards(this.rule.op, this.normalizer?.rawRewards ?? result.rewards, step);
      this.#keepFinals(result);
      const { rewards, terminations, truncations } = result;
      buffer.add({ observations, actions, mask, rewards, terminations, truncations, memory });
      this.episodes.add(this.normalizer?.rawRewards ?? rewards, terminations, truncations);
      this.numTimesteps += numEnvs;
      this.stepped(result);
      this.look(result.observations, result.infos);
      for (const callback of run.steppers) await callback.onStep!(run);
    }
  }

  /** Whether the policy explores by a matrix that is kept over steps. */
  get #keepsNoise(): boolean {
    return this.policy instanceof ActorCriticPolicy && this.policy.useSde;
  }

  /** The number of this step's draw; with gSDE of the step that its matrix was drawn at. */
  #draw(): number {
    const { sdeSampleFreq = -1 } = this.rule;
    const { position } = this.buffer;
    if (!this.#keepsNoise) return this.drawn.steps;
    return this.drawn.steps - (sdeSampleFreq > 0 ? position % sdeSampleFreq : position);
  }

  /** Keeps what was seen last of the episodes that this step has truncated. */
  #keepFinals({ terminations, truncations, infos }: VectorStepResult<unknown>): void {
    for (let index = 0; index < truncations.length; index++) {
      if (truncations[index] === 0 || terminations[index] !== 0) continue;
      const row = this.buffer.position * truncations.length + index;
      this.buffer.finals.set(row, this.codec.encodeOne(infos[index]!['finalObservation']));
    }
  }

  protected override look(observations: unknown, infos: readonly Info[]): void {
    super.look(observations, infos);
    if (this.rule.actionMasks === true) this.mask = masksOf(this.rule.op, infos, this.#maskSize());
  }

  /** What the policy thinks of the steps of the buffer, and of what came after them. */
  protected async judge(): Promise<Judgement> {
    const { buffer } = this;
    const { filled, sizes } = buffer;
    const rows = {
      observations: buffer.observations.subarray(0, filled * sizes.observation),
      count: filled,
      mask: sizes.mask === 0 ? undefined : buffer.masks.subarray(0, filled * sizes.mask),
    };
    const judged = await this.#runner.judge(rows, buffer.actions.subarray(0, filled * sizes.action));
    return { ...judged, next: await this.#runner.values(this.after()) };
  }

  /** What comes after the buffer's last steps, env by env, and after those that were truncated. */
  protected after(): Rows {
    const { buffer, codec } = this;
    const { numEnvs } = this.env;
    const count = numEnvs + buffer.finals.size;
    const observations = new Float32Array(count * codec.size);
    observations.set(this.observations!);
    [...buffer.finals.values()].forEach((final, index) => observations.set(final, (numEnvs + index) * codec.size));
    return { observations, count };
  }

  /** The steps of the buffer with what came of them. */
  protected estimated({ values, logProbs, next }: Judgement): Rollout {
    const { numEnvs } = this.env;
    const { gamma, gaeLambda = 1 } = this.rule;
    const [last, finals] = [next.subarray(0, numEnvs), next.subarray(numEnvs)] as [Float32Array, Float32Array];
    const judged = { values: values as Float32Array, last, finals };
    return { buffer: this.buffer, values, logProbs, ...this.buffer.estimate(judged, { gamma, lambda: gaeLambda }) };
  }

  /** Policies that come with the agent, by name. */
  protected policies(): Readonly<Record<string, (spaces: PolicySpaces, kwargs: object | undefined) => ActorCritic>> {
    const make =
      (defaults: PolicyKwargs) =>
      (spaces: PolicySpaces, kwargs: object = {}): ActorCritic =>
        new ActorCriticPolicy(spaces, { ...defaults, ...givenOptions(kwargs) });
    return { MlpPolicy: make({}), CnnPolicy: make(CNN_KWARGS), MultiInputPolicy: make(MULTI_INPUT_KWARGS) };
  }

  #policyOf(policy: string | ActorCritic): ActorCritic {
    const { op, policyKwargs, useSde = false } = this.rule;
    const policies = this.policies();
    const names = quotedNames(policies);
    if (typeof policy === 'string' && Object.hasOwn(policies, policy)) {
      const spaces = { observationSpace: this.env.singleObservationSpace, actionSpace: this.env.singleActionSpace };
      manualSeed(this.seed);
      return policies[policy]!(spaces, useSde ? { ...policyKwargs, useSde } : policyKwargs);
    }
    if (typeof policy === 'string' || typeof policy?.forward !== 'function') {
      throw argumentError(
        op,
        `there is no such policy. Got ${show(policy)}; expected ${names} or a module. Pass one of them.`,
      );
    }
    if (policyKwargs !== undefined || useSde) {
      throw argumentError(
        op,
        `policyKwargs and useSde are settings of ${names}. Got them beside a module; expected none. Leave them out.`,
      );
    }
    this.checkPolicy(policy);
    return policy;
  }

  /** Refuses a module that the agent cannot learn with. */
  protected checkPolicy({ stateSize = 0 }: ActorCritic): void {
    if (stateSize === 0) return;
    throw argumentError(
      this.rule.op,
      `the policy has a memory, which this agent would not keep. Got a module of stateSize ${stateSize}; expected one without. ` +
        'Pass it to RecurrentPPO.',
    );
  }

  protected override maskOf(mask: ArrayLike<number>, count: number): Float32Array {
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

const noNoise = (op: string, sdeSampleFreq: number): Error =>
  argumentError(
    op,
    `there is no noise to keep. Got sdeSampleFreq ${sdeSampleFreq} without useSde; expected both, or neither. Pass useSde: true.`,
  );
