import { checkOptionNames } from '../argument.ts';
import { isSymbolic } from '../dim.ts';
import { integerRange, isFloat } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { normalizeAxis } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import type { AxisOptions, CumsumOptions } from './along-axis.ts';
import { greater, greaterEqual, less, lessEqual, where } from './compare.ts';
import { maximum, minimum, mul, sub } from './elementwise.ts';
import { iota } from './iota.ts';
import { pad, slice, unsqueeze } from './movement.ts';
import { max, min, prod } from './reduce.ts';
import { asNumber } from './shared.ts';
import type { ReduceOptions } from './structural.ts';

/** An associative operation on pairs of elements. */
interface Monoid {
  readonly combine: (a: Tensor, b: Tensor) => Tensor;
  /** The same of all elements along an axis. */
  readonly reduce: (x: Tensor, options: ReduceOptions) => Tensor;
  /** The element that changes nothing. */
  readonly identity: number;
}

interface Direction {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** The elements `by` places further along, with the identity where they come from outside. */
function shifted(x: Tensor, by: number, { axis, reverse }: Direction, value: number): Tensor {
  const kept = slice(x, [reverse ? [by, null] : [0, -by]], { axes: [axis] });
  const side = reverse ? ([0, by] as const) : ([by, 0] as const);
  return pad(
    kept,
    x.shape.map((_, at) => (at === axis ? side : 0)),
    { value },
  );
}

/** Each step doubles how many elements a place has taken in, so a line of n takes log₂ n steps. */
function doubling(x: Tensor, size: number, direction: Direction, { combine, identity }: Monoid): Tensor {
  let y = direction.exclusive && size > 0 ? shifted(x, 1, direction, identity) : x;
  for (let by = 1; by < size; by *= 2) y = combine(y, shifted(y, by, direction, identity));
  return y;
}

/** Each place chooses its elements from the whole line: n² of them, but n need not be known. */
function triangular(x: Tensor, { axis, exclusive, reverse }: Direction, { reduce, identity }: Monoid): Tensor {
  const size = x.shape[axis]!;
  const after = x.shape.slice(axis + 1).map((_, at) => at - x.shape.length + axis + 1);
  const places = iota(size);
  const [row, column] = [unsqueeze(places, [-1, ...after.map((at) => at - 1)]), unsqueeze(places, after)];
  const compare = reverse ? (exclusive ? greater : greaterEqual) : exclusive ? less : lessEqual;
  const chosen = where(compare(column, row), unsqueeze(x, axis), identity);
  return reduce(chosen, { axis: axis + 1 });
}

function cumulate(x: Tensor, direction: Direction, monoid: Monoid): Tensor {
  const size = x.shape[direction.axis]!;
  return isSymbolic(size) ? triangular(x, direction, monoid) : doubling(x, size, direction, monoid);
}

/**
 * Cumulative product along an axis: `y[i] = Π x[j], j ≤ i`. Booleans count as int32. The gradient is exact with zeros
 * among the elements.
 *
 * On an axis of symbolic size n it takes n² multiplications, else n log n.
 * @param options.axis - Default -1.
 * @param options.exclusive - Leave the element itself out (`j < i`). Default false.
 * @param options.reverse - Multiply from the end (`j ≥ i`). Default false.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(cumprod(tensor([1, 2, 3, 4]))); // => [1, 2, 6, 24]
 * @category Reductions
 */
export function cumprod(x: TensorLike, options: CumsumOptions = {}): Tensor {
  checkOptionNames('cumprod', options, ['exclusive', 'reverse', 'axis']);
  const operand = asNumber(x, 'cumprod');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'cumprod');
  const { exclusive = false, reverse = false } = options;
  return cumulate(operand, { axis, exclusive, reverse }, { combine: mul, reduce: prod, identity: 1 });
}

/** Settings of {@link cummax} and {@link cummin}. */
export interface CummaxOptions extends AxisOptions {
  /** Go from the end. Default false. */
  readonly reverse?: boolean | undefined;
}

const lowest = (dtype: DType): number => (isFloat(dtype) ? -Infinity : integerRange(dtype)[0]);
const highest = (dtype: DType): number => (isFloat(dtype) ? Infinity : integerRange(dtype)[1]);

/**
 * Largest element so far along an axis: `y[i] = max x[j], j ≤ i`. NaN from the first NaN on. Elements that tie share
 * the gradient.
 *
 * On an axis of symbolic size n it takes n² comparisons, else n log n.
 * @param options.axis - Default -1.
 * @param options.reverse - Go from the end (`j ≥ i`). Default false.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(cummax(tensor([1, 3, 2, 4]))); // => [1, 3, 3, 4]
 * @category Reductions
 */
export function cummax(x: TensorLike, options: CummaxOptions = {}): Tensor {
  checkOptionNames('cummax', options, ['reverse', 'axis']);
  const operand = asTensor(x, 'cummax');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'cummax');
  const monoid = { combine: maximum, reduce: max, identity: lowest(operand.dtype) };
  return cumulate(operand, { axis, exclusive: false, reverse: options.reverse ?? false }, monoid);
}

/**
 * Smallest element so far along an axis: `y[i] = min x[j], j ≤ i`. NaN from the first NaN on. Elements that tie share
 * the gradient.
 *
 * On an axis of symbolic size n it takes n² comparisons, else n log n.
 * @param options.axis - Default -1.
 * @param options.reverse - Go from the end (`j ≥ i`). Default false.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(cummin(tensor([3, 4, 1, 2]))); // => [3, 3, 1, 1]
 * @category Reductions
 */
export function cummin(x: TensorLike, options: CummaxOptions = {}): Tensor {
  checkOptionNames('cummin', options, ['reverse', 'axis']);
  const operand = asTensor(x, 'cummin');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'cummin');
  const monoid = { combine: minimum, reduce: min, identity: highest(operand.dtype) };
  return cumulate(operand, { axis, exclusive: false, reverse: options.reverse ?? false }, monoid);
}

/**
 * Differences of neighbours along an axis: `y[i] = x[i + 1] − x[i]`, one element fewer; the reverse of `cumsum`.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(diff(tensor([1, 4, 9]))); // => [3, 5]
 * @category Reductions
 */
export function diff(x: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptionNames('diff', options, ['axis']);
  const operand = asNumber(x, 'diff');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'diff');
  const [tail, head] = [slice(operand, [[1, null]], { axes: [axis] }), slice(operand, [[0, -1]], { axes: [axis] })];
  return sub(tail, head);
}
