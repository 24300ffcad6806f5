import { internalError } from '../errors.ts';
import { EPSILON, addScaled, largestOf, rotateRows, rowOf } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import { accumulate, applyReflection, reflectionOf } from './qr.ts';
import type { Reflection } from './qr.ts';

/** Steps of the iteration per singular value; it needs about two. */
const MAX_STEPS = 60;

/** `a = uᵀ·B·v` with an upper bidiagonal B, while it turns into a diagonal one. */
export interface Bidiagonal {
  readonly diagonal: Float64Array;
  /** Above the diagonal; one longer than needed. */
  readonly above: Float64Array;
  /** `[n, n]` with orthonormal rows, as `v`. */
  readonly u: Matrix;
  readonly v: Matrix;
}

/** Reflects a square matrix from both sides until two diagonals are left; overwrites `a`. */
export function bidiagonalize(a: Matrix): Bidiagonal {
  const [n] = a.shape;
  const [left, right]: [Reflection[], Reflection[]] = [[], []];
  for (let k = 0; k < n; k += 1) {
    const u = reflectionOf(Float64Array.from({ length: n - k }, (_, i) => a.data[(k + i) * n + k]!));
    if (u !== undefined) reflectColumns(a, u, k);
    left.push(u);
    if (k + 2 >= n) continue;
    const v = reflectionOf(rowOf(a, k).subarray(k + 1));
    for (let i = k; i < n; i += 1) applyReflection(rowOf(a, i).subarray(k + 1), v);
    right.push(v);
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => a.data[i * n + i]!),
    above: Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? a.data[i * n + i + 1]! : 0)),
    u: accumulate(n, left, 0),
    v: accumulate(n, right, 1),
  };
}

/** `x − u·(uᵀ·x)` of the part from row and column `k` on. */
function reflectColumns(a: Matrix, u: Float64Array, k: number): void {
  const sums = new Float64Array(u.length);
  for (let i = 0; i < u.length; i += 1) addScaled(sums, rowOf(a, k + i).subarray(k), u[i]!);
  for (let i = 0; i < u.length; i += 1) addScaled(rowOf(a, k + i).subarray(k), sums, -u[i]!);
}

/** Makes B diagonal, in place; its elements may be negative and in any order. */
export function diagonalizeBidiagonal(b: Bidiagonal): void {
  const { diagonal: d, above: e } = b;
  const scale = Math.max(largestOf(d), largestOf(e));
  let steps = 0;
  for (let last = d.length - 1; last > 0;) {
    if (Math.abs(e[last - 1]!) <= EPSILON * (Math.abs(d[last - 1]!) + Math.abs(d[last]!))) {
      e[last - 1] = 0;
      last -= 1;
      steps = 0;
      continue;
    }
    steps += 1;
    if (steps > MAX_STEPS) throw internalError(`svd: no convergence at singular value ${last} of ${d.length}.`);
    stepOfBlock(b, { first: startOfBlock(d, e, last), last, scale });
  }
}

/** The first place from which on nothing above the diagonal is 0. */
function startOfBlock(d: Float64Array, e: Float64Array, last: number): number {
  let first = last - 1;
  while (first > 0 && Math.abs(e[first - 1]!) > EPSILON * (Math.abs(d[first - 1]!) + Math.abs(d[first]!))) first -= 1;
  if (first > 0) e[first - 1] = 0;
  return first;
}

interface Block {
  readonly first: number;
  readonly last: number;
  /** The largest element of B: what is smaller by rounding errors counts as 0. */
  readonly scale: number;
}

/** Takes a block apart at a 0 on the diagonal, or does a step of the iteration. */
function stepOfBlock(b: Bidiagonal, block: Block): void {
  const { diagonal: d } = b;
  for (let i = block.first; i <= block.last; i += 1) {
    if (Math.abs(d[i]!) > EPSILON * block.scale) continue;
    d[i] = 0;
    if (i === block.last) clearColumn(b, block);
    else clearRow(b, i, block.last);
    return;
  }
  chase(b, block);
}

/** The rotation that turns `(y, z)` into `(length, 0)`. */
function rotation(y: number, z: number): { length: number; cosine: number; sine: number } {
  const length = Math.hypot(y, z);
  return length === 0 ? { length, cosine: 1, sine: 0 } : { length, cosine: y / length, sine: z / length };
}

/** Row `i` has a 0 on the diagonal: rotations with the rows below take away what is beside it. */
function clearRow({ diagonal: d, above: e, u }: Bidiagonal, i: number, last: number): void {
  let rest = e[i]!;
  e[i] = 0;
  for (let j = i + 1; j <= last; j += 1) {
    const { length, cosine, sine } = rotation(d[j]!, rest);
    d[j] = length;
    rest = -sine * e[j]!;
    if (j < last) e[j]! *= cosine;
    rotateRows(rowOf(u, j), rowOf(u, i), { cosine, sine: -sine });
  }
}

/** The last column has a 0 on the diagonal: rotations with the columns before take away what is above it. */
function clearColumn({ diagonal: d, above: e, v }: Bidiagonal, { first, last }: Block): void {
  let rest = e[last - 1]!;
  e[last - 1] = 0;
  for (let j = last - 1; j >= first; j -= 1) {
    const { length, cosine, sine } = rotation(d[j]!, rest);
    d[j] = length;
    if (j > first) {
      rest = -sine * e[j - 1]!;
      e[j - 1]! *= cosine;
    }
    rotateRows(rowOf(v, j), rowOf(v, last), { cosine, sine: -sine });
  }
}

/** The eigenvalue of the last 2×2 part of `Bᵀ·B` that is closer to its last element. */
function shiftOf({ diagonal: d, above: e }: Bidiagonal, { first, last }: Block): number {
  const before = last - 1 > first ? e[last - 2]! : 0;
  const corner = d[last]! ** 2 + e[last - 1]! ** 2;
  const beside = d[last - 1]! * e[last - 1]!;
  const half = (d[last - 1]! ** 2 + before ** 2 - corner) / 2;
  const divisor = half + (half < 0 ? -1 : 1) * Math.hypot(half, beside);
  return divisor === 0 ? corner : corner - beside ** 2 / divisor;
}

/** One step of Golub and Kahan: rotations that chase a bulge from the start of the block to its end. */
function chase(b: Bidiagonal, block: Block): void {
  const { diagonal: d, above: e, u, v } = b;
  const { first, last } = block;
  let [y, z] = [d[first]! ** 2 - shiftOf(b, block), d[first]! * e[first]!];
  for (let k = first; k < last; k += 1) {
    const columns = rotation(y, z);
    if (k > first) e[k - 1] = columns.length;
    const [dk, ek] = [d[k]!, e[k]!];
    y = columns.cosine * dk + columns.sine * ek;
    z = columns.sine * d[k + 1]!;
    e[k] = columns.cosine * ek - columns.sine * dk;
    d[k + 1]! *= columns.cosine;
    rotateRows(rowOf(v, k), rowOf(v, k + 1), { cosine: columns.cosine, sine: -columns.sine });
    const rows = rotation(y, z);
    d[k] = rows.length;
    y = rows.cosine * e[k]! + rows.sine * d[k + 1]!;
    d[k + 1] = rows.cosine * d[k + 1]! - rows.sine * e[k]!;
    e[k] = y;
    if (k + 1 < last) {
      z = rows.sine * e[k + 1]!;
      e[k + 1]! *= rows.cosine;
    }
    rotateRows(rowOf(u, k), rowOf(u, k + 1), { cosine: rows.cosine, sine: -rows.sine });
  }
}
