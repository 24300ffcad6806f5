import { internalError } from '../errors.ts';
import {
  EPSILON,
  addScaled,
  dotOf,
  identityMatrix,
  largestOf,
  readSymmetric,
  rotateRows,
  rowOf,
  transposed,
} from './matrix.ts';
import type { Matrix, MatrixLike } from './matrix.ts';
import { accumulate, applyReflection, reflectionOf } from './qr.ts';
import type { Reflection } from './qr.ts';

/** Steps of the QL iteration per eigenvalue; it needs about two. */
const MAX_STEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: `a = V·diag(values)·Vᵀ`, by Householder reduction to three
 * diagonals and the implicit QL iteration.
 *
 * Computes on the host in float64 and cannot be traced.
 *
 * @param a - `[n, n]`.
 * @returns `values` in ascending order, and `vectors` `[n, n]` with an orthonormal eigenvector in each column; which of
 * `v` and `−v` is not determined.
 * @throws {@link DataError} if the matrix is not symmetric, or a number is not finite.
 * @throws {@link ShapeError} if it is not square; {@link GraphError} if a tensor is given.
 * @example
 * eigh([[2, 1], [1, 2]]).values; // => [1, 3]
 * @category Host linear algebra
 */
export function eigh(a: MatrixLike): { values: Float64Array; vectors: Matrix } {
  const instead = 'Compute it before the traced function and pass the result in.';
  const matrix = readSymmetric(a, { op: 'eigh', name: 'a', instead });
  const [n] = matrix.shape;
  // Squares must neither overflow nor vanish.
  const scale = largestOf(matrix.data) || 1;
  matrix.data.forEach((value, index) => (matrix.data[index] = value / scale));
  const { diagonal, beside, vectors } = tridiagonalize(matrix);
  diagonalize(diagonal, beside, vectors);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i]! - diagonal[j]!);
  const sorted = identityMatrix(n);
  order.forEach((from, to) => rowOf(sorted, to).set(rowOf(vectors, from)));
  return { values: Float64Array.from(order, (index) => diagonal[index]! * scale), vectors: transposed(sorted) };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Beside the diagonal; one longer than needed. */
  readonly beside: Float64Array;
  /** In its rows what the axes of the three-diagonal matrix are in those of `a`. */
  readonly vectors: Matrix;
}

/** `Hᵀ·a·H` with three diagonals, H a product of reflections; overwrites `a`. */
function tridiagonalize(a: Matrix): Tridiagonal {
  const [n] = a.shape;
  const reflections: Reflection[] = [];
  for (let k = 0; k + 2 < n; k += 1) {
    // Row k is column k: the matrix stays symmetric.
    const v = reflectionOf(rowOf(a, k).subarray(k + 1));
    reflections.push(v);
    if (v !== undefined) reflectBothSides(a, v, k + 1);
    applyReflection(rowOf(a, k).subarray(k + 1), v);
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => a.data[i * n + i]!),
    beside: Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? a.data[i * n + i + 1]! : 0)),
    vectors: accumulate(n, reflections, 1),
  };
}

/** `H·x·H` of the part from `first` on: `x − v·wᵀ − w·vᵀ` with `p = x·v` and `w = p − v·(v·p)/2`. */
function reflectBothSides(a: Matrix, v: Float64Array, first: number): void {
  const [n] = a.shape;
  const w = v.map((_, i) => dotOf(rowOf(a, first + i).subarray(first), v));
  addScaled(w, v, -dotOf(v, w) / 2);
  for (let i = first; i < n; i += 1) {
    const row = rowOf(a, i).subarray(first);
    addScaled(row, w, -v[i - first]!);
    addScaled(row, v, -w[i - first]!);
  }
}

/** Turns a three-diagonal matrix into its eigenvalues, and the rows of `vectors` into the eigenvectors, in place. */
function diagonalize(diagonal: Float64Array, beside: Float64Array, vectors: Matrix): void {
  const n = diagonal.length;
  for (let first = 0; first < n; first += 1) {
    for (let step = 0; ; step += 1) {
      const last = endOfBlock(diagonal, beside, first);
      if (last === first) break;
      if (step === MAX_STEPS) throw internalError(`eigh: no convergence at eigenvalue ${first} of ${n}.`);
      qlStep({ diagonal, beside, vectors }, first, last);
    }
  }
}

/** The first place from `first` on after which the matrix falls apart. */
function endOfBlock(diagonal: Float64Array, beside: Float64Array, first: number): number {
  let last = first;
  while (last + 1 < diagonal.length) {
    const size = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
    if (Math.abs(beside[last]!) <= EPSILON * size) break;
    last += 1;
  }
  return last;
}

/** One implicit QL step with Wilkinson's shift: rotations that chase a bulge from the end of the block to its start. */
function qlStep({ diagonal: d, beside: e, vectors }: Tridiagonal, first: number, last: number): void {
  const ratio = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  const shift = d[first]! - e[first]! / (ratio + (ratio < 0 ? -1 : 1) * Math.hypot(ratio, 1));
  let [cosine, sine, moved, g] = [1, 1, 0, d[last]! - shift];
  for (let i = last - 1; i >= first; i -= 1) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here; the next step goes on with its parts.
      d[i + 1]! -= moved;
      e[last] = 0;
      return;
    }
    [sine, cosine] = [f / r, g / r];
    const centre = d[i + 1]! - moved;
    const turned = (d[i]! - centre) * sine + 2 * cosine * b;
    moved = sine * turned;
    d[i + 1] = centre + moved;
    g = cosine * turned - b;
    rotateRows(rowOf(vectors, i), rowOf(vectors, i + 1), { cosine, sine });
  }
  d[first]! -= moved;
  e[first] = g;
  e[last] = 0;
}
