import { DataError } from '../errors.ts';
import { EPSILON, dotOf, readSymmetric, rowOf, zeroMatrix } from './matrix.ts';
import type { Matrix, MatrixLike } from './matrix.ts';

/**
 * The Cholesky factor of a symmetric positive definite matrix: the lower triangular `L` with `L·Lᵀ = a`.
 *
 * Computes on the host in float64 and cannot be traced; `cholesky` of `@gai/core` is part of a graph.
 *
 * @param a - `[n, n]`.
 * @throws {@link DataError} if the matrix is not symmetric or not positive definite, or a number is not finite.
 * @throws {@link ShapeError} if it is not square; {@link GraphError} if a tensor is given.
 * @example
 * cholesky([[4, 2], [2, 5]]).data; // => [2, 0, 1, 2]
 * @category Host linear algebra
 */
export function cholesky(a: MatrixLike): Matrix {
  const instead = 'Inside a traced function use cholesky of @gai/core, for at most 64 rows.';
  const matrix = readSymmetric(a, { op: 'cholesky', name: 'a', instead });
  const [n] = matrix.shape;
  const factor = zeroMatrix(n, n);
  for (let i = 0; i < n; i += 1) {
    const row = rowOf(factor, i);
    for (let j = 0; j < i; j += 1) {
      const known = dotOf(row.subarray(0, j), rowOf(factor, j).subarray(0, j));
      row[j] = (matrix.data[i * n + j]! - known) / factor.data[j * n + j]!;
    }
    const diagonal = matrix.data[i * n + i]!;
    const pivot = diagonal - dotOf(row.subarray(0, i), row.subarray(0, i));
    if (!(pivot > n * EPSILON * diagonal)) throw notPositive(i, pivot);
    row[i] = Math.sqrt(pivot);
  }
  return factor;
}

function notPositive(row: number, pivot: number): DataError {
  return new DataError(
    `cholesky: the matrix is not positive definite. Got pivot ${pivot.toExponential(1)} in row ${row}; expected a number above ` +
      `0 by more than rounding. Add a small multiple of the identity, or use eigh.`,
    { op: 'cholesky', details: { row, pivot } },
  );
}
