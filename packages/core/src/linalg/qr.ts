import { addScaled, dotOf, identityMatrix, lengthOf, readMatrix, rowOf, transposed, zeroMatrix } from './matrix.ts';
import type { Matrix, MatrixLike } from './matrix.ts';

/** What {@link qr} returns. */
export interface QR {
  /** `[m, k]` with orthonormal columns, k the smaller of m and n. */
  readonly q: Matrix;
  /** `[k, n]`, 0 below the diagonal. */
  readonly r: Matrix;
}

/**
 * `a = q·r` with orthonormal columns in `q` and an upper triangular `r`, by Householder reflections; reduced, with the
 * signs of LAPACK and NumPy.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[m, n]`.
 * @throws {@link DataError} if a number is not finite; {@link GraphError} if a tensor is given.
 * @example
 * const { q, r } = qr([[3, 1], [4, 2]]);
 * q.data; // => [-0.6, -0.8, -0.8, 0.6]
 * r.data; // => [-5, -2.2, 0, 0.4]
 * @category Host linear algebra
 */
export function qr(a: MatrixLike): QR {
  const instead = 'Compute it before the traced function and pass the result in.';
  return factorQR(readMatrix(a, { op: 'qr', name: 'a', instead }));
}

/** As {@link qr}, of a matrix that was read. */
export function factorQR(a: Matrix): QR {
  const [m, n] = a.shape;
  const k = Math.min(m, n);
  // Columns as rows, so that what is read together lies together.
  const columns = transposed(a);
  const reflections = Array.from({ length: k }, (_, j) => reflect(columns, j));
  const r = zeroMatrix(k, n);
  for (let j = 0; j < n; j += 1) {
    for (let i = 0; i <= Math.min(j, k - 1); i += 1) r.data[i * n + j] = columns.data[j * m + i]!;
  }
  const q = zeroMatrix(k, m);
  for (let i = 0; i < k; i += 1) {
    const column = rowOf(q, i);
    column[i] = 1;
    for (let j = k - 1; j >= 0; j -= 1) applyReflection(column.subarray(j), reflections[j]);
  }
  return { q: transposed(q), r };
}

/** A vector v of length √2: the reflection is `x − v·(v·x)`. None where there is nothing to reflect. */
export type Reflection = Float64Array | undefined;

/** The reflection that turns x into a multiple of the first axis; the multiple has the opposite sign of `x[0]`. */
export function reflectionOf(x: Float64Array): Reflection {
  const below = lengthOf(x.subarray(1));
  if (below === 0) return undefined;
  const length = Math.hypot(x[0]!, below);
  const v = x.map((value) => value / length);
  v[0]! += v[0]! < 0 ? -1 : 1;
  const scale = Math.sqrt(2 / dotOf(v, v));
  return v.map((value) => value * scale);
}

/** `x − v·(v·x)`, in place. */
export function applyReflection(x: Float64Array, v: Reflection): void {
  if (v !== undefined) addScaled(x, v, -dotOf(v, x));
}

/** The product of reflections, the first of which starts at place `offset`: its columns as rows. */
export function accumulate(n: number, reflections: readonly Reflection[], offset: number): Matrix {
  const rows = identityMatrix(n);
  for (let i = 0; i < n; i += 1) {
    for (let k = reflections.length - 1; k >= 0; k -= 1)
      applyReflection(rowOf(rows, i).subarray(k + offset), reflections[k]);
  }
  return rows;
}

/** Makes column `j` (a row here) 0 below the diagonal and carries the later ones along. */
function reflect(columns: Matrix, j: number): Reflection {
  const v = reflectionOf(rowOf(columns, j).subarray(j));
  for (let other = j; other < columns.shape[0]; other += 1) applyReflection(rowOf(columns, other).subarray(j), v);
  return v;
}
