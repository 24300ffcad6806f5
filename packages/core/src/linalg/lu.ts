import { DataError } from '../errors.ts';
import { EPSILON, addScaled, rowOf } from './matrix.ts';
import type { Matrix } from './matrix.ts';

/** `P·a = L·U` by elimination with row exchanges. */
export interface LU {
  /** U on and above the diagonal, L (with ones on its diagonal) below. */
  readonly factors: Matrix;
  /** For each row of the factors, the row of `a` it was. */
  readonly order: readonly number[];
  /** The sign of the permutation. */
  readonly sign: 1 | -1;
}

/** Factors a square matrix, in place. */
export function factorize(a: Matrix): LU {
  const [n] = a.shape;
  const order = Array.from({ length: n }, (_, index) => index);
  let sign: 1 | -1 = 1;
  for (let k = 0; k < n; k += 1) {
    const best = largestBelow(a, k);
    if (best !== k) {
      exchange(a, k, best);
      [order[k], order[best]] = [order[best]!, order[k]!];
      sign = sign === 1 ? -1 : 1;
    }
    eliminate(a, k);
  }
  return { factors: a, order, sign };
}

/** The row from `k` on with the largest element in column `k`. */
function largestBelow({ data, shape: [n] }: Matrix, k: number): number {
  let best = k;
  for (let i = k + 1; i < n; i += 1) if (Math.abs(data[i * n + k]!) > Math.abs(data[best * n + k]!)) best = i;
  return best;
}

function exchange(a: Matrix, i: number, j: number): void {
  const row = rowOf(a, i).slice();
  rowOf(a, i).set(rowOf(a, j));
  rowOf(a, j).set(row);
}

/** Takes multiples of row `k` from the rows below; a column of zeros needs none. */
function eliminate(a: Matrix, k: number): void {
  const [n] = a.shape;
  const pivot = a.data[k * n + k]!;
  if (pivot === 0) return;
  const right = rowOf(a, k).subarray(k + 1);
  for (let i = k + 1; i < n; i += 1) {
    const row = rowOf(a, i);
    row[k]! /= pivot;
    addScaled(row.subarray(k + 1), right, -row[k]!);
  }
}

/**
 * Refuses a matrix that is singular up to rounding: a pivot no larger than the rounding errors of the sum it is, so
 * that a change of the elements in their last digits makes it 0. Scaling rows or columns changes nothing of that.
 */
export function checkRegular({ factors: { data, shape } }: LU, op: string): void {
  const [n] = shape;
  for (let k = 0; k < n; k += 1) {
    const pivot = Math.abs(data[k * n + k]!);
    let magnitude = pivot;
    for (let j = 0; j < k; j += 1) magnitude += Math.abs(data[k * n + j]! * data[j * n + k]!);
    if (pivot > n * EPSILON * magnitude) continue;
    throw new DataError(
      `${op}: the matrix is singular. Got a [${n},${n}] whose pivot ${k} is ${pivot === 0 ? '0' : pivot.toExponential(1)}, 0 up ` +
        `to rounding; expected linearly independent rows. Use lstsq for a solution of least squares, or pinv.`,
      { op, details: { pivot: k } },
    );
  }
}

/** `a⁻¹·b` from the factors of `a`. */
export function solveFactored({ factors, order }: LU, b: Matrix): Matrix {
  const [n] = factors.shape;
  const columns = b.shape[1];
  const x: Matrix = { data: new Float64Array(n * columns), shape: [n, columns] };
  for (let i = 0; i < n; i += 1) {
    rowOf(x, i).set(rowOf(b, order[i]!));
    for (let k = 0; k < i; k += 1) addScaled(rowOf(x, i), rowOf(x, k), -factors.data[i * n + k]!);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    const row = rowOf(x, i);
    for (let k = i + 1; k < n; k += 1) addScaled(row, rowOf(x, k), -factors.data[i * n + k]!);
    const pivot = factors.data[i * n + i]!;
    for (let j = 0; j < columns; j += 1) row[j]! /= pivot;
  }
  return x;
}
