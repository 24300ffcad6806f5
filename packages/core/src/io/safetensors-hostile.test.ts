import { describe, expect, it } from 'vitest';
import { messageOf } from '../../test/message-of.ts';
import { DataError, GaiError } from '../errors.ts';
import type { HostTensor, Storage } from '../backend/backend.ts';
import { loadSafetensors, openSafetensors } from './files.ts';
import { concatBytes, readSafetensors, writeSafetensors } from './safetensors.ts';

/** A file with this header, as text or as a value, and this many bytes of data. */
function fileOf(header: unknown, dataBytes = 8, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const entry = (changes: object = {}): object => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...changes });
const one = (changes: object, dataBytes = 8): Uint8Array => fileOf({ w: entry(changes) }, dataBytes);

const CASES: [string, Uint8Array][] = [
  ['an empty file', new Uint8Array()],
  ['seven bytes', new Uint8Array(7)],
  ['a header longer than the file', fileOf({ w: entry() }, 8, 5000n)],
  ['a header of 2^64 − 1 bytes', fileOf({}, 0, 2n ** 64n - 1n)],
  ['a header of no bytes', fileOf('', 8)],
  ['no JSON', fileOf('{"w": ', 8)],
  ['no UTF-8', concatBytes([Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0), Uint8Array.of(0xff, 0xfe)])],
  ['a list', fileOf([], 0)],
  ['null', fileOf('null', 0)],
  ['a number', fileOf('3', 0)],
  ['nesting', fileOf(`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 0)],
  ['nesting in an entry', fileOf({ w: entry({ extra: [[[[1]]]] }) })],
  ['an entry that is a list', fileOf({ w: [1] })],
  ['an entry that is null', fileOf({ w: null })],
  ['metadata that is text', fileOf({ __metadata__: 'x', w: entry() })],
  ['metadata that is a number', fileOf({ __metadata__: { epoch: 3 }, w: entry() })],
  ['an unknown dtype', one({ dtype: 'F8_E4M3' })],
  ['a dtype of an object', one({ dtype: 'constructor' })],
  ['no dtype', one({ dtype: undefined })],
  ['a dtype that is a list', one({ dtype: [['F32']] })],
  ['no shape', one({ shape: undefined })],
  ['a shape that is a number', one({ shape: 2 })],
  ['a negative size', one({ shape: [-2] })],
  ['a fraction', one({ shape: [1.5] })],
  ['a size as text', one({ shape: ['2'] })],
  ['a size beyond 2^31', one({ shape: [2 ** 40, 0], data_offsets: [0, 0] }, 0)],
  ['an overflow', one({ shape: Array.from({ length: 32 }, () => 2 ** 31 - 1) })],
  [
    'an overflow times zero',
    one({ shape: [...Array.from({ length: 40 }, () => 2 ** 31 - 1), 0], data_offsets: [0, 0] }, 0),
  ],
  ['33 axes', one({ shape: [2, ...Array.from({ length: 32 }, () => 1)] })],
  ['no offsets', one({ data_offsets: undefined })],
  ['one offset', one({ data_offsets: [0] })],
  ['three offsets', one({ data_offsets: [0, 8, 8] })],
  ['offsets backwards', one({ data_offsets: [8, 0] })],
  ['a negative offset', one({ data_offsets: [-8, 0] })],
  ['an offset of 1e300', one({ data_offsets: [0, 1e300] })],
  ['too few bytes for the shape', one({ data_offsets: [0, 4] }, 4)],
  ['too many bytes for the shape', one({ shape: [1] })],
  ['bytes that are no multiple of the element', one({ data_offsets: [0, 7] }, 7)],
  ['data cut short', fileOf({ w: entry() }, 7)],
  ['data left over', fileOf({ w: entry() }, 9)],
  ['a gap', fileOf({ a: entry(), b: entry({ data_offsets: [12, 20] }) }, 20)],
  ['a gap at the start', fileOf({ a: entry({ data_offsets: [4, 12] }) }, 12)],
  ['an overlap', fileOf({ a: entry(), b: entry({ data_offsets: [4, 12] }) }, 12)],
  ['the same bytes twice', fileOf({ a: entry(), b: entry() })],
  ['a name twice', fileOf(`{"w":${JSON.stringify(entry())},"w":${JSON.stringify(entry({ dtype: 'I32' }))}}`)],
  ['a name twice, once escaped', fileOf(`{"w":${JSON.stringify(entry())},"\\u0077":${JSON.stringify(entry())}}`)],
  ['a field twice', fileOf('{"w":{"dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8]}}')],
  ['a name of two lines', fileOf({ 'a\nb': entry({ dtype: 'X' }) })],
  ['a name of 10,000 letters', fileOf({ ['x'.repeat(10_000)]: entry({ dtype: 'X' }) })],
];

describe('hostile headers', () => {
  it.each(CASES)('%s: a DataError of one line', (_, file) => {
    let thrown: unknown;
    try {
      readSafetensors(file);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DataError);
    const { message } = thrown as DataError;
    expect(message).toMatch(/^readSafetensors: [^\n]{10,600}$/);
    expect(message).toContain('The file is damaged or not a safetensors file.');
  });

  it('says what is wrong', () => {
    const shown = CASES.filter(([what]) => !/letters|overflow|33/.test(what));
    const texts = shown.map(([what, file]) => `${what}: ${messageOf(() => readSafetensors(file))}`);
    const short = texts.map((text) =>
      text.replace('DataError: readSafetensors: ', '').replace(/ The file is damaged.*/, ''),
    );
    expect(short.join('\n')).toMatchInlineSnapshot(`
      "an empty file: the file is too short. Got 0 bytes; expected at least 8.
      seven bytes: the file is too short. Got 7 bytes; expected at least 8.
      a header longer than the file: the header does not fit. Got 5000 bytes; expected at most 62.
      a header of 2^64 − 1 bytes: the header does not fit. Got 18446744073709551615 bytes; expected at most 2.
      a header of no bytes: the header is not JSON. Got 0 bytes that do not parse; expected an object.
      no JSON: the header is not JSON. Got 6 bytes that do not parse; expected an object.
      no UTF-8: the header is not JSON. Got 2 bytes that do not parse; expected an object.
      a list: the header is not an object. Got a list; expected an object of tensors by name.
      null: the header is not an object. Got null; expected an object of tensors by name.
      a number: the header is not an object. Got number; expected an object of tensors by name.
      nesting: the header is nested too deep. Got 50000 levels; expected at most 4.
      nesting in an entry: the header is nested too deep. Got 6 levels; expected at most 4.
      an entry that is a list: entry "w" is not an object. Got a list; expected dtype, shape and data_offsets.
      an entry that is null: entry "w" is not an object. Got null; expected dtype, shape and data_offsets.
      metadata that is text: metadata is not an object. Got string; expected texts by key.
      metadata that is a number: metadata "epoch" is not text. Got number; expected a string.
      an unknown dtype: "w" has an unknown dtype. Got "F8_E4M3"; expected one of F64, F32, F16, BF16, I64, I32, U32, I8, U8, BOOL.
      a dtype of an object: "w" has an unknown dtype. Got "constructor"; expected one of F64, F32, F16, BF16, I64, I32, U32, I8, U8, BOOL.
      no dtype: "w" has an unknown dtype. Got nothing; expected one of F64, F32, F16, BF16, I64, I32, U32, I8, U8, BOOL.
      a dtype that is a list: "w" has an unknown dtype. Got [["F32"]]; expected one of F64, F32, F16, BF16, I64, I32, U32, I8, U8, BOOL.
      no shape: "w" has no valid shape. Got nothing; expected up to 32 whole numbers from 0 to 2147483647.
      a shape that is a number: "w" has no valid shape. Got 2; expected up to 32 whole numbers from 0 to 2147483647.
      a negative size: "w" has no valid shape. Got [-2]; expected up to 32 whole numbers from 0 to 2147483647.
      a fraction: "w" has no valid shape. Got [1.5]; expected up to 32 whole numbers from 0 to 2147483647.
      a size as text: "w" has no valid shape. Got ["2"]; expected up to 32 whole numbers from 0 to 2147483647.
      a size beyond 2^31: "w" has no valid shape. Got [1099511627776,0]; expected up to 32 whole numbers from 0 to 2147483647.
      no offsets: "w" has no valid offsets. Got nothing; expected [start, end] with start ≤ end.
      one offset: "w" has no valid offsets. Got [0]; expected [start, end] with start ≤ end.
      three offsets: "w" has no valid offsets. Got [0,8,8]; expected [start, end] with start ≤ end.
      offsets backwards: "w" has no valid offsets. Got [8,0]; expected [start, end] with start ≤ end.
      a negative offset: "w" has no valid offsets. Got [-8,0]; expected [start, end] with start ≤ end.
      an offset of 1e300: "w" has no valid offsets. Got [0,1e+300]; expected [start, end] with start ≤ end.
      too few bytes for the shape: "w" does not fill its bytes. Got 4 bytes; expected 8.
      too many bytes for the shape: "w" does not fill its bytes. Got 8 bytes; expected 4.
      bytes that are no multiple of the element: "w" does not fill its bytes. Got 7 bytes; expected 8.
      data cut short: the data does not end with the last tensor. Got 7 bytes; expected 8.
      data left over: the data does not end with the last tensor. Got 9 bytes; expected 8.
      a gap: "b" leaves a gap or overlaps. Got offset 12; expected 8.
      a gap at the start: "a" leaves a gap or overlaps. Got offset 4; expected 0.
      an overlap: "b" leaves a gap or overlaps. Got offset 4; expected 8.
      the same bytes twice: "b" leaves a gap or overlaps. Got offset 0; expected 8.
      a name twice: a name occurs twice. Got 8 names; expected 4 different ones.
      a name twice, once escaped: a name occurs twice. Got 8 names; expected 4 different ones.
      a field twice: a name occurs twice. Got 5 names; expected 4 different ones.
      a name of two lines: "a\\nb" has an unknown dtype. Got "X"; expected one of F64, F32, F16, BF16, I64, I32, U32, I8, U8, BOOL."
    `);
  });

  it('takes names that objects have for names', async () => {
    const file = fileOf(
      `{"__proto__":${JSON.stringify(entry())},"constructor":${JSON.stringify(entry({ data_offsets: [8, 16] }))}}`,
      16,
    );
    expect([...readSafetensors(file).tensors.keys()]).toEqual(['__proto__', 'constructor']);
    const { tensors } = await loadSafetensors(storageOf(file), 'w');
    expect(Object.keys(tensors)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });

  it('counts tensors before it makes anything of them', () => {
    const names = (count: number): Uint8Array =>
      fileOf(`{${Array.from({ length: count }, (_, index) => `"${index}":0`).join(',')}}`, 0);
    expect(() => readSafetensors(names(2 ** 18 + 1))).toThrow('too many tensors. Got 262145; expected at most 262144');
    expect(() => readSafetensors(names(2 ** 18))).toThrow('entry "0" is not an object');
  });

  it('makes a tensor when somebody asks for it', async () => {
    const bytes = fileOf({ w: entry() });
    const { tensors } = await openSafetensors(storageOf(bytes), 'w');
    expect(Object.getOwnPropertyDescriptor(tensors, 'w')!.get).toBeTypeOf('function');
    expect(tensors['w']).toBe(tensors['w']);
    expect(Object.entries(tensors).map(([name, { shape }]) => [name, shape])).toEqual([['w', [2]]]);
  });

  it('leaves room for fields of later versions', () => {
    expect(readSafetensors(one({ quantization: { scale: [1, 2] } })).tensors.size).toBe(1);
  });
});

/** A storage that holds one file. */
function storageOf(file: Uint8Array): Storage {
  return {
    size: async () => file.length,
    read: async (_, offset = 0, length = file.length - offset) => file.slice(offset, offset + length),
  } as Partial<Storage> as Storage;
}

/** Numbers from 0 to 2^32 − 1 that depend on the seed only. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
}

describe('10,000 seeded mutations', () => {
  const host = (dtype: HostTensor['dtype'], data: HostTensor['data'], shape: number[]): HostTensor => ({
    dtype,
    data,
    shape,
  });
  const original = concatBytes(
    writeSafetensors(
      new Map([
        ['layer.weight', host('float32', Float32Array.of(1, 2, 3, 4), [2, 2])],
        ['layer.bias', host('float16', Uint16Array.of(1, 2, 3), [3])],
        ['steps', host('int64', BigInt64Array.of(5n), [])],
        ['empty', host('uint8', new Uint8Array(), [0])],
      ]),
      new Map([['format', 'gai']]),
    ),
  );
  const headerEnd = 8 + Number(new DataView(original.buffer).getBigUint64(0, true));
  const SNIPPETS = [
    '0',
    '-1',
    '1e99',
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'null',
    '"F32"',
    '"I64"',
    '9007199254740993',
    '\\',
    '\u0000',
    '[[',
    '1.5',
  ];

  /** One of: flipped bits anywhere, a cut, bytes put in, an edit of the header that keeps its length field right. */
  function mutate(next: () => number): Uint8Array {
    const kind = next() % 4;
    if (kind === 0) {
      const file = original.slice();
      for (let flips = 1 + (next() % 4); flips > 0; flips--) file[next() % file.length]! ^= 1 << (next() % 8);
      return file;
    }
    if (kind === 1) return original.slice(0, next() % original.length);
    const at = kind === 2 ? next() % original.length : 8 + (next() % (headerEnd - 8));
    const snippet = new TextEncoder().encode(SNIPPETS[next() % SNIPPETS.length]!);
    const skip = next() % 6;
    const file = concatBytes([
      original.subarray(0, at),
      snippet,
      original.subarray(Math.min(at + skip, original.length)),
    ]);
    if (kind === 3)
      new DataView(file.buffer).setBigUint64(0, BigInt(headerEnd - 8 + file.length - original.length), true);
    return file;
  }

  it('give a typed error or a file that is consistent, and take no memory to speak of', async () => {
    let refused = 0;
    let accepted = 0;
    const before = process.memoryUsage().arrayBuffers;
    for (let seed = 1; seed <= 10_000; seed++) {
      const file = mutate(numbers(seed));
      try {
        const { tensors } = readSafetensors(file);
        accepted += 1;
        let bytes = 0;
        for (const { data, shape } of tensors.values()) {
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
          bytes += data.byteLength;
        }
        expect(bytes).toBeLessThanOrEqual(file.length);
      } catch (error) {
        refused += 1;
        if (!GaiError.isInstance(error) || error.code !== 'DATA') throw error;
      }
      // The reader of files takes another way to the same header; every 20th is enough to see that they agree.
      if (seed % 20 === 0) await agree(file);
    }
    expect(refused).toBeGreaterThan(5000);
    expect(accepted).toBeGreaterThan(500);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
  });

  async function agree(file: Uint8Array): Promise<void> {
    const whole = messageOf(() => readSafetensors(file));
    const parts = await loadSafetensors(storageOf(file), 'f').then(() => 'nothing was thrown', String);
    expect(parts).toBe(whole);
  }
});
