import { data, jit } from '@gai/core';
import type { Jitted, Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { foldIn, key as makeKey } from '@gai/core/random';
import type { ActionHead } from './action-head.ts';
import type { ObservationCodec } from './observation-codec.ts';
import type { ActorCritic, PolicyOutput } from './policy.ts';
import type { Rows } from './policy-runner.ts';
import type { PolicyState } from './policy-state.ts';

/** Inputs of one step of several episodes. */
type Inputs = readonly [observations: Tensor, mask: Tensor | null, state: Tensor, starts: Tensor];

/** What is drawn at one step, and known after it. */
export interface Remembered {
  readonly actions: TypedArray;
  readonly values: TypedArray;
  readonly logProbs: TypedArray;
  readonly states: Float32Array;
}

/** A policy with a memory compiled for acting and judging: one step of every episode at a time. */
export class RecurrentRunner {
  readonly #codec: ObservationCodec;
  readonly #head: ActionHead;
  readonly #key: Tensor;
  readonly #sample: Jitted<[Inputs, Tensor], { action: Tensor; value: Tensor; logProb: Tensor; state: Tensor }>;
  readonly #mode: Jitted<[Inputs], { action: Tensor; state: Tensor }>;
  readonly #values: Jitted<[Inputs], Tensor>;

  constructor(policy: ActorCritic, parts: { codec: ObservationCodec; head: ActionHead; seed: number }) {
    this.#codec = parts.codec;
    this.#head = parts.head;
    this.#key = makeKey(parts.seed);
    const forward = ([observations, mask, state, starts]: Inputs): PolicyOutput & { readonly state: Tensor } => {
      const output = policy.forward(observations, mask ?? undefined, { state, starts });
      return { ...output, state: output.state! };
    };
    this.#sample = jit((inputs: Inputs, key: Tensor) => {
      const { distribution, value, state } = forward(inputs);
      const action = distribution.sample(key);
      return { action, value, logProb: distribution.logProb(action), state };
    });
    this.#mode = jit((inputs: Inputs) => {
      const { distribution, state } = forward(inputs);
      return { action: distribution.mode(), state };
    });
    this.#values = jit((inputs: Inputs) => forward(inputs).value);
  }

  /** Draws an action per row: equal numbers, equal draws. */
  async sample(rows: Rows, draw: number): Promise<Remembered> {
    const { action, value, logProb, state } = await this.#sample(
      this.#inputs(rows, rows.state!),
      foldIn(this.#key, draw),
    );
    const [actions, values, logProbs, states] = await Promise.all([
      data(action),
      data(value),
      data(logProb),
      data(state),
    ]);
    return { actions, values, logProbs, states: states as Float32Array };
  }

  /** The likeliest action per row. */
  async mode(rows: Rows): Promise<Pick<Remembered, 'actions' | 'states'>> {
    const { action, state } = await this.#mode(this.#inputs(rows, rows.state!));
    const [actions, states] = await Promise.all([data(action), data(state)]);
    return { actions, states: states as Float32Array };
  }

  /** Values alone; nothing is remembered. */
  async values(rows: Rows, state: Pick<PolicyState, 'values' | 'starts'>): Promise<TypedArray> {
    return data(await this.#values(this.#inputs(rows, state)));
  }

  #inputs({ observations, mask, count }: Rows, { values, starts }: Pick<PolicyState, 'values' | 'starts'>): Inputs {
    const floats = (array: Float32Array, shape: readonly number[]): Tensor =>
      hostLeaf(array, { dtype: 'float32', shape }, false);
    return [
      floats(observations, [1, count, ...this.#codec.shape]),
      mask === undefined ? null : floats(mask, [count, this.#head.maskSize]),
      floats(values, [count, values.length / count]),
      floats(starts.slice(), [1, count]),
    ];
  }
}
