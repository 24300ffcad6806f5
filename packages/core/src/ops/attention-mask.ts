import { dimEquals, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { equal, greater, less, lessEqual, logicalAnd, logicalNot, where } from './compare.ts';
import { add, maximum, sub } from './elementwise.ts';
import { iota, iotaFrom } from './iota.ts';
import { unsqueeze } from './movement.ts';
import { any, max } from './reduce.ts';
import { lowestOf } from './shared.ts';
import { cast, reshape } from './structural.ts';

/** Where the queries stand among the keys, and which of these they reach. */
export interface Reach {
  readonly isCausal: boolean;
  readonly window?: number | undefined;
  /** Position of query 0 among the keys; undefined where queries and keys are the same places. */
  readonly offset?: Dim | Tensor | undefined;
}

export interface Masked {
  /** Finite, added to the scores. */
  readonly bias: Tensor;
  /** Which queries attend to anything at all, `[..., queries or 1, 1]`. */
  readonly attends: Tensor;
}

/**
 * Refuses a `window` of attention that is no number of keys.
 * @throws {@link ArgumentError} unless it is undefined or a whole number of at least 1.
 * @category Ops
 */
export function checkWindow(op: string, window: number | undefined): void {
  if (window !== undefined && !(Number.isInteger(window) && window >= 1)) {
    throw new ArgumentError(
      `${op}: window is not a number of keys. Got ${String(window)}; expected a whole number of at least 1 (a query's own ` +
        `place counts). Leave it out to reach every key.`,
      { op },
    );
  }
}

/** Refuses settings that do not say what a query reaches. */
export function checkReach(op: string, { isCausal, window, offset }: Reach, scores: Shape): void {
  checkWindow(op, window);
  if (!isCausal && window === undefined) {
    if (offset === undefined) return;
    throw new ArgumentError(
      `${op}: the offset has no effect. Got offset without isCausal and window; expected one of them. Leave the offset ` +
        `out, or set isCausal.`,
      { op },
    );
  }
  if (offset === undefined) checkSameLength(op, scores);
  else checkOffset(op, offset, scores);
}

function checkSameLength(op: string, scores: Shape): void {
  const [queries, keys] = scores.slice(-2) as [Dim, Dim];
  if (dimEquals(queries, keys)) return;
  throw new ShapeError(
    `${op}: it is not said where the queries stand among the keys. Got ${String(queries)} queries and ${String(keys)} ` +
      `keys with isCausal or window; expected equal lengths, or an offset. Pass offset: 0 if both begin at the same ` +
      `place, or the number of keys before the first query (a decoder's past).`,
    { op, details: { queries: String(queries), keys: String(keys) } },
  );
}

function checkOffset(op: string, offset: Dim | Tensor, scores: Shape): void {
  if (isTensor(offset)) {
    const { dtype, shape } = offset;
    const fits = shape.length <= scores.length - 2 && shape.every((size, axis) => dimEquals(size, scores[axis]!));
    if (dtype === 'int32' && fits) return;
    throw new ShapeError(
      `${op}: the offset does not fit. Got ${dtype} ${formatShape(shape)} for scores ${formatShape(scores)}; expected int32 ` +
        `with the first of the sizes before [queries,keys], usually [batch]. Cast or reshape it.`,
      { op },
    );
  }
  if (isSymbolic(offset) || Number.isInteger(offset)) return;
  throw new ArgumentError(
    `${op}: the offset is not a position. Got ${String(offset)}; expected a whole number, a size or an int32 tensor.`,
    { op },
  );
}

/** `[..., queries, 1]`: the position of each query among the keys. */
function positions(offset: Dim | Tensor, scores: Shape): Tensor {
  const queries = scores.at(-2)!;
  if (!isTensor(offset)) return unsqueeze(iotaFrom(offset, queries), 1);
  const ones = Array.from({ length: scores.length - offset.shape.length }, () => 1);
  return add(reshape(offset, [...offset.shape, ...ones]), unsqueeze(iota(queries), 1));
}

/** Which keys each query reaches by its position, `[..., queries, keys]`; undefined: every one. */
function reached({ isCausal, window, offset = 0 }: Reach, scores: Shape): Tensor | undefined {
  if (!isCausal && window === undefined) return undefined;
  const query = positions(offset, scores);
  const key = iota(scores.at(-1)!);
  const recent = window === undefined ? undefined : greater(key, sub(query, window));
  const earlier = isCausal ? lessEqual(key, query) : less(key, add(query, window!));
  return recent === undefined ? earlier : logicalAnd(earlier, recent);
}

/** A mask and what the queries reach by their position, as numbers to be added to the scores. */
// oxlint-disable-next-line max-params -- what is masked, by what, of what size and dtype.
export function maskOf(
  op: string,
  given: TensorLike | undefined,
  reach: Reach,
  of: { scores: Shape; dtype: DType },
): Masked {
  const seen = reached(reach, of.scores);
  const mask = given === undefined ? undefined : rowsOf(op, given, of.scores);
  return masked(mask, seen, of.dtype);
}

/** As {@link maskOf}, where it is known which keys are reached. */
export function masked(mask: Tensor | undefined, seen: Tensor | undefined, dtype: DType): Masked {
  const along = { axis: -1, keepDims: true };
  const lowest = lowestOf(dtype);
  if (mask === undefined || mask.dtype === 'bool') {
    const both = mask === undefined ? seen! : seen === undefined ? mask : logicalAnd(mask, seen);
    return { bias: biasOf(both, dtype), attends: any(both, along) };
  }
  const scores = cast(mask, dtype);
  const kept = seen === undefined ? scores : where(seen, scores, -Infinity);
  // Half as low where a key may be attended to: a mask of the lowest number for all such keys leaves out the others still.
  const bias = where(equal(kept, -Infinity), lowest, maximum(kept, lowest / 2));
  return { bias, attends: logicalNot(equal(max(kept, along), -Infinity)) };
}

/** 0 where a key is seen, the lowest finite number elsewhere. */
export function biasOf(seen: Tensor, dtype: DType): Tensor {
  // Two numbers would be float32, where the lowest float64 is −∞.
  const nothing = asTensor(0, 'attention', dtype === 'float64' ? 'float64' : 'float32');
  return cast(where(seen, nothing, lowestOf(dtype)), dtype);
}

/** The mask as a tensor of at least one axis. */
export function rowsOf(op: string, given: TensorLike, scores: Shape): Tensor {
  const mask = asTensor(given, op);
  if (mask.dtype !== 'bool' && !isFloat(mask.dtype)) {
    throw new DTypeError(
      `${op}: not a mask. Got ${mask.dtype} ${formatShape(mask.shape)}; expected bool (true: attend) or a float that is ` +
        `added to the scores. Use cast(mask, 'bool').`,
      { op },
    );
  }
  checkMask(op, mask, scores);
  return mask.shape.length < 1 ? reshape(mask, [1]) : mask;
}

function checkMask(op: string, mask: Tensor, scores: Shape): void {
  const extra = mask.shape.length - scores.length;
  const fits = mask.shape.every(
    (size, axis) => size === 1 || (axis >= extra && dimEquals(size, scores[axis - extra]!)),
  );
  if (fits && extra <= 0) return;
  throw new ShapeError(
    `${op}: the mask does not fit. Got mask ${formatShape(mask.shape)} for scores ${formatShape(scores)}; expected sizes ` +
      `that broadcast to [...,queries,keys]. Add axes of size 1 with unsqueeze.`,
    { op },
  );
}
