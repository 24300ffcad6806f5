import {
  add,
  argmax,
  cast,
  concat,
  div,
  greater,
  iota,
  max,
  maximum,
  mul,
  norm,
  sqrt,
  sub,
  sum,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { stateAt } from '../models/last-token.ts';

/** How the hidden states of a text's tokens become one vector. */
export type PoolingMode = 'cls' | 'mean' | 'max' | 'mean_sqrt_len' | 'weightedmean' | 'lasttoken';

/** The hidden states `[batch, time, features]`, and masks `[batch, time, 1]` of numbers: what is pooled, and what is no padding. */
interface Pooled {
  readonly hidden: Tensor;
  readonly kept: Tensor;
  readonly real: Tensor;
}

/** → `[batch, features]`. */
type Pool = (pooled: Pooled) => Tensor;

/** In the order in which they are put side by side, where a file does not say it. */
const POOLS: Readonly<Record<PoolingMode, Pool>> = {
  cls: ({ hidden, kept }) => stateAt(hidden, firstOf(kept)),
  max: ({ hidden, kept }) => max(where(cast(kept, 'bool'), hidden, -1e9), { axis: 1 }),
  mean: ({ hidden, kept }) => div(sum(mul(hidden, kept), { axis: 1 }), maximum(sum(kept, { axis: 1 }), 1e-9)),
  mean_sqrt_len: ({ hidden, kept }) =>
    div(sum(mul(hidden, kept), { axis: 1 }), sqrt(maximum(sum(kept, { axis: 1 }), 1e-9))),
  weightedmean: ({ hidden, kept, real }) => {
    const weighted = mul(kept, sub(add(placesOf(hidden), 1), cast(firstOf(real), hidden.dtype)));
    return POOLS.mean({ hidden, kept: weighted, real });
  },
  lasttoken: ({ hidden, kept }) => {
    const last = cast(max(mul(placesOf(hidden), kept), { axis: 1, keepDims: true }), 'int32');
    return stateAt(mul(hidden, kept), last);
  },
};

/** 0, 1, 2, … for the places, `[time, 1]`. */
const placesOf = (hidden: Tensor): Tensor => cast(unsqueeze(iota(hidden.shape[1]!), 1), hidden.dtype);

/** The first place that counts, `[batch, 1, 1]`, int32; 0 if none does. */
const firstOf = (kept: Tensor): Tensor => argmax(cast(greater(kept, 0), 'int32'), { axis: 1, keepDims: true });

export const poolingModes: readonly PoolingMode[] = Object.keys(POOLS) as PoolingMode[];

/**
 * One vector of the hidden states of each text, as sentence-transformers makes it. Several modes are put side by side.
 *
 * `mean` (the most usual) is the mean over the tokens that count, `cls` the first of them, `max` the largest of each feature, `lasttoken`
 * the last of them, `weightedmean` a mean in which the n-th token of a text counts n times.
 * @param hidden - `[batch, time, features]`.
 * @param attentionMask - `[batch, time]`: 0 or false for tokens that only fill up a batch.
 * @param modes - One or several.
 * @param pooled - `[batch, time]`: 0 or false for tokens that have no part in the vector, such as a prompt. Default: `attentionMask`.
 * @returns `[batch, features · modes]`.
 * @example
 * const hidden = tensor([[[1, 2], [3, 4], [9, 9]]]);
 * await toArray(pool(hidden, tensor([[1, 1, 0]]), 'mean')); // => [[2, 3]]
 * @see Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084
 * @category Sentence embeddings
 */
// oxlint-disable-next-line max-params -- what is pooled how, and two masks.
export function pool(
  hidden: Tensor,
  attentionMask: Tensor,
  modes: PoolingMode | readonly PoolingMode[],
  pooled: Tensor = attentionMask,
): Tensor {
  const column = (mask: Tensor): Tensor => cast(unsqueeze(mask, -1), hidden.dtype);
  const given = { hidden, kept: column(pooled), real: column(attentionMask) };
  const vectors = [modes].flat().map((mode) => POOLS[mode as PoolingMode](given));
  return vectors.length === 1 ? vectors[0]! : concat(vectors, { axis: -1 });
}

/** Vectors of length 1: `x / max(‖x‖, 1e-12)`. */
export function normalized(x: Tensor): Tensor {
  return div(x, maximum(norm(x, { axis: -1, keepDims: true }), 1e-12));
}
