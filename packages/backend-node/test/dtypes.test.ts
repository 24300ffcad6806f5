import { add, cast, data, item, mul, setDefaultBackend, tensor, toArray } from '@gai/core';
import { fileStorage } from '../src/storage/file-storage.ts';
import { loadSafetensors, saveSafetensors } from '@gai/core/io';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

it('stores bfloat16 rounded to nearest even, and loads it with the same bits', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gai-bf16-'));
  const path = join(folder, 'half.safetensors');
  const values = tensor([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -Infinity, 3.140625, 2 ** -133]);
  await saveSafetensors(fileStorage, path, { w: cast(values, 'bfloat16') });
  const { w } = (await loadSafetensors(fileStorage, path)).tensors;
  expect(w?.dtype).toBe('bfloat16');
  expect(await data(w!)).toEqual(Uint16Array.of(0x3f80, 0x3f80, 0x3f82, 0xff80, 0x4049, 0x0001));
  expect(await toArray(mul(cast(w!, 'float32'), 2))).toEqual([
    2,
    2,
    Math.fround(2 * (1 + 2 ** -6)),
    -Infinity,
    6.28125,
    2 ** -132,
  ]);
  await rm(folder, { recursive: true });
});

it('refuses to compute in bfloat16, by name', async () => {
  const half = cast(tensor([1, 2]), 'bfloat16');
  await expect(toArray(add(half, half))).rejects.toThrow('add: not supported on cpu for bfloat16.');
});

it('computes in float16 by casts where the provider does not, with its rounding', async () => {
  const half = cast(tensor([1, 2049, 65504]), 'float16');
  expect(await toArray(add(half, half))).toEqual([2, 4096, Infinity]);
});

it('refuses int64 numbers that a number does not hold', async () => {
  expect(() => tensor([2 ** 53], { dtype: 'int64' })).toThrow('tensor: a number does not fit the dtype.');
  const large = tensor(BigInt64Array.of(2n ** 53n + 1n));
  await expect(item(large)).rejects.toThrow('a whole number is too large to be read exactly');
  expect(await data(large)).toEqual(BigInt64Array.of(2n ** 53n + 1n));
});
