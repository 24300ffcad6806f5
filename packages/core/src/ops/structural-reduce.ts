import { isFloat } from '../dtype.ts';
import { dimDivide, dimMul, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { TensorType } from '../ir/op.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';

/** A reduction of equal parts of which is the reduction of the whole. */
type Reduction = 'ReduceSum' | 'ReduceMean';

/**
 * The runtime adds float32 numbers one after another: of n equal ones the sum is off by up to n · 1e-8, or n · 1e-9
 * where they lie side by side, of which it adds 16 at once (not in WebAssembly). So at most this many are added; of more, blocks are.
 */
const APART = { most: 128, block: 64, least: 8 };
const SIDE_BY_SIDE = { most: 1024, block: 256, least: 16 };
/** Sums of blocks that are added in float32; more are added in float64. */
const FEW = 32;

/** Neighbouring axes, all of which are reduced or none. */
interface Run {
  readonly first: number;
  readonly end: number;
  readonly size: Dim;
}

/**
 * Writes a sum or a mean over axes, kept with size 1, that is right to 1e-6 however many elements there are: of float32
 * numbers, in blocks.
 *
 * Measured (one thread): blocks take as long as the runtime's own reduction, 0.5 to 1.1 times.
 */
export function writeReduced(
  b: OnnxBuilder,
  reduction: Reduction,
  [x, { dtype, shape }]: readonly [OnnxValue, TensorType],
  axes: readonly number[],
): OnnxValue {
  const whole = (value: OnnxValue): OnnxValue => b.node(reduction, [value, b.ints(axes)], { keepdims: 1 });
  const beside = b.hasFault('sums-in-sequence') ? APART : SIDE_BY_SIDE;
  if (dtype !== 'float32' || isShort(shape, axes, beside.most)) return whole(x);
  const run = runsOf(shape, axes)
    .map((one) => ({ ...one, block: blockOf(one, one.end === shape.length ? beside : APART) }))
    .find(({ block }) => block !== undefined);
  if (run?.block === undefined) return inDoubles(b, x, whole);
  // [..., run, ...] → [..., blocks, block, ...] → [..., blocks, 1, ...]
  const { first, end, block, size } = run;
  const blocks = dimDivide(size, block)!;
  const rest = axes.length - (end - first);
  const cut = b.node('Reshape', [x, b.dims([...shape.slice(0, first), blocks, block, ...shape.slice(end)])], {
    allowzero: 1,
  });
  // One axis is blocks and then 1 in its place, with no reshape.
  if (end === first + 1) {
    const parts = b.node(reduction, [cut, b.ints([end])], { keepdims: 0 });
    const type = { dtype, shape: [...shape.slice(0, first), blocks, ...shape.slice(end)] };
    return blocks === 1 && rest === 0 ? parts : writeParts(b, reduction, [parts, type], axes);
  }
  const parts = b.node(reduction, [cut, b.ints([first + 1])], { keepdims: 1 });
  if (blocks === 1 && rest === 0) return reshaped(b, parts, shape, axes);
  const left = [...shape.slice(0, first), blocks, 1, ...shape.slice(end)];
  const over = axes.flatMap((axis) => (axis < first ? [axis] : axis >= end ? [axis + first + 2 - end] : []));
  const all = [...over, first].sort((p, q) => p - q);
  const total = writeParts(b, reduction, [parts, { dtype, shape: left }], all);
  return reshaped(b, total, shape, axes);
}

/** Reduces what the blocks gave. */
function writeParts(
  b: OnnxBuilder,
  reduction: Reduction,
  [parts, type]: readonly [OnnxValue, TensorType],
  axes: readonly number[],
): OnnxValue {
  const count = sizeOf(axes.map((axis) => type.shape[axis]!));
  const whole = (value: OnnxValue): OnnxValue => b.node(reduction, [value, b.ints(axes)], { keepdims: 1 });
  if (typeof count === 'number' && count <= FEW) return whole(parts);
  return hasDoubles(b) ? inDoubles(b, parts, whole) : writeReduced(b, reduction, [parts, type], axes);
}

const reshaped = (b: OnnxBuilder, value: OnnxValue, shape: Shape, axes: readonly number[]): OnnxValue =>
  b.node('Reshape', [value, b.dims(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)))], { allowzero: 1 });

/** Whether so few numbers are added that one after another is good enough. */
function isShort(shape: Shape, axes: readonly number[], besideMost: number): boolean {
  const count = sizeOf(axes.map((axis) => shape[axis]!));
  const apart = axes.some((axis, index) => axis !== shape.length - axes.length + index);
  return typeof count === 'number' && count <= (apart ? APART.most : besideMost);
}

/** The runs of reduced axes, the last one first: there numbers lie side by side. */
function runsOf(shape: Shape, axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const axis of axes) {
    const last = runs.at(-1);
    if (last?.end === axis) runs[runs.length - 1] = { ...last, end: axis + 1, size: dimMul(last.size, shape[axis]!) };
    else runs.push({ first: axis, end: axis + 1, size: shape[axis]! });
  }
  return runs.reverse();
}

/** The largest size of equal blocks of a run. */
function blockOf({ size }: Run, { block, least }: typeof APART): number | undefined {
  for (let count = block; count >= least; count -= 1) if (divides(count, size)) return count;
  return undefined;
}

const divides = (count: number, size: Dim): boolean =>
  isSymbolic(size) ? dimDivide(size, count) !== undefined : size % count === 0;

const hasDoubles = (b: OnnxBuilder): boolean => b.has('ReduceSum', 'float64') && b.has('Cast:float32', 'float64');

/** Computes with float32 numbers as float64 ones, where the provider has them. */
export function inDoubles(b: OnnxBuilder, x: OnnxValue, compute: (x: OnnxValue) => OnnxValue): OnnxValue {
  if (!hasDoubles(b)) return compute(x);
  return b.cast(compute(b.cast(x, 'float64')), 'float32');
}

/** Whether a line has so many numbers that adding them one after another is not good enough. */
export const isLong = (size: Dim): boolean => isSymbolic(size) || size > APART.most;

/**
 * Writes a sum over axes, kept with size 1. Integers wrap, as everywhere else: the runtime's own stop at the ends of
 * int32, so those are added in int64 and cut.
 */
export function writeSum(
  b: OnnxBuilder,
  [x, type]: readonly [OnnxValue, TensorType],
  axes: readonly number[],
): OnnxValue {
  const { dtype } = type;
  const stops = !isFloat(dtype) && dtype !== 'int64' && b.has('ReduceSum', 'int64');
  if (!stops) return writeReduced(b, 'ReduceSum', [x, type], axes);
  return b.cast(b.node('ReduceSum', [b.cast(x, 'int64'), b.ints(axes)], { keepdims: 1 }), dtype);
}
