import { checkOptionNames } from '../argument.ts';
import { dimAdd, dimEquals, dimSub, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxis } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { equal, lessEqual, where } from './compare.ts';
import { add } from './elementwise.ts';
import { iota } from './iota.ts';
import { pad, slice, unsqueeze } from './movement.ts';
import { asNumber } from './shared.ts';
import { reshape, sum, transpose } from './structural.ts';

/** Which diagonal of a matrix is meant. */
export interface DiagonalOptions {
  /** How far above the main diagonal; negative below. Default 0. */
  readonly diagonal?: number | undefined;
}

/** Which diagonal of which two axes is meant. */
export interface MatrixDiagonalOptions extends DiagonalOptions {
  /** The two axes of the matrices. Default the last two. */
  readonly axes?: readonly [row: number, column: number] | undefined;
}

/** The number of a diagonal, checked. */
function diagonalOf({ diagonal = 0 }: DiagonalOptions, op: string): number {
  if (Number.isInteger(diagonal)) return diagonal;
  throw new ArgumentError(
    `${op}: no such diagonal. Got ${diagonal}; expected a whole number, 0 for the main diagonal. Round it.`,
    { op },
  );
}

/** The last two sizes. */
function matrixSizes(x: Tensor, op: string): [rows: Dim, columns: Dim] {
  const [rows, columns] = x.shape.slice(-2);
  if (rows !== undefined && columns !== undefined) return [rows, columns];
  throw new ShapeError(
    `${op}: not a matrix. Got x ${formatShape(x.shape)}; expected at least two axes. Add one with unsqueeze.`,
    { op },
  );
}

/** `[rows, columns]`, true where `column ≤ row + diagonal`. */
function belowDiagonal(x: Tensor, diagonal: number, op: string): Tensor {
  const [rows, columns] = matrixSizes(x, op);
  return lessEqual(iota(columns), add(unsqueeze(iota(rows), 1), diagonal));
}

/** `[rows, columns]`, true where `column = row + diagonal`. */
export function onDiagonal(rows: Dim, columns: Dim, diagonal: number): Tensor {
  return equal(iota(columns), add(unsqueeze(iota(rows), 1), diagonal));
}

/**
 * The lower triangle of the last two axes: element `[i, j]` where `j ≤ i + diagonal`, 0 elsewhere.
 * @param options.diagonal - How far above the main diagonal to keep. Default 0.
 * @throws {@link ShapeError} if x has fewer than two axes.
 * @example
 * await toArray(tril(tensor([[1, 2], [3, 4]]))); // => [[1, 0], [3, 4]]
 * @category Movement
 */
export function tril(x: TensorLike, options: DiagonalOptions = {}): Tensor {
  checkOptionNames('tril', options, ['diagonal']);
  const operand = asTensor(x, 'tril');
  return where(belowDiagonal(operand, diagonalOf(options, 'tril'), 'tril'), operand, zeroOf(operand));
}

/**
 * The upper triangle of the last two axes: element `[i, j]` where `j ≥ i + diagonal`, 0 elsewhere.
 * @param options.diagonal - How far above the main diagonal to begin. Default 0.
 * @throws {@link ShapeError} if x has fewer than two axes.
 * @example
 * await toArray(triu(tensor([[1, 2], [3, 4]]))); // => [[1, 2], [0, 4]]
 * @category Movement
 */
export function triu(x: TensorLike, options: DiagonalOptions = {}): Tensor {
  checkOptionNames('triu', options, ['diagonal']);
  const operand = asTensor(x, 'triu');
  return where(belowDiagonal(operand, diagonalOf(options, 'triu') - 1, 'triu'), zeroOf(operand), operand);
}

const zeroOf = (x: Tensor): TensorLike => (x.dtype === 'bool' ? false : 0);

/**
 * The diagonals of matrices: `y[..., i] = x[..., i, i + diagonal]`.
 *
 * For one diagonal on a matrix of zeros use {@link diag}.
 *
 * @param options.diagonal - How far above the main diagonal; negative below. Default 0.
 * @param options.axes - The axes of the rows and columns. Default the last two.
 * @returns The other axes of x, then the diagonal; length 0 where it lies outside the matrix.
 * @throws {@link ShapeError} if x has fewer than two axes, or the length depends on unequal sizes that are known only
 * when the graph runs.
 * @example
 * await toArray(diagonal(tensor([[1, 2], [3, 4]]))); // => [1, 4]
 * @category Movement
 */
export function diagonal(x: TensorLike, options: MatrixDiagonalOptions = {}): Tensor {
  checkOptionNames('diagonal', options, ['axes', 'diagonal']);
  const operand = matricesLast(asTensor(x, 'diagonal'), options.axes, 'diagonal');
  const offset = diagonalOf(options, 'diagonal');
  const [rows, columns] = matrixSizes(operand, 'diagonal');
  const batch = operand.shape.slice(0, -2);
  if (isSymbolic(rows) || isSymbolic(columns)) return symbolicDiagonal(operand, offset);
  const length = Math.max(0, offset < 0 ? Math.min(rows + offset, columns) : Math.min(rows, columns - offset));
  if (length === 0) return slice(reshape(operand, [...batch, rows * columns]), [[0, 0]], { axes: [-1] });
  // In row order the diagonal's elements are columns + 1 apart.
  const start = offset < 0 ? -offset * columns : offset;
  const stop = start + (length - 1) * (columns + 1) + 1;
  return slice(reshape(operand, [...batch, rows * columns]), [[start, stop, columns + 1]], { axes: [-1] });
}

/** The two axes moved to the end. */
function matricesLast(x: Tensor, axes: readonly [number, number] | undefined, op: string): Tensor {
  const rank = x.shape.length;
  matrixSizes(x, op);
  if (axes === undefined) return x;
  const [row, column] = axes.map((axis) => normalizeAxis(axis, rank, op)) as [number, number];
  if (row !== column)
    return transpose(x, [...x.shape.keys()].filter((axis) => axis !== row && axis !== column).concat(row, column));
  throw new ShapeError(
    `${op}: the two axes are one. Got axes [${axes.join()}] of x ${formatShape(x.shape)}; expected two different ones. ` +
      `Name another.`,
    { op },
  );
}

/** Sums what is left of each row (or column) when all but the diagonal is 0. */
function symbolicDiagonal(x: Tensor, offset: number): Tensor {
  const [rows, columns] = matrixSizes(x, 'diagonal');
  if (!dimEquals(rows, columns)) {
    throw new ShapeError(
      `diagonal: the length is not known. Got x ${formatShape(x.shape)}; expected fixed sizes, or as many rows as columns. ` +
        `Slice x to a square.`,
      { op: 'diagonal' },
    );
  }
  const kept = where(onDiagonal(rows, columns, offset), x, zeroOf(x));
  const places = sum(asNumber(kept, 'diagonal'), { axis: offset < 0 ? -2 : -1 });
  const found = slice(places, [[0, dimSub(rows, Math.abs(offset))]], { axes: [-1] });
  return x.dtype === 'bool' ? equal(found, 1) : found;
}

/**
 * Matrices with the given diagonals, 0 elsewhere: `y[..., i, i + diagonal] = x[..., i]`; the reverse of
 * {@link diagonal}.
 * @param x - `[..., n]`.
 * @param options.diagonal - How far above the main diagonal; negative below. Default 0.
 * @returns `[..., m, m]` with `m = n + |diagonal|`.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(diagEmbed(tensor([[1, 2], [3, 4]]))); // => [[[1, 0], [0, 2]], [[3, 0], [0, 4]]]
 * @category Movement
 */
export function diagEmbed(x: TensorLike, options: DiagonalOptions = {}): Tensor {
  checkOptionNames('diagEmbed', options, ['diagonal']);
  const operand = asTensor(x, 'diagEmbed');
  const offset = diagonalOf(options, 'diagEmbed');
  const axis = normalizeAxis(-1, operand.shape.length, 'diagEmbed');
  const size = dimAdd(operand.shape[axis]!, Math.abs(offset));
  const wide = pad(
    operand,
    operand.shape.map((_, at) => (at === axis ? [0, Math.abs(offset)] : 0)),
  );
  const spread = unsqueeze(wide, offset < 0 ? -2 : -1);
  return where(onDiagonal(size, size, offset), spread, zeroOf(operand));
}

/**
 * A vector as the diagonal of a matrix of zeros; or, given a matrix, its diagonal (NumPy's `diag`).
 *
 * For batches use {@link diagEmbed} and {@link diagonal}.
 *
 * @param x - `[n]` or `[n, m]`.
 * @param options.diagonal - How far above the main diagonal; negative below. Default 0.
 * @throws {@link ShapeError} if x has neither one nor two axes.
 * @example
 * await toArray(diag(tensor([1, 2]))); // => [[1, 0], [0, 2]]
 * await toArray(diag(tensor([[1, 2], [3, 4]]))); // => [1, 4]
 * @category Movement
 */
export function diag(x: TensorLike, options: DiagonalOptions = {}): Tensor {
  checkOptionNames('diag', options, ['diagonal']);
  const operand = asTensor(x, 'diag');
  if (operand.shape.length === 1) return diagEmbed(operand, options);
  if (operand.shape.length === 2) return diagonal(operand, options);
  throw new ShapeError(
    `diag: neither a vector nor a matrix. Got x ${formatShape(operand.shape)}; expected one or two axes. Use diagEmbed ` +
      `or diagonal for batches.`,
    { op: 'diag' },
  );
}

/**
 * The sum of the diagonal of matrices: `Σ x[..., i, i + diagonal]` (NumPy's `trace`; {@link trace} makes graphs here).
 * @param options.diagonal - How far above the main diagonal; negative below. Default 0.
 * @param options.axes - The axes of the rows and columns. Default the last two.
 * @throws {@link ShapeError} if x has fewer than two axes.
 * @example
 * await item(matrixTrace(tensor([[1, 2], [3, 4]]))); // => 5
 * @category Linear algebra
 */
export function matrixTrace(x: TensorLike, options: MatrixDiagonalOptions = {}): Tensor {
  checkOptionNames('matrixTrace', options, ['axes', 'diagonal']);
  return sum(diagonal(x, options), { axis: -1 });
}
