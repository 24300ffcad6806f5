import { describe, expect, it } from 'vitest';
import { dataWords, hashWords, mixRound, nextWords, addWords, randomWord } from './generator.ts';
import { hostBits, hostKey, hostPermutation, hostUniform } from './host.ts';
import type { KeyWords } from './generator.ts';

const KEYS: KeyWords[] = [[0, 0], [1, 0], [0, 1], hostKey(0), hostKey(1), hostKey('weights')];

/** Chi-square of counts against equal expectation, in standard deviations from its mean. */
function chiSquareScore(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  const expected = total / counts.length;
  const chi = Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chi - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

const popcount = (x: number): number => {
  let count = 0;
  for (let rest = x >>> 0; rest !== 0; rest &= rest - 1) count += 1;
  return count;
};

describe('the round', () => {
  it('is a permutation: no two of 2^17 words meet', () => {
    const seen = new Set<number>();
    for (let x = 0; x < 2 ** 17; x += 1) seen.add(mixRound(Math.imul(x, 0x10001) >>> 0));
    expect(seen.size).toBe(2 ** 17);
  });
});

describe('the words of a key', () => {
  it('never change', () => {
    expect([...hostBits([0, 0], 4)]).toMatchInlineSnapshot(`
      [
        2674631817,
        3406505351,
        948569585,
        1558498367,
      ]
    `);
    expect([...hostBits(hostKey(42), 2)]).toMatchInlineSnapshot(`
      [
        1477142913,
        913208177,
      ]
    `);
    expect([...hostKey('weights')]).toMatchInlineSnapshot(`
      [
        2229819185,
        1839977301,
      ]
    `);
    expect(nextWords(addWords(hostKey(42), dataWords('layer', 'test')))).toMatchInlineSnapshot(`
      [
        3878017761,
        3071228185,
      ]
    `);
  });

  it.each(KEYS)('are evenly spread in every byte (key %i, %i)', (...key) => {
    const words = hostBits(key, 2 ** 18);
    for (const shift of [0, 8, 16, 24]) {
      const counts = new Uint32Array(256);
      for (const word of words) counts[(word >>> shift) & 255]! += 1;
      expect(Math.abs(chiSquareScore(counts))).toBeLessThan(5);
    }
  });

  it.each(KEYS)('are evenly spread in pairs of neighbours, upper and lower bits (key %i, %i)', (...key) => {
    const words = hostBits(key, 2 ** 18);
    for (const shift of [0, 26]) {
      const counts = new Uint32Array(4096);
      for (let at = 0; at < words.length; at += 2) {
        counts[(((words[at]! >>> shift) & 63) << 6) | ((words[at + 1]! >>> shift) & 63)]! += 1;
      }
      expect(Math.abs(chiSquareScore(counts))).toBeLessThan(5);
    }
  });

  it.each(KEYS)('do not follow those a lag before (key %i, %i)', (...key) => {
    const count = 2 ** 17;
    const numbers = hostUniform(key, count + 4096);
    for (const lag of [1, 2, 3, 4, 7, 8, 16, 28, 64, 255, 256, 784, 1024, 4096]) {
      let sum = 0;
      for (let at = 0; at < count; at += 1) sum += (numbers[at]! - 0.5) * (numbers[at + lag]! - 0.5);
      // Independent: mean 0, standard deviation 1/12 · √count.
      expect(Math.abs(sum * 12) / Math.sqrt(count)).toBeLessThan(5);
    }
  });

  it('all flip half of their bits when one bit of the counter or the key flips', () => {
    const trials = 4000;
    const flips: ((bit: number) => { key: KeyWords; step: number })[] = [
      (bit) => ({ key: [0, 0], step: 2 ** bit }),
      (bit) => ({ key: [2 ** bit, 0], step: 0 }),
      (bit) => ({ key: [0, 2 ** bit], step: 0 }),
    ];
    for (const flip of flips) {
      for (let bit = 0; bit < 32; bit += 1) {
        const { key, step } = flip(bit);
        const counts = new Uint32Array(32);
        for (let trial = 0; trial < trials; trial += 1) {
          const base = hostKey(trial);
          const other: KeyWords = [(base[0] ^ key[0]) >>> 0, (base[1] ^ key[1]) >>> 0];
          const changed = randomWord(base, trial) ^ randomWord(other, (trial ^ step) >>> 0);
          for (let out = 0; out < 32; out += 1) counts[out]! += (changed >>> out) & 1;
        }
        // Within 20 % of half for every output bit.
        expect(Math.max(...counts)).toBeLessThan(trials * 0.6);
        expect(Math.min(...counts)).toBeGreaterThan(trials * 0.4);
      }
    }
  });

  it('are independent between neighbouring seeds, folds and splits', () => {
    const count = 2 ** 16;
    const root = hostKey(5);
    const fold = (n: number): KeyWords => nextWords(addWords(root, dataWords(n, 'test')));
    const pairs: [KeyWords, KeyWords][] = [
      [hostKey(1), hostKey(2)],
      [hostKey('a'), hostKey('b')],
      [fold(0), fold(1)],
      [fold(1), fold(2)],
      [root, fold(0)],
      [fold(-1), fold(1)],
    ];
    for (const [a, b] of pairs) {
      const x = hostUniform(a, count);
      const y = hostUniform(b, count);
      let sum = 0;
      for (let at = 0; at < count; at += 1) sum += (x[at]! - 0.5) * (y[at]! - 0.5);
      expect(Math.abs(sum * 12) / Math.sqrt(count)).toBeLessThan(5);
    }
  });

  it('of many folds are evenly spread, first word against first word', () => {
    const root = hostKey(9);
    const counts = new Uint32Array(256);
    let flipped = 0;
    let before = 0;
    for (let step = 0; step < 2 ** 16; step += 1) {
      const [word] = nextWords(addWords(root, dataWords(step, 'test')));
      const drawn = randomWord(nextWords(addWords(root, dataWords(step, 'test'))), 0);
      counts[drawn >>> 24]! += 1;
      flipped += popcount(word ^ before);
      before = word;
    }
    expect(Math.abs(chiSquareScore(counts))).toBeLessThan(5);
    expect(Math.abs(flipped / 2 ** 16 - 16)).toBeLessThan(0.1);
  });
});

describe('seeds', () => {
  it('differ for numbers and texts that look alike', () => {
    const seeds = [0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, '0', '1', '', 'a', 'aa', 'ab', 'ba'];
    const keys = seeds.map((seed) => hashWords(seed, 'test').join());
    expect(new Set(keys).size).toBe(seeds.length);
    // No word either: keys that share one are shifted streams of each other.
    const many = Array.from({ length: 1000 }, (_, seed) => hashWords(seed, 'test'));
    expect(new Set(many.flat()).size).toBe(2000);
  });

  it('must be whole', () => {
    expect(() => hashWords(0.5, 'key')).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: key: not a seed. Got 0.5; expected text or a whole number up to 2^53 − 1 in size.]`,
    );
  });
});

describe('hostPermutation', () => {
  it('holds every number once, in every order equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed += 1) {
      const order = hostPermutation(hostKey(seed), 3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(Math.abs(chiSquareScore([...counts.values()]))).toBeLessThan(5);
    expect([...hostPermutation(hostKey(1), 1000)].sort((a, b) => a - b)).toEqual([
      ...Array.from({ length: 1000 }).keys(),
    ]);
  });
});
