import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CounterRandom } from './random.ts';

/** Σ (observed − expected)² / expected. */
function chiSquare(counts: Iterable<number>, expected: number): number {
  let sum = 0;
  for (const count of counts) sum += (count - expected) ** 2 / expected;
  return sum;
}

describe('CounterRandom', () => {
  it('gives the same words for the same seed and streams, for ever', () => {
    const words = (random: CounterRandom): number[] => Array.from({ length: 4 }, () => random.uint32());
    expect(words(new CounterRandom(7, [1, 2]))).toEqual(words(new CounterRandom(7, [1, 2])));
    expect(words(new CounterRandom(7, [1, 2]))).toMatchInlineSnapshot(`
      [
        70016602,
        3102720118,
        3942376489,
        3384729209,
      ]
    `);
    const all = [
      [7, [1, 2]],
      [7, [2, 1]],
      [8, [1, 2]],
      [7, [1]],
      [7, [1, 2, 0]],
      [7 + 2 ** 32, [1, 2]],
      [-7, [1, 2]],
    ] as const;
    expect(new Set(all.map(([seed, streams]) => words(new CounterRandom(seed, streams)).join())).size).toBe(all.length);
  });

  it('is uniform in each byte, and neighbours in counter, seed and stream are independent', () => {
    const n = 1 << 16;
    const sources: Record<string, (i: number) => number> = {
      counter: (() => {
        const random = new CounterRandom(0);
        return () => random.uint32();
      })(),
      seed: (i) => new CounterRandom(i).uint32(),
      stream: (i) => new CounterRandom(0, [1, i]).uint32(),
    };
    for (const next of Object.values(sources)) {
      const words = Array.from({ length: n }, (_, i) => next(i));
      for (const shift of [0, 8, 16, 24]) {
        const counts = new Float64Array(256);
        const pairs = new Float64Array(256);
        words.forEach((word, i) => {
          counts[(word >>> shift) & 255]!++;
          pairs[(((word >>> shift) & 15) << 4) | ((words[(i + 1) % n]! >>> shift) & 15)]!++;
        });
        // 255 degrees of freedom: mean 255, standard deviation 22.6; 6 deviations either side
        for (const counted of [counts, pairs]) {
          expect(chiSquare(counted, n / 256)).toBeGreaterThan(120);
          expect(chiSquare(counted, n / 256)).toBeLessThan(390);
        }
      }
    }
  });

  it('makes every order of four equally likely', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 24_000; seed++) {
      const order = new CounterRandom(seed).permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare(counts.values(), 1000)).toBeLessThan(64); // 23 degrees of freedom, 6 deviations
  });

  it('permutes: every number once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.maxSafeInteger(), (n, seed) => {
        const order = new CounterRandom(seed).permutation(n);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('draws integers and floats in range, normals with mean 0 and deviation 1', () => {
    const random = new CounterRandom(3);
    for (const n of [1, 2, 3, 7, 2 ** 31 + 1, 2 ** 32]) expect(random.int(n)).toBeLessThan(n);
    const floats = Array.from({ length: 10_000 }, () => random.float());
    expect(Math.min(...floats)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...floats)).toBeLessThan(1);
    const normals = Array.from({ length: 40_000 }, () => random.normal());
    const mean = normals.reduce((a, b) => a + b) / normals.length;
    const variance = normals.reduce((a, b) => a + b * b, 0) / normals.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it('refuses seeds and ranges that are not integers', () => {
    expect(() => new CounterRandom(0.5)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: CounterRandom: the seed is not an integer. Got 0.5; expected a safe integer. Pass { seed: 0 }.]`,
    );
    expect(() => new CounterRandom(1, [NaN])).toThrow('Got NaN');
    expect(() => new CounterRandom(1).int(0)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: CounterRandom.int: n is out of range. Got 0; expected an integer in 1 … 4294967296. Pass the number of choices.]`,
    );
  });
});
