import { bidiagonalize, diagonalizeBidiagonal } from './bidiagonal.ts';
import { largestOf, product, readMatrix, rowOf, transposed, zeroMatrix } from './matrix.ts';
import type { Matrix, MatrixLike } from './matrix.ts';
import { factorQR } from './qr.ts';

/** What {@link svd} returns. */
export interface SVD {
  /** `[m, k]` with orthonormal columns, k the smaller of m and n. */
  readonly u: Matrix;
  /** The k singular values, largest first, none negative. */
  readonly s: Float64Array;
  /** `[k, n]` with orthonormal rows. */
  readonly vh: Matrix;
}

/**
 * The singular value decomposition `a = u·diag(s)·vh`, reduced as in NumPy with `full_matrices=False`; by QR,
 * Householder reduction to two diagonals and the iteration of Golub and Kahan.
 *
 * Computes on the host in float64 and cannot be traced. Which of a pair of singular vectors and its negative comes out
 * is not determined.
 *
 * @param a - `[m, n]`.
 * @throws {@link DataError} if a number is not finite; {@link GraphError} if a tensor is given.
 * @example
 * svd([[3, 0], [0, -4]]).s; // => [4, 3]
 * @category Host linear algebra
 */
export function svd(a: MatrixLike): SVD {
  const instead = 'Compute it before the traced function and pass the result in.';
  return decompose(readMatrix(a, { op: 'svd', name: 'a', instead }));
}

/** As {@link svd}, of a matrix that was read. */
export function decompose(a: Matrix): SVD {
  const [m, n] = a.shape;
  if (m < n) {
    const { u, s, vh } = decompose(transposed(a));
    return { u: transposed(vh), s, vh: transposed(u) };
  }
  // Squares must neither overflow nor vanish.
  const scale = largestOf(a.data) || 1;
  const { q, r } = factorQR({ data: a.data.map((value) => value / scale), shape: a.shape });
  const parts = bidiagonalize(r);
  diagonalizeBidiagonal(parts);
  const { diagonal } = parts;
  const order = Array.from(diagonal.keys()).sort((i, j) => Math.abs(diagonal[j]!) - Math.abs(diagonal[i]!));
  const [rows, vh] = [zeroMatrix(n, n), zeroMatrix(n, n)];
  order.forEach((from, to) => {
    rowOf(rows, to).set(rowOf(parts.u, from));
    rowOf(vh, to).set(rowOf(parts.v, from).map((value) => (diagonal[from]! < 0 ? -value : value)));
  });
  return {
    u: product(q, transposed(rows)),
    s: Float64Array.from(order, (index) => Math.abs(diagonal[index]!) * scale),
    vh,
  };
}
