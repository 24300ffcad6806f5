import { describe, expect, it } from 'vitest';
import { GaiError } from '../errors.ts';
import { hashUnit } from '../testing/plain.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { cholesky, det, eigh, inv, lstsq, matrixRank, pinv, qr, slogdet, solve, svd } from './index.ts';
import type { Matrix } from './index.ts';
import { identityMatrix, product, transposed } from './matrix.ts';

const RELATIVE = 1e-12;

const fill = (rows: number, columns: number, fn: (i: number, j: number) => number): Matrix => ({
  data: Float64Array.from({ length: rows * columns }, (_, place) => fn(Math.floor(place / columns), place % columns)),
  shape: [rows, columns],
});

const random = (rows: number, columns: number, seed = 1): Matrix =>
  fill(rows, columns, (i, j) => 2 * hashUnit(i * columns + j, seed) - 1);

const hilbert = (n: number): Matrix => fill(n, n, (i, j) => 1 / (i + j + 1));

const symmetric = (n: number): Matrix => {
  const x = random(n, n);
  return fill(n, n, (i, j) => x.data[i * n + j]! + x.data[j * n + i]!);
};

const positive = (n: number): Matrix => {
  const x = random(n, n);
  return product(x, transposed(x));
};

const lowRank = (rows: number, columns: number, rank: number): Matrix =>
  product(random(rows, rank), random(rank, columns, 2));

const norm = ({ data }: Matrix): number => Math.hypot(...data);

/** ‖a − b‖ / ‖b‖, or ‖a‖ where b is 0. */
const distance = (a: Matrix, b: Matrix): number => {
  expect(a.shape).toEqual(b.shape);
  return norm({ ...a, data: a.data.map((value, i) => value - b.data[i]!) }) / (norm(b) || 1);
};

const orthonormal = (q: Matrix): number => distance(product(transposed(q), q), identityMatrix(q.shape[1]));

const column = (data: Float64Array): Matrix => ({ data, shape: [data.length, 1] });

const diagonal = (s: Float64Array): Matrix => fill(s.length, s.length, (i, j) => (i === j ? s[i]! : 0));

const SIZES = [0, 1, 2, 3, 7, 40];

describe('solve, inv and det', () => {
  it('solve random equations', () => {
    for (const n of SIZES) {
      const [a, x] = [random(n, n), random(n, 3, 2)];
      expect(distance(solve(a, product(a, x)), x)).toBeLessThan(1e-11);
      expect(distance(product(a, inv(a)), identityMatrix(n))).toBeLessThan(1e-11);
    }
  });
  it('leave a residual of rounding errors, however ill-conditioned the matrix is', () => {
    for (const n of [4, 8, 10]) {
      const b = fill(n, 1, () => 1);
      const x = column(solve(hilbert(n), b.data));
      const residual = norm(product(hilbert(n), x)) === 0 ? 1 : distance(product(hilbert(n), x), b);
      expect((residual * norm(b)) / (norm(hilbert(n)) * norm(x))).toBeLessThan(RELATIVE);
    }
  });
  it('take a matrix that is only scaled badly', () => {
    expect([
      ...solve(
        [
          [1e-200, 0],
          [0, 1e200],
        ],
        [1e-200, 1e200],
      ),
    ]).toEqual([1, 1]);
    expect(
      det([
        [1e-20, 0],
        [0, 1],
      ]),
    ).toBe(1e-20);
  });
  it('give determinants', () => {
    expect(det([])).toBe(1);
    expect(det([[-3]])).toBe(-3);
    expect(
      det([
        [0, 1],
        [1, 0],
      ]),
    ).toBe(-1);
    expect(
      det([
        [1, 2],
        [2, 4],
      ]),
    ).toBe(0);
    expect(
      slogdet([
        [1, 2],
        [2, 4],
      ]),
    ).toEqual({ sign: 0, logAbsDet: -Infinity });
    expect(slogdet([])).toEqual({ sign: 1, logAbsDet: 0 });
    // 1e400 as a product.
    expect(slogdet(fill(40, 40, (i, j) => (i === j ? -1e10 : 0)))).toEqual({
      sign: 1,
      logAbsDet: expect.closeTo(400 * Math.log(10), 9),
    });
    const [a, b] = [random(6, 6), random(6, 6, 2)];
    expect(det(product(a, b)) / (det(a) * det(b))).toBeCloseTo(1, 12);
  });
  it('know a singular matrix', () => {
    expect(() =>
      solve(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 1],
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: solve: the matrix is singular. Got a [2,2] whose pivot 1 is 0, 0 up to rounding; expected linearly independent rows. Use lstsq for a solution of least squares, or pinv.]`,
    );
    expect(() =>
      inv([
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: inv: the matrix is singular. Got a [3,3] whose pivot 2 is 1.1e-16, 0 up to rounding; expected linearly independent rows. Use lstsq for a solution of least squares, or pinv.]`,
    );
    expect(() => inv(lowRank(20, 20, 5))).toThrow('singular');
    expect(() => inv(fill(3, 3, () => 0))).toThrow('singular');
  });
});

describe('cholesky', () => {
  it('gives the factor back', () => {
    for (const n of SIZES) {
      const l = cholesky(positive(n));
      expect(distance(product(l, transposed(l)), positive(n))).toBeLessThan(RELATIVE);
      expect(l.data.every((value, place) => place % n <= Math.floor(place / n) || value === 0)).toBe(true);
    }
    expect(distance(product(cholesky(hilbert(9)), transposed(cholesky(hilbert(9)))), hilbert(9))).toBeLessThan(
      RELATIVE,
    );
  });
  it('refuses what is not symmetric or not positive definite', () => {
    expect(() =>
      cholesky([
        [1, 2],
        [3, 4],
      ]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: cholesky: a is not symmetric. Got 3 at [1,0] and 2 at [0,1]; expected equal numbers. Use svd or qr for other matrices.]`,
    );
    expect(() =>
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: cholesky: the matrix is not positive definite. Got pivot -3.0e+0 in row 1; expected a number above 0 by more than rounding. Add a small multiple of the identity, or use eigh.]`,
    );
    expect(() => cholesky([[0]])).toThrow('positive definite');
  });
});

describe('qr', () => {
  it('factors matrices of any shape and rank', () => {
    const shapes = [
      [0, 0],
      [3, 0],
      [0, 3],
      [1, 1],
      [5, 1],
      [1, 5],
      [6, 4],
      [4, 6],
      [30, 30],
    ] as const;
    const all = shapes.map(([m, n]) => random(m, n));
    for (const a of [...all, lowRank(8, 6, 2), hilbert(10), fill(4, 3, () => 0)]) {
      const { q, r } = qr(a);
      expect(distance(product(q, r), a)).toBeLessThan(RELATIVE);
      expect(orthonormal(q)).toBeLessThan(RELATIVE);
      expect(r.data.every((value, place) => place % a.shape[1] >= Math.floor(place / a.shape[1]) || value === 0)).toBe(
        true,
      );
    }
  });
});

describe('eigh', () => {
  it('gives symmetric matrices back', () => {
    const some = [lowRank(9, 9, 3), hilbert(10), fill(5, 5, () => 0), fill(6, 6, () => 1), identityMatrix(4)];
    const scaled = [1e-200, 1e200].map((scale) => fill(5, 5, (i, j) => scale / (i + j + 1)));
    for (const x of [...SIZES.map(symmetric), ...some, ...scaled]) {
      const a = x.data.length === 81 ? product(x, transposed(x)) : x;
      const { values, vectors } = eigh(a);
      expect(distance(product(product(vectors, diagonal(values)), transposed(vectors)), a)).toBeLessThan(RELATIVE);
      expect(orthonormal(vectors)).toBeLessThan(RELATIVE);
      expect([...values]).toEqual([...values].sort((p, q) => p - q));
    }
  });
  it('finds eigenvalues that are known', () => {
    // 2 on the diagonal, −1 beside it: 2 − 2·cos(kπ/(n + 1)).
    const n = 50;
    const { values } = eigh(fill(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)));
    values.forEach((value, k) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13));
  });
});

describe('svd', () => {
  it('gives matrices of any shape and rank back', () => {
    const shapes = [
      [0, 0],
      [3, 0],
      [0, 3],
      [1, 1],
      [5, 1],
      [1, 5],
      [7, 4],
      [4, 7],
      [40, 40],
    ] as const;
    const all = shapes.map(([m, n]) => random(m, n));
    const some = [lowRank(9, 7, 3), lowRank(6, 10, 1), hilbert(12), fill(4, 6, () => 0), fill(5, 5, () => 1)];
    const scaled = [1e-200, 1e200].map((scale) => fill(4, 3, (i, j) => scale * (i - 2 * j)));
    for (const a of [...all, ...some, ...scaled]) {
      const { u, s, vh } = svd(a);
      expect(distance(product(product(u, diagonal(s)), vh), a)).toBeLessThan(RELATIVE);
      expect(orthonormal(u)).toBeLessThan(RELATIVE);
      expect(orthonormal(transposed(vh))).toBeLessThan(RELATIVE);
      expect(s.every((value) => value >= 0)).toBe(true);
      expect([...s]).toEqual([...s].sort((p, q) => q - p));
    }
  });
  it('and eigh give small whole numbers with many zeros back', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const n = 2 + (seed % 5);
      const a = fill(n, n, (i, j) =>
        Math.trunc(3 * (2 * hashUnit(i * n + j, seed) - 1) * hashUnit(i * n + j, seed + 999)),
      );
      const { u, s, vh } = svd(a);
      expect(distance(product(product(u, diagonal(s)), vh), a)).toBeLessThan(RELATIVE);
      expect(Math.max(orthonormal(u), orthonormal(transposed(vh)))).toBeLessThan(RELATIVE);
      const both = fill(n, n, (i, j) => a.data[i * n + j]! + a.data[j * n + i]!);
      const { values, vectors } = eigh(both);
      expect(distance(product(product(vectors, diagonal(values)), transposed(vectors)), both)).toBeLessThan(RELATIVE);
    }
  });
  it('agrees with the eigenvalues of aᵀ·a', () => {
    const a = random(8, 5);
    const { values } = eigh(product(transposed(a), a));
    svd(a).s.forEach((value, i) => expect(value ** 2).toBeCloseTo(values[4 - i]!, 12));
  });
});

describe('lstsq, pinv and matrixRank', () => {
  it('meet the four conditions of Moore and Penrose', () => {
    for (const a of [random(6, 4), random(4, 6), lowRank(7, 5, 2), fill(3, 2, () => 0), random(1, 1), random(0, 3)]) {
      const p = pinv(a);
      const [ap, pa] = [product(a, p), product(p, a)];
      expect(distance(product(ap, a), a)).toBeLessThan(RELATIVE);
      expect(distance(product(pa, p), p)).toBeLessThan(RELATIVE);
      expect(distance(transposed(ap), ap)).toBeLessThan(RELATIVE);
      expect(distance(transposed(pa), pa)).toBeLessThan(RELATIVE);
    }
  });
  it('solve by least squares, whatever the rank', () => {
    for (const a of [random(9, 4), random(4, 9), lowRank(8, 6, 3)]) {
      const b = random(a.shape[0], 2, 3);
      const { x, residuals, rank, s } = lstsq(a, b);
      expect(distance(x, product(pinv(a), b))).toBeLessThan(1e-11);
      expect(rank).toBe(matrixRank(a));
      expect([...s]).toEqual([...svd(a).s]);
      const fitted = product(a, x);
      const squares = [0, 1].map((k) =>
        b.data.reduce((sum, value, i) => sum + (i % 2 === k ? (value - fitted.data[i]!) ** 2 : 0), 0),
      );
      squares.forEach((value, k) => expect(residuals[k]).toBeCloseTo(value, 12));
    }
  });
  it('take many rows', () => {
    const rows = 200_000;
    const { x } = lstsq(
      fill(rows, 2, (i, j) => (j === 0 ? 1 : i / rows)),
      Float64Array.from({ length: rows }, (_, i) => 3 - (2 * i) / rows),
    );
    expect(x[0]).toBeCloseTo(3, 10);
    expect(x[1]).toBeCloseTo(-2, 10);
  });
  it('count what is larger than rounding', () => {
    expect(matrixRank(lowRank(20, 15, 7))).toBe(7);
    expect(matrixRank(random(5, 9))).toBe(5);
    expect(matrixRank(fill(3, 3, () => 0))).toBe(0);
    expect(matrixRank([])).toBe(0);
    expect(
      matrixRank(
        [
          [1, 0],
          [0, 1e-3],
        ],
        { rcond: 1e-2 },
      ),
    ).toBe(1);
  });
});

describe('what goes in', () => {
  it('may be rows, typed rows, or data with a shape', () => {
    const expected = [0.5, 0, 0, 0.25];
    expect([
      ...inv([
        [2, 0],
        [0, 4],
      ]).data,
    ]).toEqual(expected);
    expect([...inv([new Float32Array([2, 0]), new Float32Array([0, 4])]).data]).toEqual(expected);
    expect([...inv({ data: new Float32Array([2, 0, 0, 4]), shape: [2, 2] }).data]).toEqual(expected);
    expect([...solve([[2]], new Float32Array([4]))]).toEqual([2]);
    expect(solve([[2]], [[4, 6]])).toEqual({ data: new Float64Array([2, 3]), shape: [1, 2] });
  });
  it('is not changed', () => {
    const a = { data: new Float64Array([4, 2, 2, 5]), shape: [2, 2] } as const;
    for (const fn of [inv, det, cholesky, qr, eigh, svd, pinv]) fn(a);
    expect([...a.data]).toEqual([4, 2, 2, 5]);
  });
  it('is refused if it is a tensor', () => {
    expect(() => inv(tensor([[1]]) as never)).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: inv: computes on the host and cannot be traced. Got a tensor float32 [1,1] for a; expected rows of numbers, or { data, shape }. Read the tensor before: inv(await toArray(x)). Inside a traced function use triangularSolve, or choleskySolve(cholesky(a), b), for at most 64 rows.]`,
    );
    expect(() =>
      trace((x: Tensor) => solve(x as never, [1]) as never, [spec([2, 2])]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: solve: computes on the host and cannot be traced. Got a tensor float32 [2,2] for a; expected rows of numbers, or { data, shape }. Read the tensor before: solve(await toArray(x)). Inside a traced function use triangularSolve, or choleskySolve(cholesky(a), b), for at most 64 rows.]`,
    );
    for (const fn of [det, slogdet, cholesky, qr, eigh, svd, pinv, matrixRank]) {
      expect(() => fn(tensor([[1]]) as never)).toThrow('cannot be traced');
    }
    expect(() => lstsq([[1]], tensor([1]) as never)).toThrow('cannot be traced');
  });
  it('is refused with the sizes if it does not fit', () => {
    expect(() => det([[1, 2]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: det: a is not square. Got [1,2]; expected as many rows as columns. Use lstsq or pinv for other shapes.]`,
    );
    expect(() => solve([[1]], [1, 2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: solve: the right side does not fit. Got a [1,1] and b with 2 rows; expected 1. Transpose b.]`,
    );
    expect(() => svd([[1, 2], [3]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: svd: the rows of a differ in length. Got 1 numbers in row 1; expected 2 as in row 0. Pad the rows to one length.]`,
    );
    expect(() => qr({ data: [1, 2, 3], shape: [2, 2] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: qr: a is not a matrix. Got 3 numbers and shape [2,2]; expected two sizes whose product is 3. Reshape it; batches are computed one matrix at a time.]`,
    );
    expect(() => svd({ data: [1, 2, 3, 4], shape: [1, 2, 2] })).toThrow('batches');
    expect(() => svd([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: svd: a is not a matrix. Got a list of numbers; expected rows of numbers, or { data, shape }. Put a single row into a list.]`,
    );
    expect(() =>
      eigh([
        [1, NaN],
        [NaN, 1],
      ]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: eigh: a holds what is no finite number. Got NaN at place 1; expected finite numbers. Look at where it was computed.]`,
    );
    expect(() => lstsq([[1, 2]], [1, 2])).toThrow('right side');
    for (const bad of [undefined, null, 3, 'x', {}]) expect(() => svd(bad as never)).toThrow(GaiError);
  });
});
