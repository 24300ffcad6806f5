import {
  compile,
  cumsum,
  data,
  full,
  grad,
  hypot,
  jit,
  linear,
  logSumExp,
  mean,
  mul,
  norm,
  prod,
  setDefaultBackend,
} from '@gai/core';
import { spec, sum, tensor, toArray, variance } from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

const TENTH = Math.fround(0.1);

/** How far off the value is, as a part of what it should be. */
const offBy = async (value: Tensor, exact: number): Promise<number> => {
  const [first] = await data(value);
  return Math.abs(Number(first) / exact - 1);
};

const filled = (shape: readonly number[]): Promise<Tensor> => jit(() => full(shape, 0.1))();

/** Reductions of n tenths, with what they are. */
const reductions: Readonly<Record<string, readonly [run: (x: Tensor) => Tensor, exact: (n: number) => number]>> = {
  sum: [sum, (n) => TENTH * n],
  mean: [mean, () => TENTH],
  'sum over the first axis': [(x) => sum(x, { axis: 0 }), (n) => TENTH * n],
  norm: [norm, (n) => TENTH * Math.sqrt(n)],
  // The first of the sums from the end is that of all.
  cumsum: [(x) => cumsum(x, { axis: 0, reverse: true }), (n) => TENTH * n],
  logSumExp: [logSumExp, (n) => TENTH + Math.log(n)],
};

describe('float32 sums', () => {
  // 999,983 is prime: there are no equal blocks.
  it.each([500, 1000, 4097, 65_536, 999_983, 1_000_000])('of %i numbers are right to 1e-6', async (n) => {
    const [line, columns] = [await filled([n]), await filled([n, 3])];
    for (const [name, [run, exact]] of Object.entries(reductions)) {
      const x = name.includes('axis') ? columns : line;
      expect(await offBy(await jit(run)(x), exact(n)), name).toBeLessThan(1e-6);
      const named = await compile(run, { x: spec(x.shape.map((size, axis) => (axis === 0 ? 'n' : size))) });
      expect(await offBy(await named(x), exact(n)), `${name}, named`).toBeLessThan(1e-6);
      await named.dispose();
    }
    expect(await toArray(await jit((x: Tensor) => variance(x))(line))).toBeLessThan(1e-12);
  });

  it('of ten million numbers are right to 1e-6', async () => {
    const x = await filled([10_000_000]);
    for (const [name, [run, exact]] of Object.entries(reductions)) {
      expect(await offBy(await jit(run)(x), exact(10_000_000)), name).toBeLessThan(1e-6);
    }
  });

  it('are right in the gradient of a bias', async () => {
    const rows = 200_000;
    const loss = (b: Tensor): Tensor => sum(mul(linear(full([rows, 2], 1), full([3, 2], 1), b), full([rows, 3], 0.1)));
    expect(await offBy(await jit(grad(loss))(full([3], 0)), TENTH * rows)).toBeLessThan(1e-6);
  });

  it('over several axes, next to each other and not', async () => {
    const x = await filled([64, 3, 40, 50]);
    const count = 64 * 40 * 50;
    expect(await offBy(await jit((v: Tensor) => sum(v, { axis: [0, 2, 3] }))(x), TENTH * count)).toBeLessThan(1e-6);
    expect(await offBy(await jit((v: Tensor) => mean(v, { axis: [0, 2] }))(x), TENTH)).toBeLessThan(1e-6);
    const kept = await jit((v: Tensor) => sum(v, { axis: [1, 3], keepDims: true }))(x);
    expect(kept.shape).toEqual([64, 1, 40, 1]);
    expect(await offBy(kept, TENTH * 150)).toBeLessThan(1e-6);
  });
});

describe('integers wrap', () => {
  const wrapped = (value: bigint): number => Number(BigInt.asIntN(32, value));

  it('in sums, as in add', async () => {
    const x = tensor([2 ** 31 - 1, 2 ** 31 - 1, 5], { dtype: 'int32' });
    expect(await toArray(sum(x))).toBe(3);
    const y = tensor([2 ** 32 - 1, 2 ** 32 - 1], { dtype: 'uint32' });
    expect(await toArray(sum(y))).toBe(2 ** 32 - 2);
  });

  it.each([0, 1, 2, 3, 5, 8, 13, 100])('in products of %i numbers, as in mul', async (n) => {
    const values = Array.from({ length: n }, (_, index) => (index * 2_654_435_761 + 12_345) | 1);
    const x = tensor(Int32Array.from(values), { shape: [n] });
    const exact = wrapped(values.reduce((product, value) => product * BigInt(value), 1n));
    expect(await toArray(prod(x))).toBe(exact);
    expect(await toArray(await jit((v: Tensor) => prod(v), { dynamicAxes: [['n']] })(x))).toBe(exact);
  });
});

it('hypot is infinite where one side is, also beside NaN', async () => {
  const a = tensor([Infinity, NaN, -Infinity, NaN, 3]);
  const b = tensor([NaN, -Infinity, 1, 1, 4]);
  expect(await toArray(hypot(a, b))).toEqual([Infinity, Infinity, Infinity, NaN, 5]);
});
