import { checkArgument, checkList, checkOptionNames } from '../argument.ts';
import type { Dim } from '../dim.ts';
import { isFloat, parseDType } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { checkShape, formatShape } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor, promoteOperands } from '../trace/operands.ts';
import { add, div, mul, sub } from './elementwise.ts';
import { iota } from './iota.ts';
import { onDiagonal } from './triangular.ts';
import { cast, expand, full, reshape } from './structural.ts';

/** The element type of a tensor that is made from numbers. */
export interface DTypeOptions {
  /** Element type. Default: stated by the function. */
  readonly dtype?: DType | undefined;
}

/**
 * Zeros in a shape.
 * @param shape - Sizes, which may be symbolic.
 * @param dtype - Element type. Default `float32`.
 * @throws {@link ShapeError} if a size is negative or fractional.
 * @example
 * await toArray(zeros([2, 2])); // => [[0, 0], [0, 0]]
 * @category Creation
 */
export function zeros(shape: Shape, dtype: DType = 'float32'): Tensor {
  checkShape(shape, 'zeros');
  parseDType(dtype, 'zeros');
  return full(shape, 0, dtype);
}

/**
 * Ones in a shape.
 * @param shape - Sizes, which may be symbolic.
 * @param dtype - Element type. Default `float32`.
 * @throws {@link ShapeError} if a size is negative or fractional.
 * @example
 * await toArray(ones([3])); // => [1, 1, 1]
 * @category Creation
 */
export function ones(shape: Shape, dtype: DType = 'float32'): Tensor {
  checkShape(shape, 'ones');
  parseDType(dtype, 'ones');
  return full(shape, 1, dtype);
}

/**
 * One value in the shape and dtype of x.
 * @example
 * await toArray(fullLike(tensor([1, 2]), 7)); // => [7, 7]
 * @category Creation
 */
export function fullLike(x: TensorLike, value: number): Tensor {
  const like = asTensor(x, 'fullLike');
  return full(like.shape, value, like.dtype);
}

/**
 * The numbers `0, step, 2·step, …` up to but not including `stop`.
 *
 * For a symbolic number of them use {@link iota}; for a given number of them {@link linspace}.
 *
 * @param stop - Where to end.
 * @param options.step - Distance, negative to count down. Default 1.
 * @param options.dtype - Default `int32` if all that is given are whole numbers, else `float32`.
 * @throws {@link ArgumentError} if a number is not finite or the step is 0.
 * @example
 * await toArray(arange(3)); // => [0, 1, 2]
 * await toArray(arange(1, 2, { step: 0.25 })); // => [1, 1.25, 1.5, 1.75]
 * @category Creation
 */
export function arange(stop: number, options?: ArangeOptions): Tensor;
/**
 * The numbers `start, start + step, …` up to but not including `stop`.
 * @category Creation
 */
export function arange(start: number, stop: number, options?: ArangeOptions): Tensor;
export function arange(first: number, second?: number | ArangeOptions, third: ArangeOptions = {}): Tensor {
  const options = typeof second === 'object' ? second : third;
  checkOptionNames('arange', options, ['step', 'dtype']);
  const [start, stop] = typeof second === 'number' ? [first, second] : [0, first];
  const step = options.step ?? 1;
  if (![start, stop, step].every(Number.isFinite) || step === 0) {
    throw new ArgumentError(
      `arange: not a range. Got start ${start}, stop ${stop} and step ${step}; expected finite numbers and a step other ` +
        `than 0. Check how they were computed.`,
      { op: 'arange' },
    );
  }
  const whole = [start, stop, step].every(Number.isInteger);
  const dtype = options.dtype ?? (whole ? 'int32' : 'float32');
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const computed = isFloat(dtype) || whole ? dtype : 'float32';
  const numbers = step === 1 ? iota(count, computed) : mul(iota(count, computed), step);
  return cast(start === 0 ? numbers : add(numbers, start), dtype);
}

/** Settings of {@link arange}. */
export interface ArangeOptions extends DTypeOptions {
  /** Distance between neighbours, negative to count down. Default 1. */
  readonly step?: number | undefined;
}

/**
 * Numbers evenly spread from `start` to `stop`, both included: `start + (stop − start)·i / (count − 1)`.
 * @param start - First number, or a scalar tensor.
 * @param stop - Last number, or a scalar tensor.
 * @param count - How many; 1 gives `start` alone.
 * @throws {@link ArgumentError} if the count is negative or no whole number.
 * @example
 * await toArray(linspace(0, 1, 5)); // => [0, 0.25, 0.5, 0.75, 1]
 * @category Creation
 */
export function linspace(start: TensorLike, stop: TensorLike, count: number): Tensor {
  if (!Number.isInteger(count) || count < 0) {
    throw new ArgumentError(
      `linspace: not a count. Got ${count}; expected a whole number of 0 or more. Use arange to give the distance.`,
      { op: 'linspace' },
    );
  }
  const operands = promoteOperands(start, stop, 'linspace');
  const dtype = isFloat(operands.dtype) ? operands.dtype : 'float32';
  for (const end of [operands.a, operands.b]) {
    if (end.shape.length === 0) continue;
    throw new ShapeError(
      `linspace: an end is not a scalar. Got start ${formatShape(operands.a.shape)} and stop ` +
        `${formatShape(operands.b.shape)}; expected numbers or scalar tensors. Use one element of it.`,
      { op: 'linspace' },
    );
  }
  // Both ends are weighed, so that both are met exactly.
  const weight = div(iota(count, dtype), Math.max(count - 1, 1));
  return add(mul(cast(operands.a, dtype), sub(1, weight)), mul(cast(operands.b, dtype), weight));
}

/** Settings of {@link eye}. */
export interface EyeOptions extends DTypeOptions {
  /** Default: as many as rows. */
  readonly columns?: Dim | undefined;
  /** How far above the main diagonal the ones are; negative below. Default 0. */
  readonly diagonal?: number | undefined;
}

/**
 * The identity matrix: 1 on the diagonal, 0 elsewhere.
 * @param rows - How many, may be symbolic.
 * @param options.columns - Default: as many as rows.
 * @param options.diagonal - How far above the main diagonal the ones are; negative below. Default 0.
 * @param options.dtype - Default `float32`.
 * @throws {@link ShapeError} if a size is negative or fractional.
 * @example
 * await toArray(eye(2)); // => [[1, 0], [0, 1]]
 * @category Creation
 */
export function eye(rows: Dim, options: EyeOptions = {}): Tensor {
  checkOptionNames('eye', options, ['columns', 'diagonal', 'dtype']);
  const columns = options.columns ?? rows;
  checkShape([rows, columns], 'eye');
  const { diagonal = 0 } = options;
  checkArgument(Number.isInteger(diagonal), diagonal, { op: 'eye', name: 'diagonal', rule: 'a whole number' });
  return cast(onDiagonal(rows, columns, diagonal), options.dtype ?? 'float32');
}

/**
 * One tensor per vector with its values along one axis of a grid: `grid[k][i, j, …] = vectors[k]` at its own index.
 * @param vectors - Tensors of one axis each.
 * @param options.indexing - `xy`: the first vector runs along the columns, as in NumPy and JAX; `ij`: axis k belongs to
 * vector k, as in PyTorch. Default `xy`.
 * @throws {@link ShapeError} if a tensor does not have one axis.
 * @example
 * const [x, y] = meshgrid([tensor([1, 2]), tensor([3, 4, 5])]);
 * await toArray(x!); // => [[1, 2], [1, 2], [1, 2]]
 * await toArray(y!); // => [[3, 3], [4, 4], [5, 5]]
 * @category Creation
 */
export function meshgrid(
  vectors: readonly TensorLike[],
  options: { readonly indexing?: 'xy' | 'ij' | undefined } = {},
): Tensor[] {
  checkOptionNames('meshgrid', options, ['indexing']);
  checkList(vectors, { op: 'meshgrid', name: 'vectors', rule: 'a list of tensors' });
  const { indexing = 'xy' } = options;
  checkArgument(indexing === 'xy' || indexing === 'ij', indexing, {
    op: 'meshgrid',
    name: 'indexing',
    rule: 'xy or ij',
  });
  const operands = vectors.map((vector) => asTensor(vector, 'meshgrid'));
  const other = operands.find(({ shape }) => shape.length !== 1);
  if (other !== undefined) {
    throw new ShapeError(
      `meshgrid: not a vector. Got ${formatShape(other.shape)}; expected one axis each. Flatten it with reshape(x, [-1]).`,
      { op: 'meshgrid' },
    );
  }
  const exchanged = indexing === 'xy' && operands.length > 1;
  const axisOf = (index: number): number => (exchanged && index < 2 ? 1 - index : index);
  const shape = operands.map((_, axis) => operands[axisOf(axis)]!.shape[0]!);
  return operands.map((operand, index) => {
    const along = shape.map((size, axis) => (axis === axisOf(index) ? size : 1));
    return expand(reshape(operand, along), shape);
  });
}
