import { data, toArray } from '@gai/core';
import type { QuantizedWeight } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { openGguf } from '../src/index.ts';
import { describeAll, expected, fixture } from './support.ts';

const file = fixture('types.gguf');

it('elements of every type are those of Python, bit for bit', async () => {
  const { tensors } = await openGguf(file);
  expect(Object.keys(tensors).sort()).toEqual(Object.keys(expected['types.gguf']!).sort());
  expect(await describeAll(tensors)).toEqual(expected['types.gguf']);
});

it('metadata of every type', async () => {
  const { metadata, version } = await openGguf(file);
  expect(version).toBe(3);
  expect(metadata).toMatchObject({
    'general.architecture': 'llama',
    'n.uint8': 200,
    'n.int8': -100,
    'n.uint16': 60000,
    'n.int16': -30000,
    'n.uint32': 4_000_000_000,
    'n.int32': -2_000_000_000,
    'n.uint64': 2n ** 63n + 1n,
    'n.int64': -(2 ** 40),
    'n.float32': Math.fround(0.1),
    'n.float64': 0.1,
    'n.bool': true,
    text: 'ünï🙂',
    'tokenizer.ggml.tokens': ['a', '\uFEFFb', '', '日本'],
    'tokenizer.ggml.scores': [0.5, -1.25],
    'tokenizer.ggml.token_type': [1, 2, 3],
  });
});

it('types and sizes, the last axis the one of neighbours', async () => {
  const { infos } = await openGguf(file);
  expect(infos.get('Q6_K.weight')).toMatchObject({ type: 'Q6_K', shape: [6, 512], byteLength: (6 * 512 * 210) / 256 });
});

describe('rows of heads', () => {
  /** As transformers does it: reshape (heads, size / 2, 2), swap the last two. */
  const halfSplit = (rows: unknown[], heads: number): unknown[] => {
    const size = rows.length / heads;
    const order = Array.from({ length: rows.length }, (_, at) => {
      const [head, within] = [Math.floor(at / size), at % size];
      return head * size + 2 * (within % (size / 2)) + Math.floor(within / (size / 2));
    });
    return order.map((from) => rows[from]);
  };

  it.each(['Q4_1.weight', 'Q6_K.weight'])('%s in the order of half-split rotary positions', async (name) => {
    const { tensors, tensor } = await openGguf(file);
    for (const rotaryHeads of [1, 3]) {
      const ordered = await toArray(tensor(name, { rotaryHeads }));
      expect(ordered).toEqual(halfSplit((await toArray(tensors[name]!)) as unknown[], rotaryHeads));
    }
  });

  it('heads that do not divide the rows are refused', async () => {
    const { tensor } = await openGguf(file);
    expect(() => tensor('Q4_1.weight', { rotaryHeads: 4 })).toThrow("'Q4_1.weight' does not divide into heads");
    expect(() => tensor('Q4_1.weight', { rotaryHeads: 0 })).toThrow('does not divide into heads');
    expect(() => tensor('nothing')).toThrow("no such tensor. Got 'nothing'; expected one of 18");
  });
});

describe('quantized weights', () => {
  /** w = (code − middle) · scale + offset, as the ops compute it. */
  async function valuesOf({ packed, scales, offsets, bits, block, columns }: QuantizedWeight): Promise<number[][]> {
    const [codes, scale, offset] = [await data(packed), await data(scales), offsets && (await data(offsets))];
    const rows = Number(packed.shape[0]);
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (__, column) => {
        const at = row * columns + column;
        const byte = Number(codes[Math.floor((at * bits) / 8)]);
        const code = bits === 8 ? byte : (byte >> (4 * (at % 2))) & 15;
        const group = Math.floor(at / block);
        return Math.fround((code - 2 ** (bits - 1)) * Number(scale[group]) + Number(offset?.[group] ?? 0));
      }),
    );
  }

  it.each(['Q4_0', 'Q4_1', 'Q8_0'])('%s: code for code', async (type) => {
    const { quantized, tensor } = await openGguf(file);
    for (const options of [{}, { rotaryHeads: 3 }]) {
      const plain = ((await toArray(tensor(`${type}.weight`, options))) as number[][]).flat();
      const back = (await valuesOf((await quantized(`${type}.weight`, options))!)).flat();
      // The offset of Q4_1 is rounded once: its minimum and eight times its scale.
      const most = type === 'Q4_1' ? 2 ** -22 * Math.max(...plain.map(Math.abs)) : 0;
      expect(Math.max(...plain.map((value, at) => Math.abs(value - back[at]!)))).toBeLessThanOrEqual(most);
    }
  });

  it('other types have none', async () => {
    const { quantized } = await openGguf(file);
    expect(await quantized('Q4_K.weight')).toBeUndefined();
    expect(await quantized('F32.weight')).toBeUndefined();
  });
});
