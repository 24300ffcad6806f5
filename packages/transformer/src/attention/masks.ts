import {
  DTypeError,
  ShapeError,
  equal,
  formatShape,
  greater,
  iota,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  notEqual,
  sub,
  unsqueeze,
  add,
} from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';

/**
 * Which keys a causal query may attend to: those up to its own position.
 * @param queries - Number of queries.
 * @param keys - Number of keys. Default: as many as queries.
 * @param offset - Position of query 0 among the keys. Default 0.
 * @returns `[queries, keys]`, bool.
 * @example
 * await toArray(causalMask(2)); // => [[true, false], [true, true]]
 * @category Masks
 */
export function causalMask(queries: Dim, keys: Dim = queries, offset = 0): Tensor {
  return lessEqual(iota(keys), add(unsqueeze(iota(queries), 1), offset));
}

/**
 * Which keys a query may attend to within a window: less than `window` positions away.
 * @param size - Number of queries, and of keys.
 * @param window - With its own place: 1 is the query's own key alone.
 * @param options.isCausal - Only keys up to the query's position. Default true.
 * @returns `[size, size]`, bool.
 * @example
 * await toArray(slidingWindowMask(3, 2)); // => [[true, false, false], [true, true, false], [false, true, true]]
 * @category Masks
 */
export function slidingWindowMask(size: Dim, window: number, options: { readonly isCausal?: boolean } = {}): Tensor {
  checkOptionNames('slidingWindowMask', options, ['isCausal']);
  const query = unsqueeze(iota(size), 1);
  const recent = greater(iota(size), sub(query, window));
  const { isCausal = true } = options;
  return logicalAnd(recent, isCausal ? lessEqual(iota(size), query) : less(iota(size), add(query, window)));
}

/**
 * Which keys may be attended to when the first tokens of each row are read in both directions and the others from left to right.
 * @param lengths - `[batch]`, int32: the tokens of each row's prefix.
 * @param size - Number of queries, and of keys.
 * @returns `[batch, 1, size, size]`, bool.
 * @example
 * const mask = prefixMask(tensor([2], { dtype: 'int32' }), 3);
 * await toArray(mask); // => [[[[true, true, false], [true, true, false], [true, true, true]]]]
 * @see Raffel et al. 2020, figure 4, https://arxiv.org/abs/1910.10683
 * @category Masks
 */
export function prefixMask(lengths: Tensor, size: Dim): Tensor {
  const inPrefix = less(iota(size), unsqueeze(lengths, [1, 2, 3])); // [batch, 1, 1, size]
  return logicalOr(inPrefix, causalMask(size));
}

/**
 * Which keys may be attended to where several texts stand in one row: those of the query's own text. With a causal model, the mask of
 * packed windows (`packed` of `@gai/data`).
 * @param segments - `[batch, time]`, int32: the number of the text that each token belongs to.
 * @returns `[batch, time, time]`, bool: an `attentionMask` for models.
 * @example
 * await toArray(segmentMask(tensor([[0, 0, 1]], { dtype: 'int32' }))); // => [[[true, true, false], [true, true, false], [false, false, true]]]
 * @category Masks
 */
export function segmentMask(segments: Tensor): Tensor {
  if (segments.shape.length === 2) return equal(unsqueeze(segments, 2), unsqueeze(segments, 1));
  throw new ShapeError(
    `segmentMask: the segments do not fit. Got ${formatShape(segments.shape)}; expected [batch,time]. Reshape them.`,
    { op: 'segmentMask' },
  );
}

/**
 * An attention mask as tokenizers give it, for scores: true where a key counts.
 * @param attentionMask - `[batch, keys]`, or `[batch, queries, keys]` for a mask of every query's own; 0 or false for padding.
 * @returns `[batch, 1, 1 or queries, keys]`, bool.
 * @throws {@link ShapeError} for another number of axes.
 * @example
 * await toArray(paddingMask(tensor([[1, 1, 0]], { dtype: 'int32' }))); // => [[[[true, true, false]]]]
 * @category Masks
 */
export function paddingMask(attentionMask: Tensor): Tensor {
  const { dtype, shape } = attentionMask;
  if (dtype === 'bfloat16') {
    throw new DTypeError(`paddingMask: not a mask. Got ${dtype}; expected bool, int32 or int64. Cast it.`, {
      op: 'paddingMask',
    });
  }
  const kept = dtype === 'bool' ? attentionMask : notEqual(attentionMask, 0);
  if (shape.length === 2) return unsqueeze(kept, [1, 2]);
  if (shape.length === 3) return unsqueeze(kept, 1);
  throw new ShapeError(
    `paddingMask: the mask does not fit. Got ${formatShape(shape)}; expected [batch,keys] or [batch,queries,keys]. Reshape it.`,
    { op: 'paddingMask' },
  );
}
