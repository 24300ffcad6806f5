import { refusal } from '../errors.ts';

/**
 * Solves `A x = b` by Gaussian elimination with partial pivoting, for one right-hand side.
 *
 * @param matrix - `[n · n]`, row by row. Overwritten.
 * @param vector - `[n]`. Overwritten by x and returned.
 * @throws GaiError `UNBOUNDED` if the matrix is singular.
 */
export function solveInPlace(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  for (let column = 0; column < n; column++) {
    const pivot = pivotRow(matrix, n, column);
    if (pivot !== column) swapRows(matrix, vector, [n, pivot, column]);
    eliminate(matrix, vector, column);
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = vector[row]!;
    const base = row * n;
    for (let j = row + 1; j < n; j++) sum -= matrix[base + j]! * vector[j]!;
    vector[row] = sum / matrix[base + row]!;
  }
  return vector;
}

function pivotRow(matrix: Float64Array, n: number, column: number): number {
  let best = column;
  for (let row = column + 1; row < n; row++) {
    if (Math.abs(matrix[row * n + column]!) > Math.abs(matrix[best * n + column]!)) best = row;
  }
  if (matrix[best * n + column] === 0) {
    throw refusal('UNBOUNDED', {
      op: 'solveInPlace',
      problem: 'the linear system is singular',
      got: `a zero pivot in column ${column} of ${n}`,
      expected: 'a policy that ends every episode, or gamma below 1',
      fix: 'Lower gamma or evaluate another policy.',
    });
  }
  return best;
}

function swapRows(matrix: Float64Array, vector: Float64Array, [n, a, b]: readonly [number, number, number]): void {
  const row = matrix.slice(a * n, a * n + n);
  matrix.copyWithin(a * n, b * n, b * n + n);
  matrix.set(row, b * n);
  const kept = vector[a]!;
  vector[a] = vector[b]!;
  vector[b] = kept;
}

function eliminate(matrix: Float64Array, vector: Float64Array, column: number): void {
  const n = vector.length;
  const source = column * n;
  const pivot = matrix[source + column]!;
  for (let row = column + 1; row < n; row++) {
    const base = row * n;
    const factor = matrix[base + column]! / pivot;
    if (factor === 0) continue;
    for (let j = column + 1; j < n; j++) matrix[base + j]! -= factor * matrix[source + j]!;
    vector[row]! -= factor * vector[column]!;
  }
}
