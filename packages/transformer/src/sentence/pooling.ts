import {
  add,
  cast,
  concat,
  div,
  iota,
  max,
  maximum,
  mul,
  norm,
  slice,
  sqrt,
  squeeze,
  sum,
  takeAlongAxis,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';

/** How the hidden states of a text's tokens become one vector. */
export type PoolingMode = 'cls' | 'mean' | 'max' | 'mean_sqrt_len' | 'weightedmean' | 'lasttoken';

type Pool = (hidden: Tensor, kept: Tensor) => Tensor;

/** `[batch, time, features]` and a mask `[batch, time, 1]` of numbers → `[batch, features]`. */
const POOLS: Readonly<Record<PoolingMode, Pool>> = {
  cls: (hidden) => squeeze(slice(hidden, [null, [0, 1]]), 1),
  mean: (hidden, kept) => div(sum(mul(hidden, kept), { axis: 1 }), maximum(sum(kept, { axis: 1 }), 1e-9)),
  max: (hidden, kept) => max(where(cast(kept, 'bool'), hidden, -1e9), { axis: 1 }),
  mean_sqrt_len: (hidden, kept) =>
    div(sum(mul(hidden, kept), { axis: 1 }), sqrt(maximum(sum(kept, { axis: 1 }), 1e-9))),
  weightedmean: (hidden, kept) => POOLS.mean(hidden, mul(kept, weightsOf(hidden))),
  lasttoken: (hidden, kept) => {
    const places = mul(cast(unsqueeze(iota(hidden.shape[1]!), 1), 'float32'), kept); // [batch, time, 1]
    return squeeze(takeAlongAxis(hidden, cast(max(places, { axis: 1, keepDims: true }), 'int32'), { axis: 1 }), 1);
  },
};

/** 1, 2, 3, … for the places. */
const weightsOf = (hidden: Tensor): Tensor => cast(add(unsqueeze(iota(hidden.shape[1]!), 1), 1), hidden.dtype);

export const poolingModes: readonly PoolingMode[] = Object.keys(POOLS) as PoolingMode[];

/**
 * One vector of the hidden states of each text, as sentence-transformers makes it. Several modes are put side by side.
 *
 * `mean` (the most usual) is the mean over the tokens that count, `cls` the first token, `max` the largest of each feature, `lasttoken` the
 * last token that counts.
 * @param hidden - `[batch, time, features]`.
 * @param attentionMask - `[batch, time]`: 0 or false for tokens that only fill up a batch.
 * @param modes - One or several.
 * @returns `[batch, features · modes]`.
 * @example
 * const hidden = tensor([[[1, 2], [3, 4], [9, 9]]]);
 * await toArray(pool(hidden, tensor([[1, 1, 0]]), 'mean')); // => [[2, 3]]
 * @see Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084
 * @category Sentence embeddings
 */
export function pool(hidden: Tensor, attentionMask: Tensor, modes: PoolingMode | readonly PoolingMode[]): Tensor {
  const kept = cast(unsqueeze(attentionMask, -1), hidden.dtype);
  const vectors = [modes].flat().map((mode) => POOLS[mode as PoolingMode](hidden, kept));
  return vectors.length === 1 ? vectors[0]! : concat(vectors, { axis: -1 });
}

/** Vectors of length 1: `x / max(‖x‖, 1e-12)`. */
export function normalized(x: Tensor): Tensor {
  return div(x, maximum(norm(x, { axis: -1, keepDims: true }), 1e-12));
}
