import { describe, expect, it } from 'vitest';
import { data } from '../runtime/read.ts';
import { hashUnit } from '../testing/plain.ts';
import { fromFloat16Bits, toFloat16Bits } from '../number.ts';
import { ggmlWeight } from './ggml-weight.ts';
import type { GgmlType } from './ggml-weight.ts';

const BYTES = { Q4_0: 18, Q4_1: 20, Q8_0: 34 } as const;

/** Blocks of any codes, with scales and minima of many sizes. */
function blocksOf(type: GgmlType, count: number): Uint8Array {
  const bytes = Uint8Array.from({ length: count * BYTES[type] }, (_, index) => Math.floor(256 * hashUnit(index, 5)));
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < count; at += 1) {
    const size = 2 ** (at % 9) / 1000;
    view.setUint16(at * BYTES[type], toFloat16Bits(at === 3 ? 0 : (hashUnit(at, 6) - 0.5) * size), true);
    if (type === 'Q4_1') view.setUint16(at * BYTES[type] + 2, toFloat16Bits((hashUnit(at, 7) - 0.5) * 8 * size), true);
  }
  return bytes;
}

/** The numbers of the blocks as llama.cpp computes them, in float32. */
function numbersOf(type: GgmlType, bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / BYTES[type] }, (_, at) => at * BYTES[type]).flatMap((start) => {
    const scale = fromFloat16Bits(view.getUint16(start, true));
    return Array.from({ length: 32 }, (_unused, index) => {
      if (type === 'Q8_0') return Math.fround(scale * view.getInt8(start + 2 + index));
      const head = type === 'Q4_1' ? 4 : 2;
      const byte = bytes[start + head + (index % 16)]!;
      const code = index < 16 ? byte & 15 : byte >> 4;
      if (type === 'Q4_0') return Math.fround(scale * (code - 8));
      return Math.fround(Math.fround(scale * code) + fromFloat16Bits(view.getUint16(start + 2, true)));
    });
  });
}

describe('ggmlWeight', () => {
  it.each(['Q4_0', 'Q4_1', 'Q8_0'] as const)('has the very numbers of %s', async (type) => {
    const [rows, columns] = [3, 96];
    const bytes = blocksOf(type, (rows * columns) / 32);
    const weight = ggmlWeight(bytes, { type, rows, columns });
    const { bits } = weight;
    const [packed, scales] = [await data(weight.packed), await data(weight.scales)];
    const offsets = weight.offsets && (await data(weight.offsets));
    const found = Array.from({ length: rows * columns }, (_, index) => {
      const at = Math.floor(index / 32);
      const code = bits === 8 ? Number(packed[index]) : (Number(packed[index >> 1]) >> (4 * (index & 1))) & 15;
      const scaled = Math.fround((code - 2 ** (bits - 1)) * Number(scales[at]));
      return Math.fround(scaled + Number(offsets?.[at] ?? 0));
    });
    expect(found).toEqual(numbersOf(type, bytes).map((value) => value + 0));
    expect(weight.packed.shape).toEqual([3, 3, (32 * bits) / 8]);
  });

  it('refuses other formats, ragged rows, and bytes that do not fill the weight', () => {
    const bytes = new Uint8Array(34);
    expect(() => ggmlWeight(bytes, { type: 'Q5_0' as 'Q8_0', rows: 1, columns: 32 })).toThrow('Got Q5_0');
    expect(() => ggmlWeight(bytes, { type: 'Q8_0', rows: 1, columns: 33 })).toThrow('rows of 33');
    for (const [rows, columns] of [
      [1.5, 0],
      [null, 32],
      [1, null],
      [0, NaN],
      [-1, -32],
    ]) {
      const sizes = { rows: rows as number, columns: columns as number };
      expect(() => ggmlWeight(new Uint8Array(), { type: 'Q8_0', ...sizes })).toThrow('whole numbers');
    }
    expect(() => ggmlWeight(bytes, { type: 'Q8_0', rows: 2, columns: 32 })).toThrow('Got 34; expected 68');
  });
});
