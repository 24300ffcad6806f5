import { ArgumentError } from '@gai/core';
import type { AttentionOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module, RMSNorm } from '@gai/nn';
import type { CacheView, Linear } from '@gai/nn';
import { linear } from '../layers/initial.ts';
import { applyRotary } from '../positions/rotary.ts';
import type { RotaryAngles, RotaryLayout } from '../positions/rotary.ts';
import { DotProductAttention } from './dot-product-attention.ts';
import { joinHeads, splitHeads } from './heads.ts';

/** Options of {@link GroupedQueryAttention}. */
export interface GroupedQueryAttentionOptions {
  /** Features of inputs and outputs. */
  readonly dim: number;
  /** Heads of the queries. */
  readonly numHeads: number;
  /** Heads of keys and values; divides `numHeads`. Default `numHeads`: a head each. */
  readonly numKeyValueHeads?: number | undefined;
  /** Features of a head. Default `dim / numHeads`. */
  readonly headDim?: number | undefined;
  /** Whether the maps have a bias. Default false. */
  readonly bias?: boolean | undefined;
  /** Whether the map of what attention gives has one. Default `bias`. */
  readonly outputBias?: boolean | undefined;
  /**
   * Makes norms over the features of each head of queries and keys, before they are turned: what is added to their mean squares. Default:
   * there are none.
   */
  readonly normEps?: number | undefined;
  /** Probability of a weight to be dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** Which features rotary positions pair. Default `halves`. */
  readonly rotaryLayout?: RotaryLayout | undefined;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly std?: number | undefined;
}

/** The names of {@link GroupedQueryAttentionOptions}. */
const NAMES: readonly (keyof GroupedQueryAttentionOptions)[] = [
  'dim',
  'numHeads',
  'numKeyValueHeads',
  'headDim',
  'bias',
  'outputBias',
  'normEps',
  'dropout',
  'rotaryLayout',
  'std',
];

/** What one call of {@link GroupedQueryAttention} attends to, and how. */
export interface GroupedQueryAttentionCall extends AttentionOptions {
  /** Where keys and values come from. Default: the input itself. */
  readonly source?: Tensor | undefined;
  /** Turns queries and keys by their positions. Default: not at all. */
  readonly rotary?: RotaryAngles | undefined;
  /**
   * Keys and values of the tokens before, to which the new ones are added, or those of them that are `kept` (`[batch, time]`).
   * `isCausal` and `offset` follow from it.
   */
  readonly cache?: { readonly view: CacheView; readonly layer: number; readonly kept?: Tensor | undefined } | undefined;
}

/**
 * Attention whose query heads share keys and values in groups: `concat(head₁, …) Wᵒ`. With as many key heads as query heads it is
 * multi-head attention, with one it is multi-query attention; with a `source` it is cross-attention.
 *
 * State, under Llama's names: `q_proj.weight` `[numHeads · headDim, dim]`, `k_proj.weight` and `v_proj.weight`
 * `[numKeyValueHeads · headDim, dim]`, `o_proj.weight` `[dim, numHeads · headDim]`, and biases if there are any; with `normEps`
 * `q_norm.weight` and `k_norm.weight` `[headDim]`, as Qwen3 has them.
 * @throws {@link ArgumentError} if the heads cannot be grouped.
 * @example
 * const layer = new GroupedQueryAttention({ dim: 8, numHeads: 4, numKeyValueHeads: 2 });
 * const x = tensor(new Float32Array(24), { shape: [1, 3, 8] });
 * layer.forward(x, { isCausal: true }).shape; // => [1, 3, 8]
 * @see Ainslie et al. 2023, https://arxiv.org/abs/2305.13245
 * @category Attention
 */
export class GroupedQueryAttention extends Module {
  readonly q_proj: Linear;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly o_proj: Linear;
  readonly q_norm: RMSNorm | null;
  readonly k_norm: RMSNorm | null;
  readonly core: DotProductAttention;
  readonly headDim: number;
  readonly rotaryLayout: RotaryLayout;

  constructor(options: GroupedQueryAttentionOptions) {
    checkOptionNames('GroupedQueryAttention', options, NAMES);
    super();
    const { dim, numHeads, numKeyValueHeads = numHeads, bias = false, std = 0.02, dropout } = options;
    const { headDim = dim / numHeads } = options;
    if (numHeads % numKeyValueHeads !== 0 || !Number.isInteger(headDim)) throw notGrouped(options);
    this.headDim = headDim;
    this.rotaryLayout = options.rotaryLayout ?? 'halves';
    this.q_proj = linear(dim, numHeads * headDim, { std, bias });
    this.k_proj = linear(dim, numKeyValueHeads * headDim, { std, bias });
    this.v_proj = linear(dim, numKeyValueHeads * headDim, { std, bias });
    this.o_proj = linear(numHeads * headDim, dim, { std, bias: options.outputBias ?? bias });
    const norm = (): RMSNorm | null =>
      options.normEps === undefined ? null : new RMSNorm({ normalizedShape: headDim, eps: options.normEps });
    this.q_norm = norm();
    this.k_norm = norm();
    this.core = new DotProductAttention({ dropout });
  }

  /** `[batch, time, dim]` → `[batch, time, dim]`. */
  forward(x: Tensor, call: GroupedQueryAttentionCall = {}): Tensor {
    const { source = x, rotary, cache, ...options } = call;
    const turn = (given: Tensor, norm: RMSNorm | null): Tensor => {
      const heads = norm?.forward(given) ?? given;
      return rotary === undefined ? heads : applyRotary(heads, rotary, this.rotaryLayout);
    };
    const query = turn(splitHeads(this.q_proj.forward(x), this.headDim), this.q_norm);
    const key = turn(splitHeads(this.k_proj.forward(source), this.headDim), this.k_norm);
    const value = splitHeads(this.v_proj.forward(source), this.headDim);
    const heads =
      cache === undefined
        ? this.core.forward(query, key, value, options)
        : cache.view.attend(cache.layer, query, { key, value }, { ...options, kept: cache.kept });
    return this.o_proj.forward(joinHeads(heads));
  }
}

function notGrouped({ dim, numHeads, numKeyValueHeads = numHeads }: GroupedQueryAttentionOptions): ArgumentError {
  return new ArgumentError(
    `GroupedQueryAttention: the heads do not fit. Got dim ${dim}, numHeads ${numHeads} and numKeyValueHeads ` +
      `${numKeyValueHeads}; expected numKeyValueHeads to divide numHeads, and numHeads to divide dim or a headDim. Change one.`,
    { op: 'GroupedQueryAttention', details: { dim, numHeads, numKeyValueHeads } },
  );
}
