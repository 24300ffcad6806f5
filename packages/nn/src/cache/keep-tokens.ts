import {
  ShapeError,
  addAlongAxis,
  cast,
  cumsum,
  formatShape,
  iota,
  maximum,
  notEqual,
  sub,
  sum,
  takeAlongAxis,
  unsqueeze,
  where,
  zerosLike,
} from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { dimEquals } from '@gai/core/ops';
import type { KeysValues } from './cache-view.ts';

/**
 * Keys and values with the tokens that count at the front of their rows, in their order, and how many these are: for batches that are
 * filled up on the left, or anywhere. {@link KeyValueCache.append} reads the numbers by itself.
 * @param rows - Keys and values `[batch, keyHeads, time, depth]`.
 * @param kept - `[batch, time]`: 0 or false for tokens that only fill up a batch.
 * @returns Of the same shapes; what stands behind the first `counts[i]` of row i means nothing.
 * @throws {@link ShapeError} if the mask is not one of these tokens.
 * @example
 * const key = tensor([[[[0], [7], [8]]]]);
 * const rows = keepTokens({ key, value: key }, tensor([[0, 1, 1]], { dtype: 'int32' }));
 * await toArray(at(rows.key, 0, 0, ':2')); // => [[7], [8]]
 * await toArray(rows.counts!); // => [2]
 * @category Cache
 */
export function keepTokens({ key, value }: KeysValues, kept: Tensor): KeysValues {
  const time = key.shape[2]!;
  const flags = flagsOf(kept, [key.shape[0]!, time]);
  const ones = cast(flags, 'int32');
  // Each token writes its number to where it goes; those that do not count add nothing to a place of another.
  const source = addAlongAxis(zerosLike(ones), placesOf(flags), where(flags, iota(time), 0)); // [batch, time]
  const index = unsqueeze(source, [1, 3]); // [batch, 1, time, 1]
  const front = (x: Tensor): Tensor => takeAlongAxis(x, index, { axis: 2 });
  return { key: front(key), value: front(value), counts: sum(ones, { axis: 1 }) };
}

/** Tokens before each that count, `[batch, time]`, int32; for those that do not, those of the last one before that does. */
export const placesOf = (flags: Tensor): Tensor => maximum(sub(cumsum(cast(flags, 'int32')), 1), 0);

/** A mask of numbers or flags as flags; refuses what is not one of these tokens. */
export function flagsOf(kept: Tensor, size: readonly [Dim, Dim]): Tensor {
  const { dtype, shape } = kept;
  const fits = shape.length === 2 && shape.every((each, axis) => dimEquals(each, size[axis]!));
  if (fits && dtype !== 'bfloat16') return dtype === 'bool' ? kept : notEqual(kept, 0);
  throw new ShapeError(
    `CacheView: the mask is not one of the new tokens. Got ${dtype} ${formatShape(shape)}; expected numbers or bool ${formatShape(size)}. ` +
      `Leave out the tokens before: those that do not count are not in the cache.`,
    { op: 'CacheView', details: { shape: formatShape(shape) } },
  );
}
