import { factorize } from './lu.ts';
import { readSquare } from './matrix.ts';
import type { MatrixLike } from './matrix.ts';

const INSTEAD =
  'Inside a traced function use choleskyLogDet(cholesky(a)) for positive definite matrices of at most 64 rows.';

/** The elements on the diagonal of U, and the sign of the row exchanges. */
function pivotsOf(a: MatrixLike, op: string): { pivots: number[]; sign: number } {
  const { factors, order, sign } = factorize(readSquare(a, { op, name: 'a', instead: INSTEAD }));
  return { pivots: order.map((_, i) => factors.data[i * order.length + i]!), sign };
}

/**
 * The determinant of a square matrix; 1 of one without rows. Where it may overflow use {@link slogdet}.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[n, n]`.
 * @throws {@link ShapeError} if it is not square; {@link DataError} if a number is not finite;
 * {@link GraphError} if a tensor is given.
 * @example
 * det([[1, 2], [3, 4]]); // => -2
 * @category Host linear algebra
 */
export function det(a: MatrixLike): number {
  const { pivots, sign } = pivotsOf(a, 'det');
  return pivots.reduce((value, pivot) => value * pivot, sign) + 0; // no −0
}

/**
 * Sign and logarithm of the determinant: `det(a) = sign · exp(logAbsDet)`. Of a singular matrix the sign is 0 and the
 * logarithm −∞.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[n, n]`.
 * @throws {@link ShapeError} if it is not square; {@link DataError} if a number is not finite;
 * {@link GraphError} if a tensor is given.
 * @example
 * slogdet([[1, 2], [3, 4]]); // => { sign: -1, logAbsDet: 0.6931471805599453 }
 * @category Host linear algebra
 */
export function slogdet(a: MatrixLike): { sign: number; logAbsDet: number } {
  const { pivots, sign } = pivotsOf(a, 'slogdet');
  return {
    sign: pivots.reduce((value, pivot) => value * Math.sign(pivot), sign) + 0,
    logAbsDet: pivots.reduce((total, pivot) => total + Math.log(Math.abs(pivot)), 0),
  };
}
