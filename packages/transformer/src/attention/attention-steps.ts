import { attentionWeights, matmul, mul, scaledDotProductAttention } from '@gai/core';
import type { AttentionOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { repeatHeads } from './heads.ts';

/** Everything attention computes on its way, as tensors of `[batch, heads, …]`. */
export interface AttentionSteps {
  /** `q kᵀ`, `[batch, heads, queries, keys]`. */
  readonly scores: Tensor;
  /** `q kᵀ · scale`, before any mask or bias, `[batch, heads, queries, keys]`. */
  readonly scaled: Tensor;
  /** `softmax(q kᵀ · scale + mask)`, `[batch, heads, queries, keys]`; a query that may attend to nothing has 0. */
  readonly weights: Tensor;
  /** `weights · v`: what each head gives, `[batch, heads, queries, valueDepth]`. */
  readonly output: Tensor;
}

/**
 * Attention with every intermediate: what `scaledDotProductAttention` gives, and how it came about. Groups of query heads may
 * share a head of keys and values.
 *
 * To look at, not to run fast: the model itself calls the fused kernel where there is one.
 * @param query - `[batch, heads, queries, depth]`.
 * @param key - `[batch, keyHeads, keys, depth]`; `keyHeads` divides `heads`.
 * @param value - `[batch, keyHeads, keys, valueDepth]`.
 * @param options - As for `scaledDotProductAttention`.
 * @example
 * const x = tensor([[[[1, 0], [0, 1]]]]);
 * const { scores, weights } = attentionSteps(x, x, x, { isCausal: true });
 * await toArray(scores); // => [[[[1, 0], [0, 1]]]]
 * weights.shape; // => [1, 1, 2, 2]
 * @see Vaswani et al. 2017, eq. 1, https://arxiv.org/abs/1706.03762
 * @category Attention
 */
export function attentionSteps(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  // oxlint-disable-next-line max-params -- three operands, as everywhere else.
  options: AttentionOptions = {},
): AttentionSteps {
  checkOptionNames('attentionSteps', options, ['mask', 'isCausal', 'window', 'offset', 'scale', 'enableGqa']);
  const [, heads, , depth] = query.shape as readonly number[];
  const scores = matmul(query, repeatHeads(key, heads!), { transposeB: true });
  const settings = { ...options, enableGqa: true };
  return {
    scores,
    scaled: mul(scores, options.scale ?? 1 / Math.sqrt(depth!)),
    weights: attentionWeights(query, key, settings),
    output: scaledDotProductAttention(query, key, value, settings),
  };
}
