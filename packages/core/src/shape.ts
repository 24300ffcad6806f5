import { checkArgument, checkList, describeValue } from './argument.ts';
import { DimExpr, dimDivide, dimEquals, dimMul, evaluateDim, formatDim, isSymbolic } from './dim.ts';
import type { Dim, DimBindings } from './dim.ts';
import { ShapeError } from './errors.ts';

/**
 * The sizes of a tensor's axes, outermost first; `[]` is a scalar.
 * @category Shapes
 */
export type Shape = readonly Dim[];

/** The shape as text, for example `[batch,3,28,28]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.map(formatDim).join(',')}]`;
}

/** True if both shapes have the same sizes in the same order. */
export function shapesEqual(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => dimEquals(size, b[axis] ?? -1));
}

/** Number of elements: the product of the sizes. */
export function sizeOf(shape: Shape): Dim {
  return shape.reduce<Dim>(dimMul, 1);
}

/** The sizes as numbers, with the names bound. */
export function evaluateShape(shape: Shape, bindings: DimBindings): number[] {
  return shape.map((size) => evaluateDim(size, bindings));
}

/** The shape as plain numbers, or an error that names the function that cannot work with a symbolic one. */
export function staticShape(shape: Shape, op: string): number[] {
  return shape.map((size) => {
    if (!isSymbolic(size)) return size;
    throw new ShapeError(
      `${op}: needs sizes known while the graph is built. Got ${formatShape(shape)}; expected numbers only. ` +
        `Give '${size.key}' a fixed size.`,
      { op, details: { shape: formatShape(shape) } },
    );
  });
}

/**
 * The shape two operands broadcast to, by NumPy's rule: aligned at the last axis, sizes equal or one of them 1.
 * @throws {@link ShapeError} with both shapes if they do not fit.
 * @example
 * broadcastShapes([3, 1], [4], 'add'); // => [3, 4]
 * @category Shapes
 */
export function broadcastShapes(a: Shape, b: Shape, op: string): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (dimEquals(x, y) || y === 1) return x;
    if (x === 1) return y;
    throw new ShapeError(
      `${op}: shapes do not broadcast. Got a ${formatShape(a)} and b ${formatShape(b)}; expected sizes ` +
        `${formatDim(x)} and ${formatDim(y)} (axis ${axis - rank} from the end) to be equal or one of them 1. ` +
        `Reshape or expand one of them.`,
      { op, details: { a: formatShape(a), b: formatShape(b) } },
    );
  });
}

/**
 * The axis counted from the front: `-1` is the last.
 * @throws {@link ShapeError} if the tensor has no such axis.
 */
export function normalizeAxis(axis: number, rank: number, op: string): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(axis) && normal >= 0 && normal < rank) return normal;
  throw new ShapeError(
    rank === 0
      ? `${op}: a scalar has no axes. Got axis ${describeValue(axis)} and shape []; expected at least one axis. Reshape it first.`
      : `${op}: no such axis. Got axis ${describeValue(axis)} of a tensor with ${rank} axes; expected ${-rank} to ${rank - 1}. Name an axis it has.`,
    { op, details: { axis, rank } },
  );
}

/** Several axes counted from the front, sorted, each once; none given means all. */
export function normalizeAxes(axes: number | readonly number[] | undefined, rank: number, op: string): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === 'number' ? [axes] : axes;
  checkList(list, { op, name: 'the axis', rule: `a number from ${-rank} to ${rank - 1}, or a list of them` });
  const normal = Array.from(list, (axis) => normalizeAxis(axis, rank, op));
  const unique = [...new Set(normal)].sort((a, b) => a - b);
  if (unique.length === normal.length) return unique;
  throw new ShapeError(
    `${op}: an axis is named twice. Got axes [${String(axes)}] of a tensor with ${rank} axes; expected each at most once. ` +
      `Name it once.`,
    { op, details: { axes, rank } },
  );
}

/** Refuses what is not a list of numbers and names. */
function checkSizes(shape: Shape, op: string): void {
  const fits = Array.isArray(shape) && shape.every((size) => typeof size === 'number' || size instanceof DimExpr);
  checkArgument(fits, shape, { op, name: 'the shape', rule: 'a list of sizes' });
}

/** Replaces one `-1` in `target` by the size that keeps the number of elements. */
export function inferReshape(from: Shape, target: Shape, op: string): Dim[] {
  checkSizes(target, op);
  const unknown = target.filter((size) => size === -1).length;
  const total = sizeOf(from);
  const known = sizeOf(target.filter((size) => size !== -1));
  const fail = (rule: string): never => {
    throw new ShapeError(
      `${op}: sizes do not fit. Got ${formatShape(from)} (${formatDim(total)} elements) and target ` +
        `${formatShape(target)}; expected ${rule}.`,
      { op, details: { from: formatShape(from), target: formatShape(target) } },
    );
  };
  if (target.some((size) => typeof size === 'number' && (size < -1 || !Number.isInteger(size)))) {
    fail('sizes of 0 or more, at most one of them -1');
  }
  if (unknown > 1) fail('at most one -1');
  if (unknown === 0) return dimEquals(total, known) ? [...target] : fail(`${formatDim(total)} elements`);
  const rest = known === 0 ? undefined : dimDivide(total, known);
  if (rest === undefined) return fail(`${formatDim(total)} to be a multiple of ${formatDim(known)}`);
  return target.map((size) => (size === -1 ? rest : size));
}

/** Refuses sizes that are negative, fractional or beyond 2^31 − 1. */
export function checkShape(shape: Shape, op: string): void {
  checkSizes(shape, op);
  for (const size of shape) {
    if (isSymbolic(size) || (Number.isInteger(size) && size >= 0 && size < 2 ** 31)) continue;
    throw new ShapeError(
      `${op}: not a size. Got ${formatShape(shape)}; expected whole numbers from 0 to 2147483647, or names. ` +
        `Check how the size was computed.`,
      { op, details: { shape: formatShape(shape) } },
    );
  }
}
