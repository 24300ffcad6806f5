import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DataError, data } from '@gai/core';
import { openTokens } from './open-tokens.ts';
import { packed } from './packed.ts';
import { tokenArray } from './token-array.ts';
import type { TokenSource } from './token-source.ts';
import { writeTokens } from './write-tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'gai-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DOCUMENTS = [[1, 2, 3], [], [65_000, 5], [7]];

async function* later(documents: readonly number[][]): AsyncGenerator<number[]> {
  for (const ids of documents) {
    await Promise.resolve();
    yield ids;
  }
}

describe('token files', () => {
  it.each([
    [65_536, 2],
    [70_000, 4],
  ])('give back what was written, a vocabulary of %i in %i bytes', async (vocabSize, width) => {
    const path = join(folder, 'sub', `${width}.tokens`);
    const hash = 'ab'.repeat(32);
    const settings = { vocabSize, separator: 9, tokenizer: hash };
    expect(await writeTokens(path, later(DOCUMENTS), settings)).toEqual({ tokens: 10, documents: 4 });
    await using tokens = await openTokens(path);
    const memory = tokenArray(DOCUMENTS, { separator: 9 });
    expect([tokens.vocabSize, tokens.separator, tokens.tokenizer, tokens.length]).toEqual([vocabSize, 9, hash, 10]);
    expect(tokens.starts).toEqual(memory.starts);
    expect(await tokens.read(0, 10)).toEqual(memory.read(0, 10));
    expect(await tokens.read(5, 3)).toEqual(Int32Array.of(9, 65_000, 5));
    expect(await tokens.read(10, 0)).toEqual(new Int32Array());
    // Beyond the ids there are bytes of the table, before them those of the header.
    for (const [start, count] of [
      [9, 2],
      [-1, 2],
      [11, 0],
      [0.5, 1],
      [2, -1],
      [0, NaN],
    ] as const) {
      await expect(tokens.read(start, count)).rejects.toThrow('expected ids within 0 to 10');
    }
    const batches = async (source: TokenSource): Promise<unknown[]> => {
      const all: unknown[] = [];
      for await (const { x, y } of packed(source, { length: 3, batchSize: 2 }))
        all.push([await data(x), await data(y)]);
      return all;
    };
    expect(await batches(tokens)).toHaveLength(2);
    expect(await batches(tokens)).toEqual(await batches(memory));
    expect(readdirSync(join(folder, 'sub')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('keep the old file where the new one is not whole', async () => {
    const path = join(folder, 'kept.tokens');
    await writeTokens(path, [[1]], { vocabSize: 8 });
    const before = readFileSync(path);
    await expect(writeTokens(path, later([[1], [8]]), { vocabSize: 8 })).rejects.toThrow(
      'Got 8 at place 0 of document 1',
    );
    await expect(writeTokens(path, [[]], { vocabSize: 8 })).rejects.toThrow('there are no tokens');
    const broken = (async function* () {
      yield [1];
      throw new Error('the source broke');
    })();
    await expect(writeTokens(path, broken, { vocabSize: 8 })).rejects.toThrow('the source broke');
    const unread = (async function* () {
      yield [1];
      throw Object.assign(new Error('EACCES: the source'), { code: 'EACCES', syscall: 'open' });
    })();
    await expect(writeTokens(path, unread, { vocabSize: 8 })).rejects.toThrow(/^EACCES: the source$/);
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await expect(writeTokens(folder, [[1]], { vocabSize: 8 })).rejects.toThrow(/the file cannot be written. Got E/);
    await expect(writeTokens(path, [[1]], { vocabSize: 0 })).rejects.toThrow('vocabSize does not fit. Got 0');
    await expect(writeTokens(path, [[1]], { vocabSize: 8, tokenizer: 'x' })).rejects.toThrow('64 hexadecimal digits');
  });

  it('refuse a hostile file, in bounded memory', async () => {
    const path = join(folder, 'good.tokens');
    await writeTokens(path, [[1, 2, 3], [4]], { vocabSize: 8, separator: 0 });
    const good = readFileSync(path);
    const bad = async (change: (bytes: DataView) => void, cut = good.length): Promise<string> => {
      const bytes = Uint8Array.from(good).subarray(0, cut);
      change(new DataView(bytes.buffer));
      writeFileSync(join(folder, 'bad.tokens'), bytes);
      const open = openTokens(join(folder, 'bad.tokens')).then(async (tokens) => {
        await tokens.read(0, tokens.length).finally(() => tokens.close());
      });
      const error: unknown = await open.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(DataError);
      return (error as Error).message;
    };
    const closed = await openTokens(path);
    await closed.close();
    await expect(closed.read(0, 1)).rejects.toThrow(/^openTokens: the file cannot be read\. Got EBADF/);
    expect(await bad((view) => view.setUint8(0, 0))).toContain('it is none');
    expect(await bad((view) => view.setUint32(8, 2, true))).toContain('it has another version. Got 2');
    expect(await bad((view) => view.setUint32(12, 3, true))).toContain('ids have no such size. Got 3 bytes');
    expect(await bad((view) => view.setBigUint64(16, 2n ** 63n, true))).toContain('the sizes do not fit');
    expect(await bad((view) => view.setBigUint64(24, 2n ** 40n, true))).toContain('the sizes do not fit');
    expect(await bad((view) => view.setBigUint64(16, 0n, true))).toContain('the sizes do not fit');
    expect(await bad((view) => view.setUint32(32, 0, true))).toContain('vocabSize is out of range. Got 0');
    expect(await bad((view) => view.setUint32(36, 8, true))).toContain('the separator is no token. Got 8');
    expect(await bad((view) => view.setUint16(130, 8, true))).toContain('an id is no token. Got 8');
    expect(await bad((view) => view.setBigUint64(good.length - 16, 7n, true))).toContain('do not follow one another');
    for (const cut of [0, 7, 127, 128, good.length - 1]) {
      expect(await bad(() => undefined, cut)).toMatch(/it is none|the sizes do not fit/);
    }
    await expect(openTokens(join(folder, 'none'))).rejects.toThrow('the file cannot be read. Got ENOENT');
    await expect(openTokens(folder)).rejects.toThrow(DataError);
  });
});
