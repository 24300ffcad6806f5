import {
  add,
  concat,
  exp,
  hessian,
  jacobian,
  jit,
  matmul,
  mul,
  setDefaultBackend,
  sin,
  spec,
  sum,
  tensor,
  toArray,
  trace,
  zeros,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

const double = (values: number[] | number[][]): Tensor => tensor(values, { dtype: 'float64' });
const MODES = ['reverse', 'forward'] as const;

/** Central differences of a function of vectors. */
async function differences(fn: (x: Tensor) => Tensor, at: number[]): Promise<number[][]> {
  const columns = await Promise.all(
    at.map(async (_, index) => {
      const nudged = (by: number): Tensor => double(at.map((value, place) => value + (place === index ? by : 0)));
      const [above, below] = [await toArray(fn(nudged(1e-5))), await toArray(fn(nudged(-1e-5)))] as number[][];
      return above!.map((value, row) => (value - below![row]!) / 2e-5);
    }),
  );
  return columns[0]!.map((_, row) => columns.map((column) => column[row]!));
}

function expectClose(actual: unknown, expected: unknown): void {
  const [a, b] = [actual, expected].map((value) => [value].flat(9) as number[]);
  expect(a!.length).toBe(b!.length);
  a!.forEach((value, index) => expect(value).toBeCloseTo(b![index]!, 6));
}

describe.each(MODES)('jacobian, %s', (mode) => {
  it('is the matrix of a linear function', async () => {
    const w = double([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const of = jacobian((x: Tensor) => matmul(w, x), { mode });
    expect(await toArray(of(double([7, 8, 9])))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it.each([
    ['more results', (x: Tensor) => concat([sin(x), mul(x, sum(x))], { axis: 0 }), [0.3, -1.2, 2]],
    [
      'fewer results',
      (x: Tensor) => concat([sum(mul(x, x), { axis: 0, keepDims: true })], { axis: 0 }),
      [0.3, -1.2, 2],
    ],
    ['a loop of products', (x: Tensor) => mul(exp(mul(x, 0.5)), sum(sin(x))), [0.1, 0.2, 0.3, 0.4]],
  ] as const)('agrees with differences: %s', async (_, fn, at) => {
    expectClose(await toArray(jacobian(fn, { mode })(double([...at]))), await differences(fn, [...at]));
  });

  it('has the shapes of result and argument, in that order', async () => {
    const of = jacobian((x: Tensor) => matmul(x, double([[1], [10]])), { mode })(
      double([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    );
    expect(of.shape).toEqual([3, 1, 3, 2]);
    expect(await toArray(of)).toEqual([
      [
        [
          [1, 10],
          [0, 0],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [1, 10],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [0, 0],
          [1, 10],
        ],
      ],
    ]);
  });

  it('takes trees on both sides', async () => {
    const fn = ({ a, b }: { a: Tensor; b: Tensor }): { y: Tensor; z: Tensor } => ({ y: mul(a, b), z: sum(a) });
    const found = jacobian(fn, { mode })({ a: double([1, 2]), b: double([3, 4]) });
    expectTypeOf(found).toEqualTypeOf<{ readonly y: { a: Tensor; b: Tensor }; readonly z: { a: Tensor; b: Tensor } }>();
    expect(await toArray(found.y.a)).toEqual([
      [3, 0],
      [0, 4],
    ]);
    expect(await toArray(found.y.b)).toEqual([
      [1, 0],
      [0, 2],
    ]);
    expect(await toArray(found.z.a)).toEqual([1, 1]);
    expect(await toArray(found.z.b)).toEqual([0, 0]);
  });

  it('is taken with respect to another argument, compiled, and again', async () => {
    const of = jacobian((scale: Tensor, x: Tensor) => mul(scale, mul(x, x)), { argument: 1, mode });
    expect(await toArray(await jit(of)(double([2, 3]), double([5, 7])))).toEqual([
      [20, 0],
      [0, 42],
    ]);
    const twice = jacobian((x: Tensor) => jacobian((y: Tensor) => mul(y, mul(y, y)), { mode })(x), { mode });
    expect(await toArray(twice(double([1, 2])))).toEqual([
      [
        [6, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 12],
      ],
    ]);
  });

  it('of nothing is nothing', () => {
    expect(jacobian((x: Tensor) => mul(x, x), { mode })(zeros([0])).shape).toEqual([0, 0]);
  });
});

describe('hessian', () => {
  const well = (x: Tensor): Tensor => add(sum(exp(x)), mul(sum(x), sum(mul(x, x))));

  it.each(MODES)('has the closed form of a function, %s', async (mode) => {
    // ∂²(Σx · Σx²) = 2(xᵢ + xⱼ) + 2δ Σx.
    const x = [0.5, -1, 2];
    const total = x.reduce((a, b) => a + b, 0);
    const wanted = x.map((a, i) => x.map((b, j) => 2 * (a + b) + (i === j ? 2 * total + Math.exp(a) : 0)));
    expectClose(await toArray(hessian(well, { mode })(double(x))), wanted);
  });

  it('of a quadratic form is the sum of its matrix and the transpose', async () => {
    const m = double([
      [1, 2],
      [5, 3],
    ]);
    const found = hessian((x: Tensor) => sum(mul(x, matmul(m, x))))(double([7, 11]));
    expect(await toArray(found)).toEqual([
      [2, 7],
      [7, 6],
    ]);
  });

  it('takes trees', async () => {
    const found = hessian(({ a, b }: { a: Tensor; b: Tensor }) => sum(mul(mul(a, a), b)))({
      a: double([2]),
      b: double([3]),
    });
    expect(await toArray(found.a.a)).toEqual([[6]]);
    expect(await toArray(found.a.b)).toEqual([[4]]);
    expect(await toArray(found.b.a)).toEqual([[4]]);
    expect(await toArray(found.b.b)).toEqual([[0]]);
  });
});

it('jacobian refuses symbolic sizes and arguments that are not there', () => {
  expect(() => trace((x: Tensor) => jacobian((y: Tensor) => mul(y, y))(x), [spec(['n'])])).toThrow('jacobian');
  expect(() => jacobian((x: Tensor) => x, { argument: 2 as 0 })(tensor([1]))).toThrow(
    'Got argument 2 of a call with 1',
  );
});
