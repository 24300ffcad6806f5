import { setDefaultBackend } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { KeyValueCache } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { webBackend } from '../src/index.ts';
import { Decoder } from './decoder.ts';
import type { DecoderOptions } from './decoder.ts';

/** A token-by-token decoder with a cache must agree with whole texts to this. */
const TOLERANCE = 1e-5;
const TIMEOUT_MS = 120_000;

const providers: [string, () => Promise<Backend>][] = [
  ['cpu', () => nodeBackend({ device: 'cpu', threads: 1 })],
  ['wasm', () => webBackend({ device: 'wasm' })],
];
const models: [string, DecoderOptions][] = [
  ['plain', { heads: 2, keyHeads: 2 }],
  ['grouped heads', { heads: 4, keyHeads: 2 }],
  ['grouped heads, window', { heads: 4, keyHeads: 1, window: 3 }],
  ['on the device', { heads: 4, keyHeads: 2, memory: 'device' }],
];

/** Some text, another one for each seed. */
const text = (length: number, seed = 0): number[] =>
  Array.from({ length }, (_, i) => (i * i * 7 + i * 3 + seed * 5) % 11);

describe.each(providers)('with a cache on %s, as without one', (_, open) => {
  beforeAll(async () => setDefaultBackend(await open()));

  describe.each(models)('%s', (__, options) => {
    const decoder = new Decoder(options);
    const same = (): void => expect(decoder.worst).toBeLessThan(TOLERANCE);

    it('token by token, and in chunks', { timeout: TIMEOUT_MS }, async () => {
      const [cache, texts] = [decoder.cache(2), [[], []] as number[][]];
      await decoder.advance(cache, texts, [text(5), text(5, 1)]);
      for (let i = 0; i < 4; i += 1) await decoder.advance(cache, texts, [[i], [i + 3]]);
      await decoder.advance(cache, texts, [text(3, 2), text(3, 3)]);
      expect(cache.lengths).toEqual([12, 12]);
      same();
    });

    it('over the room of the first allocation', { timeout: TIMEOUT_MS }, async () => {
      const [cache, texts] = [decoder.cache(1), [[]] as number[][]];
      await decoder.advance(cache, texts, [text(62)]);
      for (let i = 0; i < 4; i += 1) await decoder.advance(cache, texts, [[i]]);
      expect(cache.capacity).toBe(96);
      same();
    });

    it('rows of different length', { timeout: TIMEOUT_MS }, async () => {
      const [cache, texts] = [decoder.cache(3), [[], [], []] as number[][]];
      await decoder.advance(cache, texts, [text(6), text(2, 1), text(4, 2)]);
      await decoder.advance(cache, texts, [[1], [2], [3]]);
      await decoder.advance(cache, texts, [text(2), [], text(3, 4)]); // the middle one has ended
      await decoder.advance(cache, texts, [[4], [5], [6]]);
      expect(cache.lengths).toEqual([10, 4, 9]);
      same();
    });

    it('beams that go on, and rows that become more and fewer', { timeout: TIMEOUT_MS }, async () => {
      const cache = decoder.cache(2);
      let texts: number[][] = [[], []];
      const gathered = async (rows: readonly number[]): Promise<void> => {
        await cache.gather(rows);
        texts = rows.map((row) => texts[row]!);
      };
      await decoder.advance(cache, texts, [text(5), text(3, 1)]);
      await gathered([1, 1, 0]);
      await decoder.advance(cache, texts, [[1], [2], [3]]);
      await gathered([2, 0, 1]);
      await decoder.advance(cache, texts, [[7], [8], [9]]);
      await gathered([2]);
      await decoder.advance(cache, texts, [text(2)]);
      same();
    });

    it('guesses that are taken back, row by row', { timeout: TIMEOUT_MS }, async () => {
      const [cache, texts] = [decoder.cache(2), [[], []] as number[][]];
      await decoder.advance(cache, texts, [text(4), text(6, 1)]);
      await decoder.advance(cache, texts, [text(4, 2), text(4, 3)]);
      cache.truncate([5, 9]);
      texts.splice(0, 2, texts[0]!.slice(0, 5), texts[1]!.slice(0, 9));
      await decoder.advance(cache, texts, [[3], [4]]);
      cache.truncate(2);
      texts.splice(0, 2, texts[0]!.slice(0, 2), texts[1]!.slice(0, 2));
      await decoder.advance(cache, texts, [text(2, 5), text(1, 6)]);
      same();
    });

    it('forks that go their own ways', { timeout: TIMEOUT_MS }, async () => {
      const [base, texts] = [decoder.cache(1), [[]] as number[][]];
      await decoder.advance(base, texts, [text(5)]);
      const forks = [base.fork(), base.fork()];
      const rows = forks.map(() => [...texts]);
      for (let i = 0; i < 3; i += 1) {
        for (const [index, fork] of forks.entries()) await decoder.advance(fork, rows[index]!, [[i + 4 * index]]);
        await decoder.advance(base, texts, [[9 - i]]);
      }
      forks[0]!.truncate(3);
      rows[0] = [rows[0]![0]!.slice(0, 3)];
      await decoder.advance(forks[0]!, rows[0], [text(3, 7)]);
      await decoder.advance(forks[1]!, rows[1]!, [[2]]);
      same();
    });

    it('requests that join a batch and leave it', { timeout: TIMEOUT_MS }, async () => {
      const parts = [decoder.cache(1), decoder.cache(2)];
      const texts: number[][][] = [[[]], [[], []]];
      await decoder.advance(parts[0]!, texts[0]!, [text(7)]);
      await decoder.advance(parts[1]!, texts[1]!, [text(2, 1), text(3, 2)]);
      const cache = await KeyValueCache.concat(parts);
      let all = texts.flat();
      await decoder.advance(cache, all, [[1], [2], [3]]);
      await cache.gather([0, 2]);
      all = [all[0]!, all[2]!];
      await decoder.advance(cache, all, [[4], [5]]);
      same();
    });
  });

  it.each(['jit', 'compile'] as const)(
    'by %s for all sizes, from an empty cache on',
    { timeout: TIMEOUT_MS },
    async (once) => {
      const decoder = new Decoder({ heads: 4, keyHeads: 2, window: 40, once });
      const [cache, texts] = [decoder.cache(2), [[], []] as number[][]];
      await decoder.advance(cache, texts, [text(60), text(33, 1)]);
      for (let i = 0; i < 6; i += 1) await decoder.advance(cache, texts, [[i], [i + 3]]);
      await cache.gather([1]);
      texts.shift();
      await decoder.advance(cache, texts, [text(3, 2)]);
      expect(decoder.compiles).toBe(2); // without a past, and with any
      expect(decoder.worst).toBeLessThan(TOLERANCE);
    },
  );

  it.each([
    [undefined, 'host'],
    ['jit', 'device'],
  ] as const)(
    'with an encoder, whose texts differ in length (%s, %s)',
    { timeout: TIMEOUT_MS },
    async (once, memory) => {
      const decoder = new Decoder({ heads: 4, keyHeads: 2, cross: true, once, memory });
      let sources = [text(4, 8), text(7, 9)];
      const cache = decoder.cache(2, sources);
      let texts: number[][] = [[], []];
      await decoder.advance(cache, texts, [text(3), text(1, 1)], sources);
      await decoder.advance(cache, texts, [[1], [2]], sources);
      const fork = cache.fork();
      const other = [...texts];
      await cache.gather([1, 0, 1]);
      texts = [texts[1]!, texts[0]!, texts[1]!];
      await decoder.advance(cache, texts, [[3], [4], [5]], [sources[1]!, sources[0]!, sources[1]!]);
      await decoder.advance(fork, other, [[6], [7]], sources);
      const third = decoder.cache(1, [text(5, 3)]);
      const own: number[][] = [[]];
      await decoder.advance(third, own, [text(4)], [text(5, 3)]);
      const joined = await KeyValueCache.concat([fork, third]);
      sources = [...sources, text(5, 3)];
      await decoder.advance(joined, [...other, ...own], [[1], [2], [3]], sources);
      expect(decoder.worst).toBeLessThan(TOLERANCE);
    },
  );
});
