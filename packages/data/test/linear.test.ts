import { deflateSync } from 'node:zlib';
import { checkLinear } from '@gai/core/testing';
import { decodePng, encodePng, parseCifar10, parseCsv, parseIdx, parseJsonl } from '@gai/data';
import { describe, expect, it } from 'vitest';
import { chunk, header, signature } from './helpers/make-png.ts';

const rows = (size: number, row: string): string => `${row}\n`.repeat(size);

/** Inputs that are long in every way a text can be, most of them refused. */
const CSV: Readonly<Record<string, (size: number) => string>> = {
  'a cell of digits and a letter': (size) => `a\n${'1'.repeat(size)}x`,
  'digits on both sides of a point': (size) => `a\n${'1'.repeat(size)}.${'1'.repeat(size)}x`,
  'an exponent of digits': (size) => `a\n1e${'1'.repeat(size)}x`,
  'a cell of spaces': (size) => `a\n${' '.repeat(size)}x`,
  'a long name': (size) => `${'n'.repeat(size)}\n1`,
  'many rows': (size) => `a,b\n${rows(size, '1,x')}`,
  'many columns': (size) => `${Array.from({ length: size }, (_, i) => `c${i}`).join()}\n${','.repeat(size - 1)}`,
  'blank lines': (size) => `a\n${'\n'.repeat(size)}1`,
  'a quote without an end': (size) => `a\n${rows(size, '1')}"`,
  'doubled quotes': (size) => `a\n"${'""'.repeat(size)}"`,
  'line ends in quotes': (size) => `a\n"${'\r\n'.repeat(size)}"`,
  'a row too short at the end': (size) => `a,b\n${rows(size, '1,2')}1`,
};

const JSONL: Readonly<Record<string, (size: number) => string>> = {
  'many lines': (size) => rows(size, '{"a": 1, "t": "x"}'),
  'many fields': (size) => `{${Array.from({ length: size }, (_, i) => `"f${i}": 1`).join()}}`,
  'many fields in two lines': (size) => rows(2, `{${Array.from({ length: size }, (_, i) => `"f${i}": 1`).join()}}`),
  'many fields, then few': (size) => `{${Array.from({ length: size }, (_, i) => `"f${i}": 1`).join()}}\n{"a": 1}`,
  'blank lines': (size) => `${' \n'.repeat(size)}{"a": 1}`,
  'a line of spaces': (size) => `{"a": 1}${' '.repeat(size)}x`,
  'a list': (size) => `{"a": [${'1,'.repeat(size)}1]}`,
  nesting: (size) => `{"a": ${'['.repeat(size)}${']'.repeat(size)}}`,
  'a number of digits': (size) => `{"a": ${'1'.repeat(size)}x}`,
  'a text': (size) => `{"a": "${'\\n'.repeat(size)}"}`,
};

/** An IDX file of bytes. */
function idx(size: number): Uint8Array {
  const bytes = new Uint8Array(8 + size);
  bytes.set([0, 0, 8, 1]);
  new DataView(bytes.buffer).setUint32(4, size);
  return bytes;
}

/** A PNG of one column of random pixels, with the chunks that a function makes of its data. */
function png(size: number, cut: (data: Uint8Array) => readonly Uint8Array[]): Uint8Array {
  const pixels = Uint8Array.from({ length: 2 * size }, (_, index) =>
    index % 2 === 0 ? 0 : (index * 2654435761) >>> 24,
  );
  const start = header({ width: 1, height: size, colorType: 0, bitDepth: 8 });
  return Buffer.concat([signature, start, ...cut(deflateSync(pixels)), chunk('IEND', new Uint8Array(0))]);
}

const PNG: Readonly<Record<string, (size: number) => Uint8Array>> = {
  'many rows': (size) => png(size, (data) => [chunk('IDAT', data)]),
  'data in pieces of 16 bytes': (size) =>
    png(size, (data) =>
      Array.from({ length: Math.ceil(data.length / 16) }, (_, i) => chunk('IDAT', data.subarray(16 * i, 16 * i + 16))),
    ),
  'many other chunks': (size) =>
    png(1, (data) => [...Array.from({ length: size }, () => chunk('tEXt', new Uint8Array(3))), chunk('IDAT', data)]),
};

describe('parsers take time in proportion to their input', { timeout: 300_000 }, () => {
  it.each(Object.entries(CSV))('CSV: %s', async (_, make) => {
    expect(
      await checkLinear((size) => parsing(make(size), (text) => parseCsv(text, { maxColumns: Infinity }))),
    ).toBeUndefined();
  });

  it.each(Object.entries(JSONL))('JSON Lines: %s', async (_, make) => {
    expect(
      await checkLinear((size) => parsing(make(size), (text) => parseJsonl(text, { maxLineLength: Infinity }))),
    ).toBeUndefined();
  });

  it.each(Object.entries(PNG))('PNG: %s', async (_, make) => {
    expect(await checkLinear((size) => parsing(make(size), decodePng))).toBeUndefined();
  });

  it('PNG: writing', async () => {
    const image = (size: number) => ({ width: 8, height: size, channels: 1 as const, data: new Uint8Array(8 * size) });
    expect(await checkLinear((size) => parsing(image(size), encodePng))).toBeUndefined();
  });

  it('IDX and CIFAR-10', async () => {
    expect(await checkLinear((size) => parsing(idx(size), parseIdx))).toBeUndefined();
    expect(await checkLinear((size) => parsing(new Uint8Array(3073 * size), parseCifar10), 10)).toBeUndefined();
  });
});

function parsing<T>(input: T, parse: (input: T) => unknown): () => unknown {
  return () => parse(input);
}
