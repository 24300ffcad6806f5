import { DataError, GraphError, ShapeError } from '../errors.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';

/**
 * A matrix in the memory of JavaScript, row after row. Make a tensor of it with `tensor(x.data, { shape: x.shape })`.
 * @category Host linear algebra
 */
export interface Matrix {
  readonly data: Float64Array;
  readonly shape: readonly [rows: number, columns: number];
}

/** Numbers and their sizes, as {@link Matrix}, with any kind of array. */
export interface ArrayWithShape {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * What a function of `@gai/core/linalg` takes for a matrix: rows (as `toArray` gives them), or data with its shape.
 * @category Host linear algebra
 */
export type MatrixLike = readonly ArrayLike<number>[] | ArrayWithShape;

/** Distance from 1 to the next float64. */
export const EPSILON = Number.EPSILON;

/** A matrix of zeros. */
export function zeroMatrix(rows: number, columns: number): Matrix {
  return { data: new Float64Array(rows * columns), shape: [rows, columns] };
}

/** The matrix of ones on the diagonal. */
export function identityMatrix(size: number): Matrix {
  const result = zeroMatrix(size, size);
  for (let i = 0; i < size; i += 1) result.data[i * size + i] = 1;
  return result;
}

/** Rows and columns exchanged. */
export function transposed({ data, shape: [rows, columns] }: Matrix): Matrix {
  const result = zeroMatrix(columns, rows);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) result.data[j * rows + i] = data[i * columns + j]!;
  }
  return result;
}

/** `a·b`. */
export function product(a: Matrix, b: Matrix): Matrix {
  const [rows, inner] = a.shape;
  const columns = b.shape[1];
  const result = zeroMatrix(rows, columns);
  for (let i = 0; i < rows; i += 1) {
    const row = result.data.subarray(i * columns, (i + 1) * columns);
    for (let k = 0; k < inner; k += 1)
      addScaled(row, b.data.subarray(k * columns, (k + 1) * columns), a.data[i * inner + k]!);
  }
  return result;
}

/** `into += factor·from`. */
export function addScaled(into: Float64Array, from: Float64Array, factor: number): void {
  if (factor === 0) return;
  for (let i = 0; i < into.length; i += 1) into[i]! += factor * from[i]!;
}

/** `Σ a·b`. */
export function dotOf(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i += 1) total += a[i]! * b[i]!;
  return total;
}

/** `x, y = cosine·x − sine·y, sine·x + cosine·y`. */
export function rotateRows(
  x: Float64Array,
  y: Float64Array,
  { cosine, sine }: { readonly cosine: number; readonly sine: number },
): void {
  for (let k = 0; k < x.length; k += 1) {
    const [before, other] = [x[k]!, y[k]!];
    x[k] = cosine * before - sine * other;
    y[k] = sine * before + cosine * other;
  }
}

/** Row `i`, as a view. */
export function rowOf({ data, shape: [, columns] }: Matrix, i: number): Float64Array {
  return data.subarray(i * columns, (i + 1) * columns);
}

/** The largest absolute value; 0 of nothing. */
export function largestOf(data: Float64Array): number {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** `√ Σ x²`, whatever the size of the numbers and how many they are. */
export function lengthOf(x: Float64Array): number {
  const scale = largestOf(x);
  if (scale === 0) return 0;
  let total = 0;
  for (const value of x) total += (value / scale) ** 2;
  return scale * Math.sqrt(total);
}

/** Which argument of which function is read; what a traced function would use in its place. */
export interface Reading {
  readonly op: string;
  readonly name: string;
  readonly instead: string;
}

function refuseTensor(x: Tensor, { op, name, instead }: Reading): never {
  throw new GraphError(
    `${op}: computes on the host and cannot be traced. Got a tensor ${x.dtype} ${formatShape(x.shape)} for ${name}; ` +
      `expected rows of numbers, or { data, shape }. Read the tensor before: ${op}(await toArray(x)). ${instead}`,
    { op, details: { dtype: x.dtype, shape: formatShape(x.shape) } },
  );
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const hasShape = (value: unknown): value is ArrayWithShape =>
  typeof value === 'object' &&
  value !== null &&
  'shape' in value &&
  'data' in value &&
  isList(value.data) &&
  Array.isArray(value.shape);

/** The argument as a new float64 matrix; finite, and rectangular. */
export function readMatrix(value: MatrixLike | ArrayLike<number>, reading: Reading): Matrix {
  if (isTensor(value)) return refuseTensor(value, reading);
  const { op, name } = reading;
  if (hasShape(value)) return fromData(value, reading);
  if (isList(value) && Array.from<unknown>(value).every(isList)) {
    return fromRows(value as readonly ArrayLike<number>[], reading);
  }
  const kind = isList(value) ? 'a list of numbers' : typeof value;
  throw new DataError(
    `${op}: ${name} is not a matrix. Got ${kind}; expected rows of numbers, or { data, shape }. Put a single row into a list.`,
    { op },
  );
}

function fromData({ data, shape }: ArrayWithShape, reading: Reading): Matrix {
  const [rows, columns, ...more] = shape;
  if (rows !== undefined && columns !== undefined && more.length === 0 && rows * columns === data.length) {
    return { data: readNumbers(data, reading), shape: [rows, columns] };
  }
  throw new ShapeError(
    `${reading.op}: ${reading.name} is not a matrix. Got ${data.length} numbers and shape ${formatShape(shape)}; expected two ` +
      `sizes whose product is ${data.length}. Reshape it; batches are computed one matrix at a time.`,
    { op: reading.op, details: { shape } },
  );
}

function fromRows(rows: readonly ArrayLike<number>[], reading: Reading): Matrix {
  const columns = rows[0]?.length ?? 0;
  const result = zeroMatrix(rows.length, columns);
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new ShapeError(
        `${reading.op}: the rows of ${reading.name} differ in length. Got ${row.length} numbers in row ${index}; expected ` +
          `${columns} as in row 0. Pad the rows to one length.`,
        { op: reading.op },
      );
    }
    result.data.set(readNumbers(row, reading), index * columns);
  });
  return result;
}

/** Finite numbers, copied. */
export function readNumbers(values: ArrayLike<number>, { op, name }: Reading): Float64Array {
  const result = Float64Array.from(values);
  const bad = result.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return result;
  throw new DataError(
    `${op}: ${name} holds what is no finite number. Got ${String(values[bad])} at place ${bad}; expected finite numbers. ` +
      `Look at where it was computed.`,
    { op, details: { place: bad } },
  );
}

/** A right side: a matrix, or a vector as its one column. */
export function readRight(
  value: MatrixLike | ArrayLike<number>,
  reading: Reading,
): { matrix: Matrix; isVector: boolean } {
  if (isTensor(value)) return refuseTensor(value, reading);
  if (!isList(value) || isList(value[0])) return { matrix: readMatrix(value, reading), isVector: false };
  const data = readNumbers(value as ArrayLike<number>, reading);
  return { matrix: { data, shape: [data.length, 1] }, isVector: true };
}

/** The argument as a square matrix. */
export function readSquare(value: MatrixLike, reading: Reading): Matrix {
  const matrix = readMatrix(value, reading);
  const [rows, columns] = matrix.shape;
  if (rows === columns) return matrix;
  throw new ShapeError(
    `${reading.op}: ${reading.name} is not square. Got [${rows},${columns}]; expected as many rows as columns. Use lstsq or ` +
      `pinv for other shapes.`,
    { op: reading.op, details: { shape: matrix.shape } },
  );
}

/** Differences between `a` and `aᵀ` that count as rounding, relative to the largest element. */
const ASYMMETRY = 1e-6;

/** The argument as an exactly symmetric matrix: the mean with its transpose, which must be close. */
export function readSymmetric(value: MatrixLike, reading: Reading): Matrix {
  const matrix = readSquare(value, reading);
  const { data, shape } = matrix;
  const [n] = shape;
  const allowed = ASYMMETRY * largestOf(data);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const [lower, upper] = [data[i * n + j]!, data[j * n + i]!];
      if (Math.abs(lower - upper) > allowed) {
        throw new DataError(
          `${reading.op}: ${reading.name} is not symmetric. Got ${lower} at [${i},${j}] and ${upper} at [${j},${i}]; ` +
            `expected equal numbers. Use svd or qr for other matrices.`,
          { op: reading.op, details: { row: i, column: j } },
        );
      }
      data[i * n + j] = lower / 2 + upper / 2;
      data[j * n + i] = data[i * n + j]!;
    }
  }
  return matrix;
}
