import { data, jit } from '@gai/core';
import type { Jitted, Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { foldIn, key as makeKey } from '@gai/core/random';
import type { ActionHead } from './action-head.ts';
import type { ObservationCodec } from './observation-codec.ts';
import type { ActorCritic } from './policy.ts';
import type { PolicyState } from './policy-state.ts';

/** Observations of several envs, and what is allowed in each. */
export interface Rows {
  readonly observations: Float32Array;
  readonly count: number;
  readonly mask?: Float32Array | undefined;
  /** What a policy with a memory knows of each. */
  readonly state?: PolicyState | undefined;
}

/** Steps that random numbers are drawn for in one run: they cost more kernels than a small policy. */
const BLOCK = 128;

/** Draws from here on are those of predictions, each in a run of its own; the ones before are steps of learning. */
export const PREDICTIONS = 2 ** 31;

/** Random numbers of a block of steps. */
interface Noise {
  readonly block: number;
  readonly count: number;
  /** One entry per step, of this shape; undefined for a distribution that gives none. */
  readonly values: TypedArray | undefined;
  readonly shape: readonly number[];
}

/** A policy compiled for acting and judging. */
export class PolicyRunner {
  readonly #codec: ObservationCodec;
  readonly #head: ActionHead;
  readonly #key: Tensor;
  readonly #sample: Jitted<[Tensor, Tensor | null, Tensor], Tensor>;
  readonly #noise: Jitted<[Tensor, Tensor | null, Tensor], { noise?: Tensor }>;
  readonly #fromNoise: Jitted<[Tensor, Tensor | null, Tensor], Tensor>;
  #drawn: Noise | undefined;
  readonly #mode: Jitted<[Tensor, Tensor | null], Tensor>;
  readonly #judge: Jitted<[Tensor, Tensor | null, Tensor], { value: Tensor; logProb: Tensor }>;
  readonly #values: Jitted<[Tensor], Tensor>;

  constructor(policy: ActorCritic, parts: { codec: ObservationCodec; head: ActionHead; seed: number }) {
    this.#codec = parts.codec;
    this.#head = parts.head;
    this.#key = makeKey(parts.seed);
    // What nobody asks for is not computed: an action looks at no value, and a value at no action.
    const actor = (observations: Tensor, mask: Tensor | null) =>
      policy.forward(observations, mask ?? undefined).distribution;
    this.#sample = jit((observations: Tensor, mask: Tensor | null, key: Tensor) =>
      actor(observations, mask).sample(key),
    );
    this.#noise = jit((observations: Tensor, mask: Tensor | null, key: Tensor) => {
      const distribution = actor(observations, mask);
      if (distribution.noise === undefined || distribution.sampleFrom === undefined) return {};
      return { noise: distribution.noise(key, BLOCK) };
    });
    this.#fromNoise = jit((observations: Tensor, mask: Tensor | null, noise: Tensor) =>
      actor(observations, mask).sampleFrom!(noise),
    );
    this.#mode = jit((observations: Tensor, mask: Tensor | null) => actor(observations, mask).mode());
    const judge = (observations: Tensor, mask: Tensor | null, actions: Tensor) => {
      const { distribution, value } = policy.forward(observations, mask ?? undefined);
      return { value, logProb: distribution.logProb(actions) };
    };
    this.#judge = jit(judge, { dynamicAxes: [['batch'], ['batch'], ['batch']] });
    this.#values = jit((observations: Tensor) => policy.forward(observations).value, { dynamicAxes: [['batch']] });
  }

  /** Draws an action per row: equal numbers, equal draws. */
  async sample(rows: Rows, draw: number): Promise<TypedArray> {
    const block = Math.floor(draw / BLOCK);
    const drawn = draw < PREDICTIONS ? await this.#blockOf(rows, block) : undefined;
    if (drawn?.values !== undefined) {
      const { values, shape } = drawn;
      const size = values.length / BLOCK;
      const own = values.subarray((draw - block * BLOCK) * size, (draw - block * BLOCK + 1) * size);
      const noise = hostLeaf(own, { dtype: 'float32', shape }, false);
      return data(await this.#fromNoise(this.#observations(rows), this.#mask(rows), noise));
    }
    return data(await this.#sample(this.#observations(rows), this.#mask(rows), foldIn(this.#key, draw)));
  }

  /** The random numbers of a block of steps: equal numbers, equal draws, wherever one begins. */
  async #blockOf(rows: Rows, block: number): Promise<Noise> {
    const { count } = rows;
    if (this.#drawn?.block === block && this.#drawn.count === count) return this.#drawn;
    const { noise } = await this.#noise(this.#observations(rows), this.#mask(rows), foldIn(this.#key, block));
    const values = noise && (await data(noise));
    this.#drawn = { block, count, values, shape: (noise?.shape.slice(1) ?? []) as readonly number[] };
    return this.#drawn;
  }

  /** The likeliest action per row. */
  async mode(rows: Rows): Promise<TypedArray> {
    return data(await this.#mode(this.#observations(rows), this.#mask(rows)));
  }

  /** Values, and log-probabilities of actions, of many rows in one run. */
  async judge(rows: Rows, actions: TypedArray): Promise<{ values: TypedArray; logProbs: TypedArray }> {
    const { dtype, shape } = this.#head;
    const taken = hostLeaf(actions, { dtype, shape: [rows.count, ...shape] }, false);
    const { value, logProb } = await this.#judge(this.#observations(rows), this.#mask(rows), taken);
    const [values, logProbs] = await Promise.all([data(value), data(logProb)]);
    return { values, logProbs };
  }

  /** Values alone. */
  async values(rows: Rows): Promise<TypedArray> {
    return data(await this.#values(this.#observations(rows)));
  }

  #observations({ observations, count }: Rows): Tensor {
    return hostLeaf(observations, { dtype: 'float32', shape: [count, ...this.#codec.shape] }, false);
  }

  #mask({ mask, count }: Rows): Tensor | null {
    if (mask === undefined) return null;
    return hostLeaf(mask, { dtype: 'float32', shape: [count, this.#head.maskSize] }, false);
  }
}
