import { checkArgument, checkList, checkOptionNames, describeValue } from '../argument.ts';
import { DimExpr, dimMul, dimSub, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxes, normalizeAxis } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { concat, slice, split, squeeze, unsqueeze } from './movement.ts';
import { expand, reshape } from './structural.ts';

/**
 * Repeats the whole tensor along its axes (NumPy's `tile`).
 * @param counts - How often, for each of the last axes; more counts than x has axes add axes in front.
 * @throws {@link ShapeError} if a count is negative or no whole number.
 * @example
 * await toArray(tile(tensor([1, 2]), [2])); // => [1, 2, 1, 2]
 * await toArray(tile(tensor([1, 2]), [2, 1])); // => [[1, 2], [1, 2]]
 * @category Movement
 */
export function tile(x: TensorLike, counts: readonly Dim[]): Tensor {
  const given = asTensor(x, 'tile');
  checkList(counts, { op: 'tile', name: 'counts', rule: 'a list of whole numbers' });
  for (const count of counts) checkCount(count, 'tile');
  const added = counts.length - given.shape.length;
  const operand = added > 0 ? reshape(given, [...counts.slice(0, added).map(() => 1), ...given.shape]) : given;
  const times = operand.shape.map((_, axis) => counts[axis + Math.min(added, 0)] ?? 1);
  if (times.every((count) => count === 1)) return operand;
  const apart = operand.shape.flatMap((size) => [1, size]);
  const repeated = operand.shape.flatMap((size, axis) => [times[axis]!, size]);
  return reshape(
    expand(reshape(operand, apart), repeated),
    operand.shape.map((size, axis) => dimMul(size, times[axis]!)),
  );
}

function checkCount(count: Dim, op: string): void {
  if (count instanceof DimExpr || (Number.isInteger(count) && count >= 0)) return;
  throw new ShapeError(
    `${op}: not a count. Got ${describeValue(count)}; expected a whole number of 0 or more. Check it.`,
    { op },
  );
}

/**
 * Repeats each element (NumPy's `repeat`): `[a, b] → [a, a, b, b]`.
 * @param count - How often.
 * @param options.axis - Default 0.
 * @throws {@link ShapeError} if the count is negative or no whole number.
 * @example
 * await toArray(repeat(tensor([1, 2]), 2)); // => [1, 1, 2, 2]
 * @category Movement
 */
export function repeat(x: TensorLike, count: Dim, options: { readonly axis?: number | undefined } = {}): Tensor {
  checkOptionNames('repeat', options, ['axis']);
  const operand = asTensor(x, 'repeat');
  checkCount(count, 'repeat');
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, 'repeat');
  const apart = unsqueeze(operand, axis + 1);
  const repeated = expand(
    apart,
    apart.shape.map((size, at) => (at === axis + 1 ? count : size)),
  );
  return reshape(
    repeated,
    operand.shape.map((size, at) => (at === axis ? dimMul(size, count) : size)),
  );
}

/**
 * Cuts a tensor into its parts along an axis, which is gone from them; the reverse of {@link stack}.
 * @param options.axis - An axis of fixed size. Default 0.
 * @returns As many tensors as the axis has elements.
 * @throws {@link ShapeError} if the size of the axis is known only when the graph runs.
 * @example
 * const [first, second] = unstack(tensor([[1, 2], [3, 4]]));
 * await toArray(second!); // => [3, 4]
 * @category Movement
 */
export function unstack(x: TensorLike, options: { readonly axis?: number | undefined } = {}): Tensor[] {
  checkOptionNames('unstack', options, ['axis']);
  const operand = asTensor(x, 'unstack');
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, 'unstack');
  const count = operand.shape[axis]!;
  if (isSymbolic(count)) {
    throw new ShapeError(
      `unstack: the number of parts is known only when the graph runs. Got axis ${axis} of x ` +
        `${formatShape(operand.shape)}; expected an axis of fixed size. Take one part with slice or gather.`,
      { op: 'unstack' },
    );
  }
  return count === 0 ? [] : split(operand, count, { axis }).map((part) => squeeze(part, axis));
}

/**
 * Shifts elements along axes; those that fall off one end come back at the other.
 *
 * On an axis with a name the shift is taken to be smaller than the axis; where it is not, `jit` compiles a program of
 * its own, and `compile` and exported files refuse the run.
 *
 * @param shift - How far towards the end, negative towards the start; one for each axis, or one for all.
 * @param options.axis - One axis or several. Default: the elements in row order, as one axis.
 * @throws {@link ArgumentError} if a shift is no whole number, or their count is not that of the axes.
 * @example
 * await toArray(roll(tensor([1, 2, 3, 4]), 1)); // => [4, 1, 2, 3]
 * @category Movement
 */
export function roll(
  x: TensorLike,
  shift: number | readonly number[],
  options: { readonly axis?: number | readonly number[] | undefined } = {},
): Tensor {
  checkOptionNames('roll', options, ['axis']);
  const operand = asTensor(x, 'roll');
  const isShift = typeof shift === 'number' || Array.isArray(shift);
  checkArgument(isShift, shift, {
    op: 'roll',
    name: 'shift',
    rule: 'a whole number, or a list with one for each axis',
  });
  if (options.axis === undefined && operand.shape.length !== 1) {
    return reshape(roll(reshape(operand, [-1]), shift, { axis: 0 }), operand.shape);
  }
  const given = options.axis ?? 0;
  normalizeAxes(given, operand.shape.length, 'roll');
  const axes = typeof given === 'number' ? [given] : given;
  const shifts = typeof shift === 'number' ? axes.map(() => shift) : shift;
  if (shifts.length !== axes.length || shifts.some((by) => !Number.isInteger(by))) {
    throw new ArgumentError(
      `roll: the shifts do not fit. Got [${String(shifts)}] for axes [${String(axes)}]; expected ${axes.length} whole ` +
        `numbers. Give one for each axis.`,
      { op: 'roll' },
    );
  }
  return axes.reduce(
    (y, axis, index) => rollAxis(y, shifts[index]!, normalizeAxis(axis, y.shape.length, 'roll')),
    operand,
  );
}

function rollAxis(x: Tensor, shift: number, axis: number): Tensor {
  const size = x.shape[axis]!;
  // −shift, modulo the size where it is known: where the result begins in x.
  const start = isSymbolic(size) || size === 0 ? -shift : ((-shift % size) + size) % size;
  if (size === 0 || start === 0) return x;
  const cut = start < 0 ? dimSub(size, -start) : start;
  const part = (from: Dim, to: Dim): Tensor => slice(x, [[from, to]], { axes: [axis] });
  return concat([part(cut, size), part(0, cut)], { axis });
}
