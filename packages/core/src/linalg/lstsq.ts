import { checkArgument, checkOptionNames } from '../argument.ts';
import { ShapeError } from '../errors.ts';
import { EPSILON, dotOf, product, readMatrix, readRight, rowOf, transposed } from './matrix.ts';
import type { ArrayWithShape, Matrix, MatrixLike } from './matrix.ts';
import { decompose } from './svd.ts';
import type { SVD } from './svd.ts';

/** From which size on a singular value counts. */
export interface RankOptions {
  /** Singular values up to this share of the largest count as 0. Default: machine epsilon times the larger size. */
  readonly rcond?: number | undefined;
}

const INSTEAD = 'Inside a traced function use choleskySolve(cholesky(aᵀ·a), aᵀ·b), for at most 64 columns.';

/** How many singular values count. */
function rankOf({ s }: SVD, shape: readonly [number, number], { rcond, op }: RankOptions & { op: string }): number {
  const isShare = rcond === undefined || rcond >= 0;
  checkArgument(isShare, rcond, { op, name: 'rcond', rule: 'a number of 0 or more' });
  const least = (rcond ?? EPSILON * Math.max(...shape)) * (s[0] ?? 0);
  return s.filter((value) => value > least).length;
}

/** `V·diag(1/s)·Uᵀ·b` of the first `rank` singular values. */
function applyInverse({ u, s, vh }: SVD, rank: number, b: Matrix): Matrix {
  const parts = product(transposed(u), b);
  s.forEach((value, i) => {
    const row = rowOf(parts, i);
    row.forEach((part, j) => (row[j] = i < rank ? part / value : 0));
  });
  return product(transposed(vh), parts);
}

/** What {@link lstsq} returns. */
export interface LeastSquares<X> {
  /** The solution: a vector for a vector, a matrix for a matrix. */
  readonly x: X;
  /** `Σ (b − a·x)²` of each column of `b`. */
  readonly residuals: Float64Array;
  /** How many singular values of `a` count. */
  readonly rank: number;
  /** The singular values of `a`, largest first. */
  readonly s: Float64Array;
}

/**
 * The solution of least squares: the `x` for which `Σ (b − a·x)²` is least, and of those the shortest; by the singular
 * value decomposition.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[m, n]`, of any rank.
 * @param b - A vector of m numbers, or a matrix `[m, k]`.
 * @param options.rcond - Singular values up to this share of the largest count as 0. Default: machine epsilon times the
 * larger of m and n.
 * @throws {@link ShapeError} if `b` does not have as many rows as `a`.
 * @throws {@link DataError} if a number is not finite; {@link GraphError} if a tensor is given.
 * @example
 * lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x; // => [1, 2]
 * @category Host linear algebra
 */
export function lstsq(a: MatrixLike, b: ArrayLike<number>, options?: RankOptions): LeastSquares<Float64Array>;
/**
 * The solutions of least squares for several right sides.
 * @category Host linear algebra
 */
export function lstsq(
  a: MatrixLike,
  b: readonly ArrayLike<number>[] | ArrayWithShape,
  options?: RankOptions,
): LeastSquares<Matrix>;
export function lstsq(
  a: MatrixLike,
  b: MatrixLike | ArrayLike<number>,
  options: RankOptions = {},
): LeastSquares<Matrix | Float64Array> {
  checkOptionNames('lstsq', options, ['rcond']);
  const matrix = readMatrix(a, { op: 'lstsq', name: 'a', instead: INSTEAD });
  const { matrix: right, isVector } = readRight(b, { op: 'lstsq', name: 'b', instead: INSTEAD });
  if (right.shape[0] !== matrix.shape[0]) {
    throw new ShapeError(
      `lstsq: the right side does not fit. Got a [${matrix.shape.join()}] and b with ${right.shape[0]} rows; expected ` +
        `${matrix.shape[0]}. Transpose b.`,
      { op: 'lstsq' },
    );
  }
  const decomposed = decompose(matrix);
  const rank = rankOf(decomposed, matrix.shape, { ...options, op: 'lstsq' });
  const x = applyInverse(decomposed, rank, right);
  const fitted = transposed(product(matrix, x));
  const given = transposed(right);
  const residuals = Float64Array.from({ length: right.shape[1] }, (_, column) => {
    const rest = rowOf(given, column).map((value, i) => value - rowOf(fitted, column)[i]!);
    return dotOf(rest, rest);
  });
  return { x: isVector ? x.data : x, residuals, rank, s: decomposed.s };
}

/**
 * The Moore-Penrose inverse of any matrix: `pinv(a)·b` is the shortest solution of least squares.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[m, n]`.
 * @param options.rcond - Singular values up to this share of the largest count as 0. Default: machine epsilon times the
 * larger of m and n.
 * @returns `[n, m]`.
 * @throws {@link DataError} if a number is not finite; {@link GraphError} if a tensor is given.
 * @example
 * pinv([[1, 1]]).data; // => [0.5, 0.5]
 * @category Host linear algebra
 */
export function pinv(a: MatrixLike, options: RankOptions = {}): Matrix {
  checkOptionNames('pinv', options, ['rcond']);
  const matrix = readMatrix(a, { op: 'pinv', name: 'a', instead: INSTEAD });
  const { u, s, vh } = decompose(matrix);
  const rank = rankOf({ u, s, vh }, matrix.shape, { ...options, op: 'pinv' });
  const scaled = transposed(vh); // [n, k]
  const k = s.length;
  scaled.data.forEach((value, place) => {
    const i = place % k;
    scaled.data[place] = i < rank ? value / s[i]! : 0;
  });
  return product(scaled, transposed(u));
}

/**
 * The rank of a matrix: how many singular values are larger than rounding errors.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[m, n]`.
 * @param options.rcond - Singular values up to this share of the largest count as 0. Default: machine epsilon times the
 * larger of m and n.
 * @throws {@link DataError} if a number is not finite; {@link GraphError} if a tensor is given.
 * @example
 * matrixRank([[1, 2], [2, 4]]); // => 1
 * @category Host linear algebra
 */
export function matrixRank(a: MatrixLike, options: RankOptions = {}): number {
  checkOptionNames('matrixRank', options, ['rcond']);
  const instead = 'Compute it before the traced function and pass the result in.';
  const matrix = readMatrix(a, { op: 'matrixRank', name: 'a', instead });
  return rankOf(decompose(matrix), matrix.shape, { ...options, op: 'matrixRank' });
}
