import { describe, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import { parseIdx } from './idx.ts';
import { CounterRandom } from './random.ts';

function idx(type: number, shape: readonly number[], body: Uint8Array): Uint8Array {
  const sizes = shape.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...sizes, ...body]);
}

describe('parseIdx', () => {
  it('reads every element type, big-endian', () => {
    const body = Buffer.alloc(8);
    body.writeInt16BE(-2, 0);
    body.writeInt16BE(300, 2);
    expect(parseIdx(idx(0x0b, [2], body.subarray(0, 4)))).toEqual({
      data: Int16Array.of(-2, 300),
      shape: [2],
      dtype: 'int16',
    });
    body.writeInt32BE(-70_000, 0);
    expect(parseIdx(idx(0x0c, [1], body.subarray(0, 4))).data).toEqual(Int32Array.of(-70_000));
    body.writeFloatBE(0.5, 0);
    expect(parseIdx(idx(0x0d, [1, 1], body.subarray(0, 4))).data).toEqual(Float32Array.of(0.5));
    body.writeDoubleBE(-0.1, 0);
    expect(parseIdx(idx(0x0e, [1], body)).data).toEqual(Float64Array.of(-0.1));
    expect(parseIdx(idx(0x08, [1, 2], Uint8Array.of(1, 255))).data).toEqual(Uint8Array.of(1, 255));
    expect(parseIdx(idx(0x09, [2], Uint8Array.of(1, 255))).data).toEqual(Int8Array.of(1, -1));
  });

  it('reads a view into a larger buffer, and copies', () => {
    const bytes = Uint8Array.from([9, 9, 9, ...idx(8, [2], Uint8Array.of(5, 6))]);
    const parsed = parseIdx(bytes.subarray(3));
    bytes.fill(0);
    expect([...parsed.data]).toEqual([5, 6]);
  });

  it('reads an empty array whatever the other sizes are', () => {
    expect(parseIdx(idx(8, [0, 0xffffffff], new Uint8Array(0))).data.length).toBe(0);
  });

  it.each([
    ['nothing', new Uint8Array(0), /wrong length. Got 0 bytes; expected at least 4/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), /magic number. Got 0x1f8b0800.*It is gzip/],
    ['a bad type', idx(0x0a, [1], new Uint8Array(1)), /magic number. Got 0x00000a01/],
    ['no axes', idx(8, [], new Uint8Array(1)), /magic number/],
    ['nine axes', idx(8, Array(9).fill(1), new Uint8Array(1)), /magic number/],
    ['a cut header', idx(8, [1, 1], new Uint8Array(0)).subarray(0, 10), /expected at least 12 for 2 sizes/],
    ['a cut body', idx(8, [3], new Uint8Array(2)), /Got 10 bytes; expected 11 for uint8 \[3\]/],
    ['extra bytes', idx(8, [3], new Uint8Array(4)), /Got 12 bytes; expected 11/],
    ['overflowing sizes', idx(0x0e, Array(8).fill(0xffffffff), new Uint8Array(8)), /wrong length/],
    ['sizes whose 32-bit product is 0', idx(8, [65536, 65536], new Uint8Array(0)), /expected 4294967308/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes, { name: 'labels' })).toThrow(DataError);
    expect(() => parseIdx(bytes, { name: 'labels' })).toThrow(message);
  });

  it('has messages in the common form', () => {
    expect(() => parseIdx(idx(8, [3], new Uint8Array(2)))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: parseIdx: input has a wrong length. Got 10 bytes; expected 11 for uint8 [3]. It may be cut off: download it again.]`,
    );
  });

  it('gives an array or a DataError for 10,000 mutations', () => {
    let parsed = 0;
    for (let trial = 0; trial < 10_000; trial++) {
      const random = new CounterRandom(trial);
      const type = [8, 9, 0x0b, 0x0c, 0x0d, 0x0e][trial % 6]!;
      const bytes = [...idx(type, [2, 3], new Uint8Array([1, 1, 2, 4, 4, 8][trial % 6]! * 6))];
      for (let n = random.int(3); n >= 0; n--) {
        const kind = random.int(4);
        if (kind === 0) bytes.length = random.int(bytes.length + 1);
        else if (kind === 1) bytes.splice(random.int(bytes.length + 1), 0, random.int(256));
        else bytes[random.int(Math.max(1, Math.min(bytes.length, 24)))] = random.int(256);
      }
      try {
        const { data, shape } = parseIdx(Uint8Array.from(bytes));
        expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        expect(data.byteLength).toBeLessThanOrEqual(bytes.length);
        parsed++;
      } catch (error) {
        if (!(error instanceof DataError)) throw new Error(`trial ${trial}`, { cause: error });
      }
    }
    expect(parsed).toBeGreaterThan(100);
    expect(parsed).toBeLessThan(9_900);
  });
});
