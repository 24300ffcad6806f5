import { data, expand, item, jit, log, setDefaultBackend, sum, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import {
  beta,
  cauchy,
  choice,
  dirichlet,
  exponential,
  gamma,
  gumbel,
  hostKey,
  hostPermutation,
  key,
  laplace,
  logistic,
  shuffle,
  truncatedNormal,
} from '@gai/core/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const COUNT = 20_000;
const SHAPE = [20, 1000];

const read = async (drawn: Tensor): Promise<number[]> => Array.from((await data(drawn)) as Float32Array);

/** Largest distance between the share of values below x and the distribution function, times √n (Kolmogorov, Smirnov). */
function distance(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const gaps = sorted.map((x, index) => Math.max(cdf(x) - index / n, (index + 1) / n - cdf(x)));
  return Math.max(...gaps) * Math.sqrt(n);
}

/** Exceeded by chance once in 1000 times; the seeds are fixed. */
const FAR = 1.95;

/** Error function by its series. */
function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 200; n += 1) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 * total) / Math.sqrt(Math.PI);
}

const phi = (z: number): number => (Math.abs(z) > 5 ? Number(z > 0) : (1 + erf(z / Math.SQRT2)) / 2);

/** Regularised incomplete gamma function by its series, for whole and half `a`. */
function gammaCdf(a: number, x: number): number {
  let logGamma = a % 1 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let k = a; k > 1; k -= 1) logGamma += Math.log(k - 1);
  let term = 1 / a;
  let total = term;
  for (let n = 1; n < 500; n += 1) {
    term *= x / (a + n);
    total += term;
  }
  return total * Math.exp(a * Math.log(x) - x - logGamma);
}

describe('draws by a formula follow their distribution', () => {
  const formulas: [string, (from: Tensor, shape: number[]) => Tensor, (x: number) => number][] = [
    ['exponential', exponential, (x) => 1 - Math.exp(-x)],
    ['gumbel', gumbel, (x) => Math.exp(-Math.exp(-x))],
    ['laplace', laplace, (x) => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2)],
    ['logistic', logistic, (x) => 1 / (1 + Math.exp(-x))],
    ['cauchy', cauchy, (x) => 0.5 + Math.atan(x) / Math.PI],
  ];
  it.each(formulas)('%s', async (_, draw, cdf) => {
    const values = await read(draw(key(11), SHAPE));
    expect(values).toHaveLength(COUNT);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(distance(values, cdf)).toBeLessThan(FAR);
    expect(await read(draw(key(11), SHAPE))).toEqual(values);
    expect(await read(draw(key(12), SHAPE))).not.toEqual(values);
  });

  it('in other dtypes and symbolic sizes', async () => {
    expect(exponential(key(0), [2], { dtype: 'float64' }).dtype).toBe('float64');
    const draw = jit((like: Tensor) => [laplace(key(1), like.shape), truncatedNormal(key(1), like.shape)], {
      dynamicAxes: [['n']],
    });
    for (const size of [3, 6]) {
      const [first, second] = await draw(tensor(new Float32Array(size)));
      expect(await toArray(first!)).toEqual(await toArray(laplace(key(1), [size])));
      expect(await toArray(second!)).toEqual(await toArray(truncatedNormal(key(1), [size])));
    }
  });
});

describe('truncatedNormal', () => {
  const intervals = [
    { min: -2, max: 2 },
    { mean: 1, std: 0.5, min: 0, max: 1.2 },
    { min: 1, max: 3 },
    { min: -Infinity, max: -1 },
    { min: -Infinity, max: Infinity },
    { min: 0.5, max: Infinity },
  ];
  it.each(intervals)('follows the normal distribution within $min and $max', async (options) => {
    const { mean = 0, std = 1, min, max } = options;
    const values = await read(truncatedNormal(key(13), SHAPE, options));
    expect(values.every((value) => value >= Math.fround(min) && value <= Math.fround(max))).toBe(true);
    const [low, high] = [phi((min - mean) / std), phi((max - mean) / std)];
    expect(distance(values, (x) => (phi((x - mean) / std) - low) / (high - low))).toBeLessThan(FAR);
  });

  it('reaches far into both tails', async () => {
    for (const sign of [1, -1]) {
      const ends = [8 * sign, 9 * sign].sort((a, b) => a - b) as [number, number];
      const values = await read(truncatedNormal(key(14), [20_000], { min: ends[0], max: ends[1] }));
      // Beyond 8 it falls almost as e^(−8.12 (x − 8)).
      const mean = values.reduce((total, value) => total + Math.abs(value), 0) / values.length;
      expect(Math.abs(mean - 8.1213)).toBeLessThan(0.004);
      expect(new Set(values).size).toBeGreaterThan(15_000);
    }
  });

  it('is refused without an interval', () => {
    expect(() => truncatedNormal(key(0), [1], { min: 1, max: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: truncatedNormal: not an interval with values in it. Got min 1, max 1, mean 0, std 1; expected min below max, at most 12 std from the mean, and std above 0.]`,
    );
    expect(() => truncatedNormal(key(0), [1], { min: 20, max: 30 })).toThrow('not an interval');
    expect(() => truncatedNormal(key(0), [1], { std: 0 })).toThrow('not an interval');
  });
});

describe('gamma and what is made of it', () => {
  it.each([0.5, 1, 2.5, 9])('gamma of concentration %d', async (a) => {
    const values = await read(gamma(key(15), a, SHAPE));
    expect(values.every((value) => value > 0)).toBe(true);
    expect(distance(values, (x) => gammaCdf(a, x))).toBeLessThan(FAR);
  });

  it('gamma of a tensor of concentrations', async () => {
    const values = await read(gamma(key(16), tensor([0.2, 50]), [COUNT / 2, 2]));
    const means = [0, 1].map(
      (column) => values.filter((_, index) => index % 2 === column).reduce((a, b) => a + b, 0) / (COUNT / 2),
    );
    expect(Math.abs(means[0]! - 0.2)).toBeLessThan(0.02);
    expect(Math.abs(means[1]! - 50)).toBeLessThan(0.3);
  });

  it('beta', async () => {
    const arcsine = await read(beta(key(17), [0.5, 0.5], SHAPE));
    expect(distance(arcsine, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)))).toBeLessThan(FAR);
    const rising = await read(beta(key(18), [3, 1], SHAPE));
    expect(distance(rising, (x) => x ** 3)).toBeLessThan(FAR);
  });

  it('dirichlet', async () => {
    const rows = dirichlet(key(19), expand(tensor([1, 2, 5]), [5000, 3]));
    const totals = await read(sum(rows, { axis: 1 }));
    for (const total of totals) expect(total).toBeCloseTo(1, 5);
    const means = await read(sum(rows, { axis: 0 }));
    [1, 2, 5].forEach((alpha, index) => expect(Math.abs(means[index]! / 5000 - alpha / 8)).toBeLessThan(0.008));
  });
});

describe('choice and shuffle', () => {
  it('with replacement, evenly and by weight', async () => {
    const even = Array.from((await data(choice(key(20), 5, [10_000]))) as Int32Array);
    for (const index of [0, 1, 2, 3, 4]) {
      expect(Math.abs(even.filter((drawn) => drawn === index).length - 2000)).toBeLessThan(200);
    }
    const p = tensor([1, 0, 3]);
    const weighed = Array.from((await data(choice(key(21), 3, [100, 100], { p }))) as Int32Array);
    expect(weighed.filter((drawn) => drawn === 1)).toHaveLength(0);
    expect(Math.abs(weighed.filter((drawn) => drawn === 2).length - 7500)).toBeLessThan(200);
  });

  it('without replacement, no index twice', async () => {
    const all = (await data(choice(key(22), 6, [2, 3], { replace: false }))) as Int32Array;
    expect([...all].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(all).toEqual(hostPermutation(hostKey(22), 6));
    const some = (await data(choice(key(23), 4, [2], { replace: false, p: tensor([0, 1, 0, 1]) }))) as Int32Array;
    expect([...some].sort()).toEqual([1, 3]);
    expect(() => choice(key(0), 2, [3], { replace: false })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: choice: not so many to choose from. Got n 2 for [3] different indices; expected a whole number of at least 3. Ask for fewer, or draw with replacement.]`,
    );
  });

  it('shuffle is a permutation of the slices', async () => {
    const x = tensor([
      [1, 2, 3, 4],
      [10, 20, 30, 40],
    ]);
    const order = [...hostPermutation(hostKey(24), 4)];
    expect(await toArray(shuffle(key(24), x, { axis: 1 }))).toEqual([
      order.map((at) => at + 1),
      order.map((at) => 10 * (at + 1)),
    ]);
    expect(await item(sum(log(shuffle(key(24), tensor([1, Math.E])))))).toBeCloseTo(1, 5);
  });
});
