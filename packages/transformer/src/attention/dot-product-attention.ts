import { attentionWeights, matmul, scaledDotProductAttention } from '@gai/core';
import type { AttentionOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dropout, Module } from '@gai/nn';
import { repeatHeads } from './heads.ts';

const OPTIONS: readonly (keyof AttentionOptions)[] = ['mask', 'isCausal', 'window', 'offset', 'scale', 'enableGqa'];

/** Options of {@link DotProductAttention}. */
export interface DotProductAttentionOptions {
  /** Probability of a weight to be dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** Whether the keys come from the sequence of the queries (`self`) or another one. For {@link inspectForward}. Default `self`. */
  readonly kind?: 'self' | 'cross' | undefined;
}

/**
 * `softmax(q kᵀ · scale + mask) v` as a module without parameters: the one place through which every family here attends
 * (but with a cache, of which `CacheView.attend` is), so that {@link inspectForward} finds it, dropout is applied alike, and the fused
 * kernel is used where there is one.
 *
 * Randomness: with `dropout` one key per call in training, from `trainStep`, `fit` or `withRandomKey`.
 * @example
 * const x = tensor(new Float32Array(24), { shape: [1, 2, 3, 4] });
 * new DotProductAttention().forward(x, x, x, { isCausal: true }).shape; // => [1, 2, 3, 4]
 * @category Attention
 */
export class DotProductAttention extends Module {
  readonly dropout: Dropout;
  readonly kind: 'self' | 'cross';

  constructor(options: DotProductAttentionOptions = {}) {
    checkOptionNames('DotProductAttention', options, ['dropout', 'kind']);
    super();
    const { dropout = 0, kind = 'self' } = options;
    this.dropout = new Dropout({ p: dropout });
    this.kind = kind;
  }

  /** `[batch, heads, queries, depth]`, and keys and values of as many heads or fewer → `[batch, heads, queries, valueDepth]`. */
  forward(query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions): Tensor;
  // oxlint-disable-next-line max-params -- three operands, as everywhere else.
  forward(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
    checkOptionNames('DotProductAttention.forward', options, OPTIONS);
    const settings = { ...options, enableGqa: true };
    if (!this.dropout.training || this.dropout.p === 0) return scaledDotProductAttention(query, key, value, settings);
    const weights = this.dropout.forward(attentionWeights(query, key, settings));
    return matmul(weights, repeatHeads(value, query.shape[1] as number));
  }
}
