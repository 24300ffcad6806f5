import { add, cast, data, item, jit, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import {
  bernoulli,
  bits,
  categorical,
  foldIn,
  gumbel,
  hostBits,
  hostKey,
  hostPermutation,
  hostUniform,
  key,
  normal,
  permutation,
  randint,
  split,
  uniform,
} from '@gai/core/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const SHAPE = [3, 1000];

/** Mean and standard deviation. */
function moments(values: ArrayLike<number>): { mean: number; std: number } {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  return { mean, std: Math.sqrt(list.reduce((a, b) => a + (b - mean) ** 2, 0) / list.length) };
}

describe('keys', () => {
  it('are the same split and folded on the host, eagerly on a computed key, and in a compiled function', async () => {
    const derive = (parent: Tensor): Tensor[] => [
      ...split(parent, 3),
      foldIn(parent, 7),
      foldIn(parent, -7),
      foldIn(parent, 2 ** 40),
      foldIn(parent, 'layer.0'),
      foldIn(parent, tensor(7, { dtype: 'int32' })),
    ];
    const read = (keys: readonly Tensor[]): Promise<unknown[]> => Promise.all(keys.map((one) => toArray(one)));
    const onHost = await read(derive(key(3)));
    const computed = add(key(3), tensor(Uint32Array.of(0, 0)));
    expect(await read(derive(computed))).toEqual(onHost);
    expect(await read(await jit(derive)(key(3)))).toEqual(onHost);
    expect(new Set(onHost.map(String)).size).toBe(7);
    expect(onHost[3]).toEqual(onHost[7]);
  });

  it('fold with a step that is computed', async () => {
    const step = jit((parent: Tensor, count: Tensor) => foldIn(parent, add(count, 1)));
    const folded = await step(key(1), tensor(4, { dtype: 'int32' }));
    expect(await toArray(folded)).toEqual(await toArray(foldIn(key(1), 5)));
  });

  it('are refused if they are none', () => {
    expect(() => uniform(tensor([1, 2]), [2])).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: uniform: not a random key. Got float32 [2]; expected uint32 [2]. Make one with key(seed).]`,
    );
    expect(() => split(key(0), 0)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: split: not a number of keys. Got 0; expected a whole number from 1.]`,
    );
    expect(() => foldIn(key(0), tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: foldIn: not a whole number. Got float32 [2]; expected int32 or uint32 of one element.]`,
    );
  });
});

describe('draws', () => {
  it('bits, uniform and permutation are those of the host, bit for bit', async () => {
    expect(await data(bits(key(42), SHAPE))).toEqual(hostBits(hostKey(42), 3000));
    expect(await data(uniform(key(42), SHAPE))).toEqual(hostUniform(hostKey(42), 3000));
    expect(await data(permutation(key(42), 1000))).toEqual(hostPermutation(hostKey(42), 1000));
  });

  it('are the same with a symbolic size', async () => {
    const draw = jit(
      (like: Tensor, from: Tensor) => [
        uniform(from, like.shape),
        normal(from, like.shape),
        cast(bernoulli(from, 0.3, like.shape), 'float32'),
        cast(permutation(from, like.shape[0]!), 'float32'),
      ],
      { dynamicAxes: [['n'], null] },
    );
    for (const size of [3, 8]) {
      const shape = [size, 3];
      const got = await draw(tensor(new Float32Array(3 * size), { shape }), key(1));
      const fixed = [
        uniform(key(1), shape),
        normal(key(1), shape),
        cast(bernoulli(key(1), 0.3, shape), 'float32'),
        cast(permutation(key(1), size), 'float32'),
      ];
      for (const [index, expected] of fixed.entries())
        expect(await toArray(got[index]!)).toEqual(await toArray(expected));
    }
  });

  it('uniform keeps to its range', async () => {
    const values = await data(uniform(key(7), [100_000], { min: -3, max: 5 }));
    expect(Math.min(...(values as Float32Array).subarray(0, 50_000))).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...(values as Float32Array).subarray(0, 50_000))).toBeLessThan(5);
    const { mean, std } = moments(values as Float32Array);
    expect(mean).toBeCloseTo(1, 1);
    expect(std).toBeCloseTo(8 / Math.sqrt(12), 1);
  });

  it('normal has the moments and the tails of the normal distribution, odd sizes included', async () => {
    const values = (await data(normal(key(8), [100_001], { mean: 2, std: 3 }))) as Float32Array;
    const { mean, std } = moments(values);
    expect(values.length).toBe(100_001);
    expect(Math.abs(mean - 2)).toBeLessThan(0.04);
    expect(Math.abs(std - 3)).toBeLessThan(0.03);
    const beyond = values.filter((value) => Math.abs(value - 2) > 6).length / values.length;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.003);
    expect(values.every(Number.isFinite)).toBe(true);
    const halves = [values.subarray(0, 50_000), values.subarray(50_001)] as const;
    let product = 0;
    halves[0].forEach((value, index) => (product += ((value - 2) / 3) * ((halves[1][index]! - 2) / 3)));
    expect(Math.abs(product) / Math.sqrt(50_000)).toBeLessThan(5);
  });

  it('bernoulli is uniform < p, for numbers and tensors', async () => {
    for (const p of [0, 1e-7, 0.25, 0.5, 0.9999999, 1]) {
      const numbers = hostUniform(hostKey(2), 3000);
      const expected = Uint8Array.from(numbers, (value) => Number(value < p));
      expect(await data(bernoulli(key(2), p, SHAPE))).toEqual(expected);
      if (p === 0.25) expect(await data(bernoulli(key(2), tensor(p), SHAPE))).toEqual(expected);
    }
    expect(() => bernoulli(key(0), 1.5, [1])).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: bernoulli: not a probability. Got p 1.5; expected 0 to 1.]`,
    );
  });

  it('randint covers its range evenly, up to all of int32', async () => {
    const values = (await data(randint(key(3), [30_000], { min: -2, max: 4 }))) as Int32Array;
    const counts = [-2, -1, 0, 1, 2, 3].map((value) => values.filter((drawn) => drawn === value).length);
    expect(counts.reduce((a, b) => a + b)).toBe(30_000);
    for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(350);
    const wide = (await data(randint(key(3), [1000], { min: -(2 ** 31), max: 2 ** 31 }))) as Int32Array;
    expect(Math.abs(moments(wide).mean / 2 ** 31)).toBeLessThan(0.1);
    expect(moments(wide).std / 2 ** 31).toBeCloseTo(1 / Math.sqrt(3), 1);
    expect(() => randint(key(0), [1], { min: 3, max: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: randint: not a range. Got min 3, max 3; expected whole numbers of int32 with min below max.]`,
    );
  });

  it('categorical follows the softmax of its logits', async () => {
    const logits = tensor([[Math.log(0.7), Math.log(0.2), Math.log(0.1), -Infinity]]);
    const rows = add(logits, tensor(new Float32Array(20_000), { shape: [20_000, 1] }));
    const values = (await data(categorical(key(4), rows))) as Int32Array;
    const shares = [0, 1, 2, 3].map((value) => values.filter((drawn) => drawn === value).length / 20_000);
    [0.7, 0.2, 0.1, 0].forEach((share, index) => expect(Math.abs(shares[index]! - share)).toBeLessThan(0.015));
    expect(Number.isFinite(await item(gumbel(key(0), [])))).toBe(true);
  });

  it('a new key or another range does not compile again', async () => {
    const backendRuns = jit((from: Tensor) => uniform(from, [4]));
    const first = await toArray(await backendRuns(key(1)));
    const second = await toArray(await backendRuns(key(2)));
    expect(first).not.toEqual(second);
    expect(first).toEqual([...hostUniform(hostKey(1), 4)]);
  });
});
