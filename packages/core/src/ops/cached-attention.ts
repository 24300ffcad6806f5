import { checkOptionNames } from '../argument.ts';
import { dimEquals } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { checkOperands, defaultScale, groupingOf, joinHeads, splitHeads } from './attention-heads.ts';
import type { Attended, Grouping } from './attention-heads.ts';
import { biasOf, checkWindow, masked, rowsOf } from './attention-mask.ts';
import type { Masked } from './attention-mask.ts';
import { scaledDotProductAttention } from './attention.ts';
import { cachedAttentionOp } from './cached-attention-op.ts';
import { greater, less, lessEqual, logicalAnd, where } from './compare.ts';
import { add, mul, sub } from './elementwise.ts';
import { iota } from './iota.ts';
import { concat, unsqueeze } from './movement.ts';

/** Position of a place that holds no key: later than every query. */
const NOWHERE = 2 ** 30;

/** The keys and values of earlier tokens; the first places of each row are filled. */
export interface PastKeys {
  /** `[batch, keyHeads, past, depth]`: the key of position i at place i. */
  readonly key: TensorLike;
  /** `[batch, keyHeads, past, valueDepth]`. */
  readonly value: TensorLike;
  /** `[batch]`, int32: how many places of each row are filled; at most `past`. */
  readonly lengths: TensorLike;
}

/** Settings of {@link cachedAttention}. */
export interface CachedAttentionOptions {
  /** Broadcasts to `[batch, heads, time, past + time]`, as for {@link scaledDotProductAttention}. Default: none. */
  readonly mask?: TensorLike | undefined;
  /** A query attends to the last so many keys, its own among them. Default: to all. */
  readonly window?: number | undefined;
  /** Multiplies the scores. Default `1 / √depth`. */
  readonly scale?: number | undefined;
}

/**
 * Where the queries and the keys of {@link cachedAttention} stand in their rows: for position embeddings and for biases
 * by distance.
 * @param lengths - `[batch]`, int32: the filled places of each row.
 * @param past - Places for keys of earlier tokens.
 * @param time - New tokens per row.
 * @returns `query` `[batch, time]` and `key` `[batch, past + time]`, int32; places without a key have 2³⁰.
 * @example
 * const { query, key } = cachedPositions(tensor([2, 1], { dtype: 'int32' }), 2, 1);
 * await toArray(query); // => [[2], [1]]
 * await toArray(key); // => [[0, 1, 2], [0, 1073741824, 1]]
 * @category Attention
 */
// oxlint-disable-next-line max-params -- three sizes of one layout.
export function cachedPositions(
  lengths: TensorLike,
  past: Dim,
  time: Dim,
): { readonly query: Tensor; readonly key: Tensor } {
  const filled = unsqueeze(asTensor(lengths, 'cachedPositions', 'int32'), 1); // [batch, 1]
  const query = add(filled, iota(time));
  if (past === 0) return { query, key: query };
  const place = iota(past);
  return { query, key: concat([where(less(place, filled), place, NOWHERE), query], { axis: 1 }) };
}

/**
 * Causal attention of new tokens to the keys and values of a cache and to each other: equal to
 * {@link scaledDotProductAttention} with `isCausal` over whole rows, at the cost of the new tokens alone.
 *
 * Rows may have different lengths. Heads of keys and values may be fewer than those of the queries. Nothing is copied:
 * the new keys and values are what is to be added to the cache, at `lengths`. With a past of fixed size 0 it is plain
 * causal attention; a past whose size is a name has at least 1 place. `KeyValueCache` of `@gai/nn` keeps the past.
 * @param query - `[batch, heads, time, depth]`, a float dtype: `time` new tokens per row.
 * @param key - `[batch, keyHeads, time, depth]`; `keyHeads` divides `heads`.
 * @param value - `[batch, keyHeads, time, valueDepth]`.
 * @param past - Keys and values of the tokens before.
 * @param options.mask - bool (true: attend) or float (added to the scores). Default: none.
 * @param options.window - A query attends to the last so many keys. Default: to all.
 * @param options.scale - Multiplies the scores. Default `1 / √depth`.
 * @returns `[batch, heads, time, valueDepth]`.
 * @throws {@link ShapeError} if the sizes do not fit.
 * @throws {@link DTypeError} if the dtypes are no floats, or differ.
 * @example
 * const one = (value: number) => tensor([[[[value]]]]);
 * const past = { key: one(0), value: one(1), lengths: tensor([1], { dtype: 'int32' }) };
 * await toArray(cachedAttention(one(0), one(0), one(3), past)); // => [[[[2]]]]
 * @category Attention
 */
// oxlint-disable-next-line max-params -- three operands, as everywhere else, and the past.
export function cachedAttention(
  query: TensorLike,
  key: TensorLike,
  value: TensorLike,
  past: PastKeys,
  options: CachedAttentionOptions = {},
): Tensor {
  checkOptionNames('cachedAttention', options, ['mask', 'window', 'scale']);
  const op = 'cachedAttention';
  const [q, k, v] = [query, key, value].map((x) => asTensor(x, op)) as [Tensor, Tensor, Tensor];
  const { mask, window, scale = defaultScale(op, q) } = options;
  checkScale(scale);
  checkWindow(op, window);
  const [pastKey, pastValue] = [past.key, past.value].map((x) => asTensor(x, op)) as [Tensor, Tensor];
  const lengths = asTensor(past.lengths, op, 'int32');
  checkSizes([q, k, v], [pastKey, pastValue, lengths]);
  const places = pastKey.shape[2]!;
  if (places === 0) {
    return scaledDotProductAttention(q, k, v, { isCausal: true, enableGqa: true, mask, window, scale });
  }
  const grouping = groupingOf(op, [q, k, v]);
  const { bias, attends } = biasFor(cachedPositions(lengths, places, q.shape[2]!), options, q);
  const y = attended([mul(q, scale), pastKey, pastValue, k, v, bias], grouping);
  return attends === undefined ? y : where(attends, y, 0);
}

/** The op takes heads in groups that share keys; where none do, there is nothing to reshape. */
function attended(operands: readonly Tensor[], grouping: Grouping): Tensor {
  if (grouping.group === 1) return bindAll(cachedAttentionOp, operands, {})[0]!;
  const shared = { ...grouping, group: 1 };
  const split = operands.map((x, index) => splitHeads(x, index === 0 || index === 5 ? grouping : shared));
  return joinHeads(bindAll(cachedAttentionOp, split, {})[0]!, grouping.heads);
}

/** What is added to the scores `[batch, heads, time, past + time]`; every query sees itself, unless a mask forbids it. */
function biasFor(
  { query, key }: { query: Tensor; key: Tensor },
  { mask, window }: CachedAttentionOptions,
  q: Tensor,
): Partial<Masked> & { bias: Tensor } {
  const at = unsqueeze(query, [1, 3]); // [batch, 1, time, 1]
  const keys = unsqueeze(key, [1, 2]); // [batch, 1, 1, past + time]
  const earlier = lessEqual(keys, at);
  const seen = window === undefined ? earlier : logicalAnd(earlier, greater(keys, sub(at, window)));
  if (mask === undefined) return { bias: biasOf(seen, q.dtype) };
  return masked(rowsOf('cachedAttention', mask, [...q.shape.slice(0, 3), key.shape[1]!]), seen, q.dtype);
}

function checkScale(scale: number): void {
  if (Number.isFinite(scale)) return;
  throw new ArgumentError(`cachedAttention: scale is not a number. Got ${scale}; expected a finite number.`, {
    op: 'cachedAttention',
  });
}

function checkSizes([q, k, v]: Attended, [pastKey, pastValue, lengths]: Attended): void {
  checkOperands('cachedAttention', [q, k, v]);
  checkOperands('cachedAttention', [q, pastKey, pastValue]);
  const heads = (x: Tensor): readonly Dim[] => x.shape.slice(0, 2);
  const same = (a: readonly Dim[], b: readonly Dim[]): boolean => a.every((size, axis) => dimEquals(size, b[axis]!));
  const fits =
    [q, k, v, pastKey, pastValue].every((x) => x.shape.length === 4 && dimEquals(x.shape[0]!, q.shape[0]!)) &&
    [v, pastKey, pastValue].every((x) => same(heads(x), heads(k))) &&
    dimEquals(q.shape[2]!, k.shape[2]!) &&
    q.shape[3] !== 0 &&
    dimEquals(v.shape[3]!, pastValue.shape[3]!) &&
    lengths.dtype === 'int32' &&
    same([lengths.shape.length, ...lengths.shape], [1, q.shape[0]!]);
  if (fits) return;
  const shapes = { query: q, key: k, value: v, 'past.key': pastKey, 'past.value': pastValue };
  const got = Object.entries(shapes).map(([name, { shape }]) => `${name} ${formatShape(shape)}`);
  throw new ShapeError(
    `cachedAttention: the cache does not fit. Got ${got.join(', ')}, past.lengths ${lengths.dtype} ` +
      `${formatShape(lengths.shape)}; expected query [batch,heads,time,depth], key and value ` +
      `[batch,keyHeads,time,depth], past [batch,keyHeads,past,depth] and int32 lengths [batch], a depth of at least 1. Transpose or reshape them.`,
    { op: 'cachedAttention' },
  );
}
