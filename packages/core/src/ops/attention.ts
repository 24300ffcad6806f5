import { checkOptionNames } from '../argument.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import {
  checkOperands,
  defaultScale,
  groupingOf,
  joinHeads,
  repeatHeads,
  sameBatch,
  splitHeads,
} from './attention-heads.ts';
import type { Attended, Grouping } from './attention-heads.ts';
import { checkReach, maskOf } from './attention-mask.ts';
import type { Reach } from './attention-mask.ts';
import { attentionOp } from './attention-op.ts';
import { where } from './compare.ts';

/** Settings of {@link scaledDotProductAttention} and {@link attentionWeights}. */
export interface AttentionOptions {
  /**
   * Broadcasts to `[..., queries, keys]`. bool: true where a query may attend to a key; a float: added to the scores.
   * Default: none.
   */
  readonly mask?: TensorLike | undefined;
  /**
   * A query attends to the keys up to its own position only; together with a mask, to those of them the mask allows.
   * Default false.
   */
  readonly isCausal?: boolean | undefined;
  /**
   * A query attends to keys less than so many positions away: with `isCausal` to the last `window` keys, its own among
   * them (Mistral's and Gemma's `sliding_window`). Default: any distance.
   */
  readonly window?: number | undefined;
  /**
   * For `isCausal` and `window`: the position of query 0 among the keys, so that query i stands at `offset + i`. A number,
   * a size, or an int32 tensor with the first of the sizes before `[queries, depth]` (usually `[batch]`: one per row).
   * Default: 0, which has to be said where there are not as many queries as keys.
   */
  readonly offset?: Dim | Tensor | undefined;
  /** Multiplies the scores. Default `1 / √depth`. */
  readonly scale?: number | undefined;
  /** Let several heads (axis -3) of the queries share a head of keys and values. Default false. */
  readonly enableGqa?: boolean | undefined;
}

/**
 * Attention: `softmax(q kᵀ · scale + mask) v`, with a closed-form gradient that keeps the weights and nothing else of
 * that size.
 *
 * A query that may attend to nothing gets 0, and so do its gradients (as in PyTorch since 2.5).
 *
 * **Differs from PyTorch**: `isCausal` with different numbers of queries and keys throws without an `offset` (PyTorch takes
 * 0: one query against four keys sees the first alone; a decoder's last query wants 3).
 * @param query - `[..., queries, depth]`, a float dtype; usually `[batch, heads, queries, depth]`.
 * @param key - `[..., keys, depth]`, same dtype; axes in front broadcast.
 * @param value - `[..., keys, valueDepth]`, same dtype.
 * @param options.mask - bool (true: attend) or float (added to the scores). Default: none.
 * @param options.isCausal - A query attends to the keys up to its own position. Default false.
 * @param options.window - A query attends to keys less than so many positions away. Default: any distance.
 * @param options.offset - Position of query 0 among the keys. Default 0, for equal numbers of queries and keys.
 * @param options.scale - Multiplies the scores. Default `1 / √depth`.
 * @param options.enableGqa - Groups of query heads share a head of keys and values. Default false.
 * @returns `[..., queries, valueDepth]`.
 * @throws {@link ShapeError} if the sizes do not fit, or it is not said where the queries stand among the keys.
 * @throws {@link DTypeError} if the dtypes are no floats, or differ.
 * @example
 * const x = tensor([[1, 0], [0, 1]]);
 * const y = scaledDotProductAttention(x, x, tensor([[1], [3]]), { isCausal: true, scale: 0 });
 * await toArray(y); // => [[1], [2]]
 * @see Vaswani et al. 2017, eq. 1, https://arxiv.org/abs/1706.03762
 * @category Attention
 */
export function scaledDotProductAttention(
  query: TensorLike,
  key: TensorLike,
  value: TensorLike,
  // oxlint-disable-next-line max-params -- three operands, as everywhere else.
  options: AttentionOptions = {},
): Tensor {
  checkOptionNames('scaledDotProductAttention', options, [
    'mask',
    'isCausal',
    'window',
    'offset',
    'scale',
    'enableGqa',
  ]);
  return attend('scaledDotProductAttention', [query, key, value], options, 0);
}

/**
 * The weights of {@link scaledDotProductAttention}: `softmax(q kᵀ · scale + mask)`, to look at or to drop out from.
 *
 * A query that may attend to nothing has weights 0.
 * @param query - `[..., queries, depth]`, a float dtype.
 * @param key - `[..., keys, depth]`, same dtype; axes in front broadcast.
 * @param options - As for {@link scaledDotProductAttention}.
 * @returns `[..., queries, keys]`; rows sum to 1.
 * @throws {@link ShapeError} if the sizes do not fit.
 * @throws {@link DTypeError} if the dtypes are no floats, or differ.
 * @example
 * const x = tensor([[1, 0], [0, 1]]);
 * await toArray(attentionWeights(x, x, { isCausal: true, scale: 0 })); // => [[1, 0], [0.5, 0.5]]
 * @category Attention
 */
export function attentionWeights(query: TensorLike, key: TensorLike, options: AttentionOptions = {}): Tensor {
  checkOptionNames('attentionWeights', options, ['mask', 'isCausal', 'window', 'offset', 'scale', 'enableGqa']);
  return attend('attentionWeights', [query, key, key], options, 1);
}

// oxlint-disable-next-line max-params -- two call sites; an object would only repeat the names.
function attend(op: string, given: readonly TensorLike[], options: AttentionOptions, output: 0 | 1): Tensor {
  const operands = given.map((x) => asTensor(x, op)) as [Tensor, Tensor, Tensor];
  const { isCausal = false, window, offset, scale = defaultScale(op, operands[0]) } = options;
  if (!Number.isFinite(scale)) {
    throw new ArgumentError(`${op}: scale is not a number. Got ${scale}; expected a finite number.`, { op });
  }
  checkOperands(op, operands);
  const { operands: aligned, grouping } = align(op, operands, options.enableGqa === true);
  const [q, k] = aligned;
  const front = grouping === undefined ? q.shape.slice(0, -2) : [...q.shape.slice(0, -4), grouping.heads];
  const scores = [...front, q.shape.at(-2)!, k.shape.at(-2)!];
  const reach: Reach = { isCausal, window, offset };
  checkReach(op, reach, scores);
  const joined = (x: Tensor): Tensor => (grouping === undefined ? x : joinHeads(x, grouping.heads));
  const simple = options.mask === undefined && (isCausal || window === undefined) && (offset ?? 0) === 0;
  if (simple) return joined(bindAll(attentionOp, [...aligned], { scale, causal: isCausal, window })[output]!);
  const mask = maskOf(op, options.mask, reach, { scores, dtype: q.dtype });
  const bias = grouping === undefined ? mask.bias : splitHeads(mask.bias, grouping);
  return where(mask.attends, joined(bindAll(attentionOp, [...aligned, bias], { scale, causal: false })[output]!), 0);
}

/** The operands with the same first axes; where heads are shared, with an axis for those that share one. */
function align(op: string, [q, k, v]: Attended, enableGqa: boolean): { operands: Attended; grouping?: Grouping } {
  if (!enableGqa) return { operands: sameBatch(op, [q, k, v]) };
  const grouping = groupingOf(op, [q, k, v]);
  const { heads, group } = grouping;
  if (typeof group !== 'number' || group === 1 || k.shape.at(-3) !== v.shape.at(-3)) {
    return { operands: sameBatch(op, [q, repeatHeads(k, heads), repeatHeads(v, heads)]) };
  }
  const split: Attended = [
    splitHeads(q, grouping),
    splitHeads(k, { ...grouping, group: 1 }),
    splitHeads(v, { ...grouping, group: 1 }),
  ];
  return { operands: sameBatch(op, split, 1), grouping };
}
