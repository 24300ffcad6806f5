import { expect, it } from 'vitest';
import type { Storage } from '../backend/backend.ts';
import type { Tensor } from '../ir/tensor.ts';
import { concatBytes, writeSafetensors } from './safetensors.ts';
import { loadSafetensors } from './files.ts';

/** One file in memory that counts how often it is read. */
function memory(file: Uint8Array): Storage & { reads: [offset: number, length: number][] } {
  const reads: [number, number][] = [];
  const unused = async (): Promise<never> => {
    throw new Error('not used');
  };
  return {
    reads,
    size: async () => file.length,
    read: async (_, offset = 0, length = file.length) => {
      reads.push([offset, length]);
      return file.slice(offset, offset + length);
    },
    writeAtomic: unused,
    list: unused,
    remove: unused,
  };
}

const floats = (count: number, first: number) => ({
  dtype: 'float32' as const,
  shape: [count],
  data: Float32Array.from({ length: count }, (_, index) => first + index),
});

/** The first values of a tensor that nothing has computed. */
function valuesOf({ node }: Tensor): number[] {
  const value = node.values![0]!;
  if (value.kind !== 'host') throw new Error('not a host tensor');
  return Array.from(value.data.slice(0, 3), Number);
}

it('reads small neighbours together, large tensors alone, and nothing for empty ones', async () => {
  const large = 300_000; // 1.2 MB
  const tensors = new Map([
    ['a', floats(3, 10)],
    ['b', floats(5, 20)],
    ['c', floats(large, 0)],
    ['d', floats(0, 0)],
    ['e', floats(2, 30)],
  ]);
  const storage = memory(concatBytes(writeSafetensors(tensors)));
  const loaded = await loadSafetensors(storage, 'file');
  expect(Object.entries(loaded.tensors).map(([name, value]) => [name, valuesOf(value)])).toEqual([
    ['a', [10, 11, 12]],
    ['b', [20, 21, 22]],
    ['c', [0, 1, 2]],
    ['d', []],
    ['e', [30, 31]],
  ]);
  expect(storage.reads.slice(2).map(([, length]) => length)).toEqual([32, 4 * large, 8]);
});

it('reads a file whose header is in another order than its data', async () => {
  const entry = (start: number): object => ({ dtype: 'F32', shape: [1], data_offsets: [start, start + 4] });
  const header = new TextEncoder().encode(JSON.stringify({ b: entry(4), c: entry(8), a: entry(0) }));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const storage = memory(concatBytes([length, header, new Uint8Array(Float32Array.of(1, 2, 3).buffer)]));
  const { tensors } = await loadSafetensors(storage, 'file');
  expect(Object.entries(tensors).map(([name, value]) => [name, valuesOf(value)])).toEqual([
    ['b', [2]],
    ['c', [3]],
    ['a', [1]],
  ]);
  expect(storage.reads.length).toBe(2 + 2);
});
