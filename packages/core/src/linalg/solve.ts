import { ShapeError } from '../errors.ts';
import { checkRegular, factorize, solveFactored } from './lu.ts';
import { identityMatrix, readRight, readSquare } from './matrix.ts';
import type { ArrayWithShape, Matrix, MatrixLike } from './matrix.ts';

const INSTEAD = 'Inside a traced function use triangularSolve, or choleskySolve(cholesky(a), b), for at most 64 rows.';

/**
 * Solves `a·x = b` for a square matrix, by elimination with row exchanges in float64.
 *
 * Computes on the host and cannot be traced. For a graph see `choleskySolve` and `triangularSolve` of `@gai/core`.
 *
 * @param a - `[n, n]`.
 * @param b - A vector of n numbers, or a matrix `[n, k]`.
 * @returns A vector for a vector, a matrix for a matrix.
 * @throws {@link DataError} if the matrix is singular up to rounding, or a number is not finite.
 * @throws {@link ShapeError} if `a` is not square or `b` does not have as many rows.
 * @throws {@link GraphError} if a tensor is given.
 * @example
 * solve([[2, 1], [1, 3]], [3, 5]); // => [0.8, 1.4]
 * @category Host linear algebra
 */
export function solve(a: MatrixLike, b: ArrayLike<number>): Float64Array;
/**
 * Solves `a·x = b` for several right sides.
 * @category Host linear algebra
 */
export function solve(a: MatrixLike, b: readonly ArrayLike<number>[] | ArrayWithShape): Matrix;
export function solve(a: MatrixLike, b: MatrixLike | ArrayLike<number>): Matrix | Float64Array {
  const matrix = readSquare(a, { op: 'solve', name: 'a', instead: INSTEAD });
  const { matrix: right, isVector } = readRight(b, { op: 'solve', name: 'b', instead: INSTEAD });
  if (right.shape[0] !== matrix.shape[0]) {
    throw new ShapeError(
      `solve: the right side does not fit. Got a [${matrix.shape.join()}] and b with ${right.shape[0]} rows; expected ` +
        `${matrix.shape[0]}. Transpose b.`,
      { op: 'solve' },
    );
  }
  const factored = factorize(matrix);
  checkRegular(factored, 'solve');
  const x = solveFactored(factored, right);
  return isVector ? x.data : x;
}

/**
 * The inverse of a square matrix. To solve equations use {@link solve}: it is faster and more exact.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[n, n]`.
 * @throws {@link DataError} if the matrix is singular up to rounding, or a number is not finite.
 * @throws {@link ShapeError} if it is not square; {@link GraphError} if a tensor is given.
 * @example
 * inv([[2, 0], [0, 4]]).data; // => [0.5, 0, 0, 0.25]
 * @see {@link pinv} for other matrices.
 * @category Host linear algebra
 */
export function inv(a: MatrixLike): Matrix {
  const factored = factorize(readSquare(a, { op: 'inv', name: 'a', instead: INSTEAD }));
  checkRegular(factored, 'inv');
  return solveFactored(factored, identityMatrix(factored.order.length));
}
