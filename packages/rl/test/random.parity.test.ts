import { describe, expect, test } from 'vitest';
import { Generator, PCG64, seedSequence } from '../src/index.ts';
import { gymnasium } from './gymnasium.ts';

describe('Generator equals NumPy', () => {
  test.each(gymnasium.random)('seed $seed', (entry) => {
    const random = new Generator(entry.seed);
    expect(entry.random.map(() => random.random())).toEqual(entry.random);
    for (const [low, high, value] of entry.integers) expect(random.integers(low, high)).toBe(value);
    expect(entry.uniform.map(() => random.uniform(-0.05, 0.05))).toEqual(entry.uniform);
    expect(entry.normal.map(() => random.normal())).toEqual(entry.normal);
    expect(entry.exponential.map(() => random.exponential())).toEqual(entry.exponential);
    expect([...random.bytes(entry.bytes.length, 3)]).toEqual(entry.bytes);
    expect(entry.choice.map(() => random.choice([1, 2, 3, 10]))).toEqual(entry.choice);
    expect(entry.choiceIndex.map(() => random.choiceIndex([0.2, 0.5, 0.3]))).toEqual(entry.choiceIndex);
    expect(random.random()).toBe(entry.last);
  });

  test('300,000 normal and exponential draws stay in step, wedges and tails included', () => {
    const { seed, at, normal, exponential, largest } = gymnasium.moments;
    const random = new Generator(seed);
    const normals = Float64Array.from({ length: 300_000 }, () => random.normal());
    const exponentials = Float64Array.from({ length: 300_000 }, () => random.exponential());
    at.forEach((position, index) => {
      expect(normals[position]).toBe(normal[index]);
      expect(exponentials[position]).toBe(exponential[index]);
    });
    expect(normals.reduce((a, b) => Math.max(a, b))).toBeCloseTo(largest[0], 14);
    expect(exponentials.reduce((a, b) => Math.max(a, b))).toBeCloseTo(largest[1], 14);
  });
});

test('seedSequence takes seeds beyond 128 bits', () => {
  expect([...seedSequence(2n ** 130n + 7n, 4)]).toEqual([1956387801, 4266865393, 498201352, 1035958608]);
});

test('streams of a seed are SeedSequence’s spawned ones', () => {
  const streams = [
    [42, [0], [2684470948, 3757501821, 1691896351], 0.9167441575549085],
    [0, [1], [673228719, 1136656250, 1681278441], 0.6771968569751019],
    [2 ** 53 - 1, [3, 7], [738614937, 1531702022, 619132609], 0.8716430635843434],
    [2n ** 130n + 7n, [2], [1821655281, 2956879381, 1980025690], 0.61577310599973],
  ] as const;
  for (const [seed, spawnKey, words, first] of streams) {
    expect([...seedSequence(seed, 3, spawnKey)]).toEqual(words);
    expect(new Generator(seed, spawnKey).random()).toBe(first);
  }
});

test('integers over more than 2^32 are drawn as NumPy draws them', () => {
  const random = new Generator(5);
  const wide = [2 ** 33, 2 ** 32 + 1, 3 * 2 ** 40, 2 ** 53 - 1, 10].map((high) => random.integers(0, high));
  expect(wide).toEqual([6914922461, 3470079269, 1699819339368, 2574269977733856, 9]);
  const signed = new Generator(5);
  expect([0, 0, 0].map(() => signed.integers(-(2 ** 40), 2 ** 52))).toEqual([
    3625196465859130, 3638430668259791, 2320287099502562,
  ]);
});

test('PCG64 state goes through JSON', () => {
  const bits = new PCG64(9);
  bits.nextUint32();
  const twin = new PCG64(0);
  twin.setState(JSON.parse(JSON.stringify(bits.getState())) as ReturnType<PCG64['getState']>);
  expect([twin.nextUint32(), twin.nextDouble()]).toEqual([bits.nextUint32(), bits.nextDouble()]);
});

test('generators nobody seeded differ', () => {
  expect(new Generator().random()).not.toBe(new Generator().random());
});

test('bad arguments', () => {
  expect(() => new Generator(-1)).toThrowErrorMatchingInlineSnapshot(
    `[ArgumentError: seedSequence: the seed is not usable. Got -1; expected an integer from 0 to 2^53 - 1. Pass such a seed.]`,
  );
  expect(() => new Generator(1).integers(3, 3)).toThrowErrorMatchingInlineSnapshot(
    `[ArgumentError: Generator.integers: the range is not usable. Got low 3 and high 3; expected integers with 1 <= high - low <= 2^53 - 1. Swap or narrow the bounds.]`,
  );
});
