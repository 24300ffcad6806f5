import type { TypedArray } from '@gai/core';
import { hostGae } from '../losses/host.ts';

/** Sizes of a {@link RolloutBuffer}. */
export interface RolloutSizes {
  /** Steps of each env. */
  readonly nSteps: number;
  readonly numEnvs: number;
  /** Numbers of an observation. */
  readonly observation: number;
  /** Numbers of an action. */
  readonly action: number;
  readonly actionDType: 'int32' | 'float32';
  /** Entries of an action mask; 0 without masks. */
  readonly mask: number;
  /** Numbers that the policy remembers of an episode; 0 for one that does not. */
  readonly state: number;
}

/** What one step of all envs adds. */
export interface RolloutStep {
  readonly observations: Float32Array;
  readonly actions: TypedArray;
  readonly mask?: Float32Array | undefined;
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  /** Of a policy that remembers. */
  readonly memory?: RolloutMemory | undefined;
}

/** What a policy with a memory knew at one step of all envs, and thought of it. */
export interface RolloutMemory {
  /** Before the step, whatever episode that was of. */
  readonly states: Float32Array;
  /** 1 where an episode began. */
  readonly starts: Float32Array;
  readonly values: TypedArray;
  readonly logProbs: TypedArray;
}

/** What a policy thinks of the steps of a buffer. */
export interface Judged {
  /** Values of the observations, one per row. */
  readonly values: ArrayLike<number>;
  /** Values of the observations after the last step, one per env. */
  readonly last: ArrayLike<number>;
  /** Values of {@link RolloutBuffer.finals}, in order. */
  readonly finals: ArrayLike<number>;
}

/** Steps of several envs, one after the other, each with all envs side by side: row `t · numEnvs + env`. */
export class RolloutBuffer {
  /** Steps taken in. */
  position = 0;
  readonly sizes: RolloutSizes;
  readonly observations: Float32Array;
  readonly actions: Int32Array | Float32Array;
  readonly masks: Float32Array;
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  /** Of a policy that remembers, else empty: see {@link RolloutMemory}. */
  readonly states: Float32Array;
  readonly starts: Float32Array;
  readonly values: Float32Array;
  readonly logProbs: Float32Array;
  /** The last observations of truncated episodes by row. */
  readonly finals = new Map<number, Float32Array>();

  constructor(sizes: RolloutSizes) {
    this.sizes = sizes;
    const rows = sizes.nSteps * sizes.numEnvs;
    this.observations = new Float32Array(rows * sizes.observation);
    const actions = rows * sizes.action;
    this.actions = sizes.actionDType === 'int32' ? new Int32Array(actions) : new Float32Array(actions);
    this.masks = new Float32Array(rows * sizes.mask);
    this.rewards = new Float64Array(rows);
    this.terminations = new Uint8Array(rows);
    this.truncations = new Uint8Array(rows);
    this.states = new Float32Array(rows * sizes.state);
    const remembered = sizes.state === 0 ? 0 : rows;
    this.starts = new Float32Array(remembered);
    this.values = new Float32Array(remembered);
    this.logProbs = new Float32Array(remembered);
  }

  /** Rows of a full buffer. */
  get rows(): number {
    return this.rewards.length;
  }

  /** Rows so far. */
  get filled(): number {
    return this.position * this.sizes.numEnvs;
  }

  get isFull(): boolean {
    return this.position === this.sizes.nSteps;
  }

  /** Takes in one step; everything is copied. */
  add(step: RolloutStep): void {
    const { numEnvs, observation, action, mask } = this.sizes;
    const row = this.position * numEnvs;
    this.observations.set(step.observations, row * observation);
    this.actions.set(step.actions as Int32Array, row * action);
    if (step.mask !== undefined) this.masks.set(step.mask, row * mask);
    this.rewards.set(step.rewards, row);
    this.terminations.set(step.terminations, row);
    this.truncations.set(step.truncations, row);
    if (step.memory !== undefined) this.#remember(row, step.memory);
    this.position++;
  }

  #remember(row: number, { states, starts, values, logProbs }: RolloutMemory): void {
    this.states.set(states, row * this.sizes.state);
    this.starts.set(starts, row);
    this.values.set(values as Float32Array, row);
    this.logProbs.set(logProbs as Float32Array, row);
  }

  clear(): void {
    this.position = 0;
    this.finals.clear();
  }

  /**
   * Advantages and returns of the steps so far, float32. An episode that was truncated, or goes on beyond the last step, ends
   * in the value of its next observation.
   */
  estimate(
    { values, last, finals }: Judged,
    options: { readonly gamma: number; readonly lambda: number },
  ): { advantages: Float32Array; returns: Float32Array } {
    const { numEnvs } = this.sizes;
    const { filled } = this;
    const nextValues = new Float32Array(filled);
    for (let row = numEnvs; row < filled; row++) nextValues[row - numEnvs] = values[row]!;
    nextValues.set(last, filled - numEnvs);
    let at = 0;
    for (const row of this.finals.keys()) nextValues[row] = finals[at++]!;
    const rewards = this.rewards.subarray(0, filled);
    const terminations = this.terminations.subarray(0, filled);
    const truncations = this.truncations.subarray(0, filled);
    const inputs = { rewards, values, nextValues, terminations, truncations };
    const { advantages, returns } = hostGae(inputs, { ...options, numEnvs });
    return { advantages: Float32Array.from(advantages), returns: Float32Array.from(returns) };
  }
}
