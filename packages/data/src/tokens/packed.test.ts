import { describe, expect, it } from 'vitest';
import { ArgumentError, DataError, data } from '@gai/core';
import { packed } from './packed.ts';
import type { PackedBatch, PackedOptions } from './packed.ts';
import { tokenArray } from './token-array.ts';
import type { TokenSource } from './token-source.ts';

const numbers = async (batch: PackedBatch): Promise<Record<keyof PackedBatch, number[]>> => {
  const read = async (name: keyof PackedBatch) => [name, Array.from(await data(batch[name]), Number)] as const;
  return Object.fromEntries(await Promise.all((['x', 'y', 'positionIds', 'segments'] as const).map(read))) as never;
};

async function all(tokens: TokenSource, options: PackedOptions): Promise<Record<keyof PackedBatch, number[]>[]> {
  const batches: Record<keyof PackedBatch, number[]>[] = [];
  for await (const batch of packed(tokens, options)) batches.push(await numbers(batch));
  return batches;
}

const DOCUMENTS = [[11, 12, 13], [], [21], [31, 32, 33, 34, 35], [41]];

describe('packed', () => {
  it('resets labels, positions and segments at every document', async () => {
    const [only] = await all(tokenArray(DOCUMENTS), { length: 12, batchSize: 1, shuffle: false });
    expect(only).toEqual({
      x: [11, 12, 13, 21, 31, 32, 33, 34, 35, 41, 0, 0],
      y: [12, 13, -100, -100, 32, 33, 34, 35, -100, -100, -100, -100],
      positionIds: [0, 1, 2, 0, 0, 1, 2, 3, 4, 0, 0, 1],
      segments: [0, 0, 0, 1, 2, 2, 2, 2, 2, 3, 4, 4],
    });
  });

  it('sets a separator in front of each document, which the last token foresees', async () => {
    const [first, second] = await all(tokenArray(DOCUMENTS, { separator: 9 }), {
      length: 8,
      batchSize: 1,
      shuffle: false,
    });
    expect(first).toEqual({
      x: [9, 11, 12, 13, 9, 9, 21, 9],
      y: [11, 12, 13, 9, 9, 21, 9, 31],
      positionIds: [0, 1, 2, 3, 0, 0, 1, 0],
      segments: [0, 0, 0, 0, 1, 2, 2, 3],
    });
    expect(second!.x).toEqual([31, 32, 33, 34, 35, 9, 41, 9]);
    expect(second!.y).toEqual([32, 33, 34, 35, 9, 41, 9, -100]);
    expect(second!.positionIds).toEqual([0, 1, 2, 3, 4, 0, 1, 0]);
  });

  it.each([1, 3, 4, 7, 15, 16])('foresees every token once in an epoch, windows of %i', async (length) => {
    const tokens = tokenArray(DOCUMENTS, { separator: 9 });
    const pairs = (batches: Record<keyof PackedBatch, number[]>[]): string[] =>
      batches.flatMap(({ x, y }) => x.flatMap((id, at) => (y[at] === -100 ? [] : [`${id}>${y[at]}`]))).sort();
    const expected = pairs(await all(tokens, { length: 64, batchSize: 1, shuffle: false }));
    expect(expected).toHaveLength(tokens.length);
    for (const seed of [0, 1, 2]) expect(pairs(await all(tokens, { length, batchSize: 2, seed }))).toEqual(expected);
  });

  it('goes on from the middle of any epoch, bitwise', async () => {
    const tokens = tokenArray(Array.from({ length: 40 }, (_, d) => Array.from({ length: d }, (__, i) => d + i)));
    const loader = packed(tokens, { length: 8, batchSize: 3, seed: 5 });
    const seen: { state: ReturnType<typeof loader.state>; batch: Record<keyof PackedBatch, number[]> }[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      let state = loader.state();
      for await (const batch of loader) {
        seen.push({ state, batch: await numbers(batch) });
        state = loader.state();
      }
    }
    expect(seen).toHaveLength(3 * loader.length);
    expect(seen[0]!.batch).not.toEqual(seen[loader.length]!.batch);
    for (const from of [1, loader.length - 1, loader.length, 2 * loader.length + 4]) {
      const later = packed(tokens, { length: 8, batchSize: 3 });
      later.load(seen[from]!.state);
      for await (const batch of later) {
        expect(await numbers(batch)).toEqual(seen[from]!.batch);
        break;
      }
      expect(later.state()).toEqual(seen[from + 1]!.state);
    }
  });

  it('refuses what is no setting, no state and no token', () => {
    expect(() => packed(['a text'] as never, { length: 4 })).toThrow(
      'packed: tokens does not fit. Got [a text]; expected documents',
    );
    const tokens = tokenArray([[1, 2, 3]]);
    for (const length of [0, 1.5, NaN, -1]) expect(() => packed(tokens, { length })).toThrow(ArgumentError);
    expect(() => packed(tokens, { length: 2, batchSize: 0 })).toThrow(ArgumentError);
    expect(() => packed(tokens, { length: 2, seed: 0.5 })).toThrow(DataError);
    expect(() => packed(tokens, { length: 2, size: 3 } as never)).toThrow("no such option. Got 'size'");
    const loader = packed(tokens, { length: 1, batchSize: 2 });
    for (const position of [1, 4, -2, NaN]) {
      expect(() => loader.load({ epoch: 0, position, seed: 0 })).toThrow('packed: the state does not fit.');
    }
    expect(() => tokenArray([])).toThrow('tokenArray: there are no tokens. Got 0 documents');
    expect(() => tokenArray([[1], [2, -1]])).toThrow('Got -1 at place 1 of document 1');
    expect(() => tokenArray([[1]], { vocabSize: 1 })).toThrow('Got 1 at place 0 of document 0');
    expect(() => tokenArray([[1]], { separator: -1 })).toThrow('separator does not fit. Got -1; expected a token');
  });
});
