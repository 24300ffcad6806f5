import {
  ArgumentError,
  ShapeError,
  attentionWeights,
  div,
  formatShape,
  linear,
  logicalAnd,
  logicalNot,
  matmul,
  reshape,
  scaledDotProductAttention,
  slice,
  transpose,
  unsqueeze,
  where,
} from '@gai/core';
import type { AttentionOptions, Dim, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { bernoulli } from '@gai/core/random';
import { zeros } from '../init/constant.ts';
import { xavierUniform } from '../init/scaled.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { drawKey } from '../random-scope.ts';
import { checkInput, checkProbability, checkSizes } from './check.ts';
import { Linear } from './linear.ts';

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions {
  /** Size of the last axis of queries, keys, values and results. */
  readonly embedDim: number;
  /** How many heads; divides `embedDim`. */
  readonly numHeads: number;
  /** Probability of a weight to be dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** Whether the linear maps have a bias. Default true. */
  readonly bias?: boolean | undefined;
  /** Whether the batch axis comes first: `[batch, time, embedDim]` instead of `[time, batch, embedDim]`. Default false. */
  readonly batchFirst?: boolean | undefined;
}

/** What one call of {@link MultiheadAttention} may attend to. */
export interface MultiheadAttentionMasks {
  /** `[batch, keys]`, bool: true for keys that only fill up a batch and are not attended to. Default: none. */
  readonly keyPaddingMask?: Tensor | undefined;
  /**
   * Broadcasts to `[batch, numHeads, queries, keys]`. bool: true where a query may attend; a float: added to the scores.
   * Default: none.
   */
  readonly mask?: Tensor | undefined;
  /** A query attends to the keys up to its own position only. Default false. */
  readonly isCausal?: boolean | undefined;
  /** A query attends to keys less than so many positions away only. Default: any distance. */
  readonly window?: number | undefined;
  /**
   * For `isCausal` and `window`: the position of query 0 among the keys; an int32 tensor `[batch]` for one per row.
   * Default: 0, which has to be said where there are not as many queries as keys.
   */
  readonly offset?: Dim | Tensor | undefined;
}

/**
 * Attention with several heads: `concat(head₁, …, headₕ) Wᵒ`, each head `softmax(q kᵀ / √d) v` of linear maps of queries,
 * keys and values.
 *
 * A query that may attend to nothing gets the bias of the last map. Randomness: with `dropout` one key per call in
 * training, from `trainStep`, `fit` or `withRandomKey`.
 *
 * **Differs from PyTorch**: `forward` returns the result alone ({@link MultiheadAttention.weights} has the weights), and
 * true in a bool `mask` means attend, as for `scaledDotProductAttention`.
 *
 * State: `in_proj_weight` `[3 · embedDim, embedDim]` (queries, keys, values), `in_proj_bias` `[3 · embedDim]`,
 * `out_proj.weight`, `out_proj.bias`.
 * @throws {@link ArgumentError} if `numHeads` does not divide `embedDim`.
 * @throws {@link ShapeError} if an input does not have `embedDim` features or a mask does not fit.
 * @example
 * const layer = new MultiheadAttention({ embedDim: 8, numHeads: 2, batchFirst: true });
 * const x = tensor(new Float32Array(48), { shape: [2, 3, 8] });
 * layer.forward(x, x, x, { isCausal: true }).shape; // => [2, 3, 8]
 * @see Vaswani et al. 2017, section 3.2.2, https://arxiv.org/abs/1706.03762
 * @category Layers
 */
export class MultiheadAttention extends Module {
  // PyTorch's names in a state dict.
  readonly in_proj_weight: Parameter;
  readonly in_proj_bias: Parameter | null;
  readonly out_proj: Linear;
  readonly embedDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;

  constructor(options: MultiheadAttentionOptions) {
    checkOptionNames('MultiheadAttention', options, ['embedDim', 'numHeads', 'dropout', 'bias', 'batchFirst']);
    super();
    const { embedDim, numHeads, dropout = 0, bias = true, batchFirst = false } = options;
    checkSizes('MultiheadAttention', { embedDim, numHeads });
    checkProbability('MultiheadAttention', dropout, 'dropout');
    if (embedDim % numHeads !== 0) throw notDivided(embedDim, numHeads);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.in_proj_weight = new Parameter(xavierUniform()([3 * embedDim, embedDim]));
    this.in_proj_bias = bias ? new Parameter(zeros()([3 * embedDim])) : null;
    this.out_proj = new Linear({ inFeatures: embedDim, outFeatures: embedDim, bias, biasInit: zeros() });
  }

  /** `[time, batch, embedDim]` (with `batchFirst` `[batch, time, embedDim]`) → the queries' shape. */
  forward(query: Tensor, key?: Tensor, value?: Tensor, masks?: MultiheadAttentionMasks): Tensor;
  // oxlint-disable-next-line max-params -- PyTorch's order.
  forward(query: Tensor, key: Tensor = query, value: Tensor = key, masks: MultiheadAttentionMasks = {}): Tensor {
    const [q, k, v] = [query, key, value].map((x, part) => this.#heads(x, part)) as [Tensor, Tensor, Tensor];
    const options = this.#options(masks);
    const drops = this.training && this.dropout > 0;
    const heads = drops
      ? matmul(this.#dropped(attentionWeights(q, k, options)), v)
      : scaledDotProductAttention(q, k, v, options);
    const joined = transpose(heads, this.batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]); // [batch, H, T, d] → the input's order
    return this.out_proj.forward(reshape(joined, [...joined.shape.slice(0, 2), this.embedDim]));
  }

  /** The weights of every head, without dropout: `[batch, numHeads, queries, keys]`. */
  weights(query: Tensor, key: Tensor = query, masks: MultiheadAttentionMasks = {}): Tensor {
    return attentionWeights(this.#heads(query, 0), this.#heads(key, 1), this.#options(masks));
  }

  /** One of the three linear maps, `[batch, numHeads, time, depth]`. */
  #heads(x: Tensor, part: number): Tensor {
    const axis = { at: -1, size: this.embedDim, option: 'embedDim' };
    const layout = this.batchFirst ? '[batch, time, embedDim]' : '[time, batch, embedDim]';
    checkInput('MultiheadAttention', x, { layout, ranks: [3], axis });
    const rows: [Dim, Dim] = [part * this.embedDim, (part + 1) * this.embedDim];
    const bias = this.in_proj_bias === null ? undefined : slice(this.in_proj_bias, [rows]);
    const mapped = linear(x, slice(this.in_proj_weight, [rows]), bias);
    const divided = reshape(mapped, [...x.shape.slice(0, 2), this.numHeads, this.embedDim / this.numHeads]);
    return transpose(divided, this.batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
  }

  #options({ keyPaddingMask, mask, ...reach }: MultiheadAttentionMasks): AttentionOptions {
    if (keyPaddingMask === undefined) return { mask, ...reach };
    if (keyPaddingMask.dtype !== 'bool' || keyPaddingMask.shape.length !== 2) {
      throw new ShapeError(
        `MultiheadAttention: keyPaddingMask does not fit. Got ${keyPaddingMask.dtype} ${formatShape(keyPaddingMask.shape)}; ` +
          `expected bool [batch,keys], true for padding.`,
        { op: 'MultiheadAttention' },
      );
    }
    const kept = unsqueeze(logicalNot(keyPaddingMask), [1, 2]); // [batch, 1, 1, keys]
    if (mask === undefined) return { mask: kept, ...reach };
    const both = mask.dtype === 'bool' ? logicalAnd(mask, kept) : where(kept, mask, -Infinity);
    return { mask: both, ...reach };
  }

  #dropped(weights: Tensor): Tensor {
    const kept = bernoulli(drawKey('MultiheadAttention'), 1 - this.dropout, weights.shape);
    return where(kept, this.dropout === 1 ? 0 : div(weights, 1 - this.dropout), 0);
  }
}

const notDivided = (embedDim: number, numHeads: number): ArgumentError =>
  new ArgumentError(
    `MultiheadAttention: the features cannot be divided. Got embedDim ${embedDim} and numHeads ${numHeads}; expected a ` +
      `multiple of numHeads. Choose another number of heads.`,
    { op: 'MultiheadAttention', details: { embedDim, numHeads } },
  );
