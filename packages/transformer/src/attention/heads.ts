import { expand, reshape, transpose, unsqueeze } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';

/** `[batch, time, heads · depth]` → `[batch, heads, time, depth]`. */
export function splitHeads(x: Tensor, depth: number): Tensor {
  const [batch, time, features] = x.shape as [Dim, Dim, number];
  return transpose(reshape(x, [batch, time, features / depth, depth]), [0, 2, 1, 3]);
}

/** `[batch, heads, time, depth]` → `[batch, time, heads · depth]`. */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, time, depth] = x.shape as [Dim, number, Dim, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, time, heads * depth]);
}

/** Keys or values `[batch, fewer, keys, depth]` with a copy of each head for every query head that shares it. */
export function repeatHeads(x: Tensor, heads: number): Tensor {
  const [batch, fewer, keys, depth] = x.shape as [Dim, number, Dim, number];
  if (fewer === heads) return x;
  const copies = expand(unsqueeze(x, 2), [batch, fewer, heads / fewer, keys, depth]);
  return reshape(copies, [batch, heads, keys, depth]);
}
