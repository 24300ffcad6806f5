import { hostLeaf } from '@gai/core/ops';
import type { Tensor, TypedArray } from '@gai/core';
import { argumentError } from '../errors.ts';
import type { Random } from '../tabular/random.ts';
import type { VectorStepResult } from '../vector/vector-env.ts';
import { fitting, loadAgent } from './agent-checkpoint.ts';
import type { AgentLoadOptions, AgentSource } from './agent-checkpoint.ts';
import type { Memory, SavedMemory } from './agent.ts';
import type { Judgement } from './on-policy-agent.ts';
import { CNN_KWARGS, MULTI_INPUT_KWARGS } from './policy.ts';
import type { ActorCritic, PolicyOutput, PolicySpaces } from './policy.ts';
import type { Rows } from './policy-runner.ts';
import { PolicyState } from './policy-state.ts';
import { PPO, PPO_DEFAULTS } from './ppo.ts';
import type { PPOMinibatch, PPOOptions } from './ppo.ts';
import { RecurrentActorCriticPolicy } from './recurrent-policy.ts';
import type { RecurrentPolicyKwargs } from './recurrent-policy.ts';
import { RecurrentRunner } from './recurrent-runner.ts';
import type { Minibatch } from './rollout-tensors.ts';
import type { RolloutMemory } from './rollout-buffer.ts';
import type { AgentEnv } from './same-step.ts';
import { laneSizes, sequences } from './sequences.ts';
import { givenOptions } from './settings.ts';

/** Options of {@link RecurrentPPO}: sb3-contrib's, with its defaults (`nSteps` and `batchSize` 128). */
export interface RecurrentPPOOptions extends PPOOptions {
  /** Settings of `'MlpLstmPolicy'`, `'CnnLstmPolicy'` and `'MultiInputLstmPolicy'`. */
  readonly policyKwargs?: RecurrentPolicyKwargs | undefined;
}

/** The policy of {@link RecurrentPPO}: one that comes with it, or any module with a `stateSize`. */
export type RecurrentPolicyOf = 'MlpLstmPolicy' | 'CnnLstmPolicy' | 'MultiInputLstmPolicy' | ActorCritic;

const KIND = { op: 'RecurrentPPO', defaults: { ...PPO_DEFAULTS, nSteps: 128, batchSize: 128 } };

/**
 * PPO with a policy that remembers: for envs that do not show all that matters (velocities, what was seen before).
 *
 * The memory of each env is kept from step to step and forgotten where an episode begins; the rollout holds what was known before every
 * step. Minibatches are steps that follow each other, and gradients go back through them to the beginning of the episode or of the
 * minibatch: sb3-contrib's `RecurrentPPO`, whose names and defaults it has. Its padded sequences lie here in lanes of one size, so
 * that nothing is compiled anew.
 *
 * `predict` needs to know what the policy remembers: see {@link PolicyState}. {@link evaluatePolicy} takes care of it.
 *
 * @param policy - `'MlpLstmPolicy'`, `'CnnLstmPolicy'` for images, `'MultiInputLstmPolicy'` for records, or a module with a `stateSize` that takes and gives a state.
 * @param env - Several envs (`makeVec`), one, or an id.
 * @param options - Default {@link RecurrentPPOOptions}' own.
 * @throws ArgumentError for an unknown option, one out of range, or a policy without a memory.
 * @example
 * import { makeVec } from '@gai/rl';
 * import { RecurrentPPO } from '@gai/rl/deep';
 * const options = { nSteps: 16, batchSize: 32, nEpochs: 2, policyKwargs: { lstmHiddenSize: 8 }, seed: 0 };
 * const agent = new RecurrentPPO('MlpLstmPolicy', makeVec('CartPole-v1', { numEnvs: 2 }), options);
 * await agent.learn({ totalTimesteps: 32 });
 * agent.numTimesteps; // => 32
 * @see Pleines et al. 2023, https://arxiv.org/abs/2205.11104
 * @category Deep agents
 * @since 0.1.0
 */
export class RecurrentPPO extends PPO {
  readonly #runner: RecurrentRunner;
  /** What the policy remembers of the envs. @internal */
  protected recurrent: PolicyState;

  constructor(policy: RecurrentPolicyOf, env: AgentEnv, options: RecurrentPPOOptions = {}) {
    super(policy, env, options, KIND);
    this.#runner = new RecurrentRunner(this.policy, this);
    this.recurrent = this.initialState(this.env.numEnvs);
  }

  /**
   * An agent from a file that `save` wrote, ready to predict and to go on.
   *
   * @param source - The file, or what `loadCheckpoint` read from it.
   * @param given - Envs, and options that differ from the saved ones.
   * @throws DataError if the file holds no RecurrentPPO.
   */
  static override load(source: AgentSource, given: AgentLoadOptions & RecurrentPPOOptions): Promise<RecurrentPPO> {
    const make = (policy: string | ActorCritic, env: AgentEnv, options: RecurrentPPOOptions): RecurrentPPO =>
      new RecurrentPPO(policy as RecurrentPolicyOf, env, options);
    return loadAgent<RecurrentPPOOptions, RecurrentPPO>(source, given, { op: KIND.op, make });
  }

  /** What the policy knows at the beginning of so many episodes, for `predict` and `predictBatch`. */
  override initialState(count = 1): PolicyState {
    return super.initialState(count)!;
  }

  protected override get stateSize(): number {
    return this.policy.stateSize!;
  }

  protected override policies(): ReturnType<PPO['policies']> {
    const make =
      (defaults: RecurrentPolicyKwargs) =>
      (spaces: PolicySpaces, kwargs: object = {}): ActorCritic =>
        new RecurrentActorCriticPolicy(spaces, { ...defaults, ...givenOptions(kwargs) });
    return { MlpLstmPolicy: make({}), CnnLstmPolicy: make(CNN_KWARGS), MultiInputLstmPolicy: make(MULTI_INPUT_KWARGS) };
  }

  protected override checkPolicy({ stateSize }: ActorCritic): void {
    if (Number.isSafeInteger(stateSize) && stateSize! > 0) return;
    throw argumentError(
      KIND.op,
      `the policy has no memory. Got a module of stateSize ${String(stateSize)}; expected a whole number of at least 1. Give it a ` +
        'stateSize, or pass it to PPO.',
    );
  }

  // --- Acting.

  protected override async act(rows: Rows, draw: number): Promise<{ actions: TypedArray; memory: RolloutMemory }> {
    const state = this.recurrent;
    const [states, starts] = [state.values, state.starts.slice()];
    const { actions, values, logProbs, states: next } = await this.#runner.sample({ ...rows, state }, draw);
    state.advance(next);
    return { actions, memory: { states, starts, values, logProbs } };
  }

  protected override stepped({ terminations, truncations }: VectorStepResult<unknown>): void {
    for (let index = 0; index < terminations.length; index++) {
      if (terminations[index] !== 0 || truncations[index] !== 0) this.recurrent.restart(index);
    }
  }

  protected override async predicted(rows: Rows, draw: number | undefined): Promise<TypedArray> {
    const { actions, states } = await (draw === undefined ? this.#runner.mode(rows) : this.#runner.sample(rows, draw));
    rows.state!.advance(states);
    return actions;
  }

  /** Values and log-probabilities were computed on the way; a truncated episode ends with what was known after its last step. */
  protected override async judge(): Promise<Judgement> {
    const { buffer, stateSize } = this;
    const { numEnvs } = this.env;
    const { values, starts } = this.recurrent;
    const rows = this.after();
    const known = new Float32Array(rows.count * stateSize);
    const begun = new Float32Array(rows.count);
    known.set(values);
    begun.set(starts);
    [...buffer.finals.keys()].forEach((row, index) => {
      const after = row + numEnvs;
      const states = after < buffer.filled ? buffer.states : values;
      const at = (after < buffer.filled ? after : after - buffer.filled) * stateSize;
      known.set(states.subarray(at, at + stateSize), (numEnvs + index) * stateSize);
    });
    const next = await this.#runner.values(rows, { values: known, starts: begun });
    return { values: buffer.values.slice(), logProbs: buffer.logProbs.slice(), next };
  }

  // --- Learning.

  protected override evaluate(policy: ActorCritic, batch: Minibatch, minibatch: PPOMinibatch): PolicyOutput {
    const { steps, first, places } = minibatch as PPOMinibatch & Record<'steps' | 'first' | 'places', Tensor>;
    const column = (name: keyof Minibatch, index: Tensor): Tensor => this.tensors.column(name, index);
    return policy.forward(column('observations', steps), batch.masks, {
      state: column('states', first),
      starts: column('starts', steps),
      rows: places,
    });
  }

  protected override minibatches(rows: number, random: Random): PPOMinibatch[] {
    const { nSteps, numEnvs } = this.buffer.sizes;
    const sizes = { nSteps, numEnvs, batchSize: this.batchSize };
    const { lanes, length } = laneSizes(sizes);
    const tensor = (array: Int32Array, shape: readonly number[]): Tensor =>
      hostLeaf(array, { dtype: 'int32', shape }, false);
    return sequences(sizes, random.integer(rows)).map(({ index, steps, first, places }) => ({
      index: tensor(index, [index.length]),
      steps: tensor(steps, [length, lanes]),
      first: tensor(first, [lanes]),
      places: tensor(places, [places.length]),
    }));
  }

  // --- Going on from a file.

  protected override memory(goesOn: boolean): Memory {
    const { tensors, progress } = super.memory(goesOn);
    if (!goesOn) return { tensors, progress };
    const { values, starts } = this.recurrent;
    const tensor = (array: Float32Array): Tensor =>
      hostLeaf(array.slice(), { dtype: 'float32', shape: [array.length] }, false);
    return { tensors: { ...tensors, 'acting.state': tensor(values), 'acting.starts': tensor(starts) }, progress };
  }

  protected override async recall(saved: SavedMemory): Promise<() => void> {
    const recall = await super.recall(saved);
    if (!saved.goesOn) return recall;
    const { values, starts } = this.recurrent;
    const read = (name: string, like: Float32Array): Promise<Float32Array> =>
      fitting(KIND.op, name, { tensor: saved.tensors[name], like });
    const [known, begun] = [await read('acting.state', values), await read('acting.starts', starts)];
    return () => {
      recall();
      this.recurrent.values = known;
      this.recurrent.starts.set(begun);
    };
  }

  protected override forget(): void {
    super.forget();
    this.recurrent = this.initialState(this.env.numEnvs);
  }

  protected override restarted(): void {
    super.restarted();
    this.recurrent = this.initialState(this.env.numEnvs);
  }
}
