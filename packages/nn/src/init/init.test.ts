import { describe, expect, it } from 'vitest';
import type { Tensor } from '@gai/core';
import * as init from './index.ts';
import { manualSeed } from './seed.ts';
import { HostStream } from './stream.ts';

/** The elements of a tensor that was made on the host; no backend is needed. */
function numbers(x: Tensor): number[] {
  if (x.leaf?.kind !== 'host') throw new Error('not made on the host');
  return [...x.leaf.data].map(Number);
}

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;
function variance(values: readonly number[]): number {
  const center = mean(values);
  return mean(values.map((value) => (value - center) ** 2));
}

describe('seeding', () => {
  const model = (): number[][] => [init.normal()([3, 4]), init.uniform()([5]), init.orthogonal()([2, 2])].map(numbers);

  it('gives the same weights for the same seed and others for another', () => {
    manualSeed(3);
    const first = model();
    manualSeed(3);
    expect(model()).toEqual(first);
    expect(model()).not.toEqual(first);
    manualSeed(4);
    expect(model()).not.toEqual(first);
  });

  it('gives each parameter numbers that do not depend on the size of those before', () => {
    manualSeed(0);
    init.normal()([1000]);
    const second = numbers(init.normal()([4]));
    manualSeed(0);
    init.normal()([1]);
    expect(numbers(init.normal()([4]))).toEqual(second);
  });

  it('is the same on every machine', () => {
    manualSeed(0);
    expect(numbers(init.uniform()([4]))).toMatchInlineSnapshot(`
      [
        0.10045753419399261,
        0.5667531490325928,
        0.8898348808288574,
        0.9543699026107788,
      ]
    `);
  });

  it('refuses a seed that is not an integer', () => {
    expect(() => manualSeed(0.5)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: manualSeed: the seed is not an integer. Got 0.5; expected a safe integer. Pass manualSeed(0).]`,
    );
  });

  it('has uniform streams that do not depend on each other', () => {
    const [a, b] = [new HostStream(0, 0), new HostStream(0, 1)];
    const pairs = Array.from({ length: 20_000 }, () => [a.uniform(), b.uniform()] as const);
    expect(mean(pairs.map(([x]) => x))).toBeCloseTo(0.5, 2);
    expect(variance(pairs.map(([x]) => x))).toBeCloseTo(1 / 12, 2);
    expect(mean(pairs.map(([x, y]) => (x - 0.5) * (y - 0.5)))).toBeCloseTo(0, 2);
  });
});

describe('initialisers', () => {
  const shape = [60, 20, 5, 5]; // fan-in 500, fan-out 1500

  it('computes fans', () => {
    expect(init.computeFans(shape)).toEqual({ fanIn: 500, fanOut: 1500 });
    expect(() => init.kaimingNormal()([3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: computeFans: too few axes. Got [3]; expected a weight [out, in, ...kernel] with at least 2. Use init.uniform or init.normal for a vector.]`,
    );
  });

  it.each<[string, init.Initializer, number]>([
    ['kaimingUniform', init.kaimingUniform(), 2 / 500],
    ['kaimingNormal fanOut relu', init.kaimingNormal({ mode: 'fanOut', nonlinearity: 'relu' }), 2 / 1500],
    ['kaimingUniform linear', init.kaimingUniform({ nonlinearity: 'linear' }), 1 / 500],
    ['kaimingNormal tanh', init.kaimingNormal({ nonlinearity: 'tanh' }), 25 / 9 / 500],
    ['kaimingNormal leaky', init.kaimingNormal({ negativeSlope: 0.5 }), 2 / 1.25 / 500],
    ['xavierUniform', init.xavierUniform(), 2 / 2000],
    ['xavierNormal with gain', init.xavierNormal({ gain: 2 }), 8 / 2000],
    ['normal', init.normal({ std: 0.02 }), 0.02 ** 2],
    ['uniform', init.uniform({ low: -0.1, high: 0.1 }), 0.04 / 12],
    // The variance of the standard normal within ±2 is 0.7737.
    ['truncatedNormal', init.truncatedNormal({ std: 0.5, low: -1, high: 1 }), 0.25 * 0.77374],
  ])('%s has the mean 0 and the variance of its formula', (_, initializer, expected) => {
    manualSeed(1);
    const values = numbers(initializer(shape));
    expect(values).toHaveLength(30_000);
    expect(Math.abs(mean(values))).toBeLessThan(4 * Math.sqrt(expected / 30_000));
    expect(variance(values) / expected).toBeGreaterThan(0.96);
    expect(variance(values) / expected).toBeLessThan(1.04);
  });

  it('keeps uniform and truncated values inside', () => {
    const bound = Math.sqrt(6 / 500);
    expect(numbers(init.kaimingUniform()(shape)).every((value) => Math.abs(value) <= bound)).toBe(true);
    const tail = numbers(init.truncatedNormal({ low: 3, high: Number.POSITIVE_INFINITY })([2000]));
    expect(Math.min(...tail)).toBeGreaterThanOrEqual(3);
    // φ(3) / (1 − Φ(3)) = 3.2831
    expect(mean(tail)).toBeCloseTo(3.283, 1);
  });

  it.each([
    [4, 9],
    [9, 4],
    [5, 5],
  ])('makes orthogonal vectors of %i × %i', (rows, columns) => {
    const values = numbers(init.orthogonal({ gain: 2 })([rows, columns]));
    const row = (index: number): number[] => values.slice(index * columns, (index + 1) * columns);
    const column = (index: number): number[] => values.filter((_, at) => at % columns === index);
    const [vector, count] = rows <= columns ? [row, rows] : [column, columns];
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        const product = vector(a).reduce((total, value, at) => total + value * vector(b)[at]!, 0);
        expect(product).toBeCloseTo(a === b ? 4 : 0, 5);
      }
    }
  });

  it('takes float64 and refuses what holds no fractions', () => {
    expect(init.normal()([2], 'float64').dtype).toBe('float64');
    expect(() => init.zeros()([2], 'int32')).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: constant: cannot initialise this dtype. Got int32; expected float32 or float64. Cast the tensor afterwards.]`,
    );
  });

  it.each<[string, () => unknown]>([
    ['an interval upside down', () => init.uniform({ low: 1, high: 0 })],
    ['a negative deviation', () => init.normal({ std: -1 })],
    ['an interval without mass', () => init.truncatedNormal({ low: 50, high: 51 })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(/Got .*; expected/);
  });

  it('has the gains of PyTorch', () => {
    const kinds = ['linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu'] as const;
    const gains = kinds.map((kind) => init.gain(kind).toFixed(4));
    expect(gains).toEqual(['1.0000', '1.0000', '1.6667', '1.4142', '1.4141', '0.7500']);
  });
});
