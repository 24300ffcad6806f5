import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Variable, add, exp, formatShape, setDefaultBackend, tensor, toArray, topK } from '@gai/core';
import { loadSafetensors, readSafetensors, saveSafetensors } from '@gai/core/io';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rejection } from './backends.ts';
import { countingBackend } from './counting.ts';
import type { CountingBackend } from './counting.ts';

let backend: CountingBackend;
let folder: string;
beforeAll(async () => {
  backend = await countingBackend();
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-safetensors-'));
  backend.reset();
});
afterEach(() => rm(folder, { recursive: true }));

const storage = () => backend.storage!;

describe('saveSafetensors and loadSafetensors', () => {
  it('bring literals, lazy tensors, variables and single outputs back, with one run', async () => {
    const path = join(folder, 'new', 'w.safetensors');
    const sorted = topK(tensor([3, 1, 2]), 2);
    const tensors = {
      'layer.weight': tensor([
        [1, 2],
        [3, 4],
      ]),
      'layer.bias': new Variable(add(tensor([1, 2]), 1)),
      lazy: exp(tensor([0, 0])),
      indices: sorted.indices,
      half: tensor([1.5], { dtype: 'float16' }),
      flags: tensor([true, false]),
      scalar: tensor(7, { dtype: 'int64' }),
      empty: tensor(new Float32Array(), { shape: [0, 3] }),
    };
    await saveSafetensors(storage(), path, tensors, new Map([['step', '12']]));
    expect(backend.runs).toBe(1);
    const loaded = await loadSafetensors(storage(), path);
    expect(loaded.metadata).toEqual(new Map([['step', '12']]));
    const shown = Object.entries(loaded.tensors).map(async ([name, value]) => [
      name,
      value.dtype,
      formatShape(value.shape),
      JSON.stringify(await toArray(value)),
    ]);
    expect((await Promise.all(shown)).sort()).toMatchInlineSnapshot(`
      [
        [
          "empty",
          "float32",
          "[0,3]",
          "[]",
        ],
        [
          "flags",
          "bool",
          "[2]",
          "[true,false]",
        ],
        [
          "half",
          "float16",
          "[1]",
          "[1.5]",
        ],
        [
          "indices",
          "int32",
          "[2]",
          "[0,2]",
        ],
        [
          "layer.bias",
          "float32",
          "[2]",
          "[2,3]",
        ],
        [
          "layer.weight",
          "float32",
          "[2,2]",
          "[[1,2],[3,4]]",
        ],
        [
          "lazy",
          "float32",
          "[2]",
          "[1,1]",
        ],
        [
          "scalar",
          "int64",
          "[]",
          "7",
        ],
      ]
    `);
  });

  it('agree with reading the whole file at once', async () => {
    const path = join(folder, 'w.safetensors');
    await saveSafetensors(storage(), path, { a: tensor([1, 2, 3]), b: tensor([1], { dtype: 'uint8' }) });
    const { tensors } = readSafetensors(await readFile(path));
    expect(tensors.get('a')?.data).toEqual(Float32Array.of(1, 2, 3));
    expect(tensors.get('b')?.data).toEqual(Uint8Array.of(1));
  });

  it('replace a file whole or not at all', async () => {
    const path = join(folder, 'w.safetensors');
    await saveSafetensors(storage(), path, { a: tensor([1]) });
    const before = await readFile(path);
    // The runtime has no bfloat16 to compute with.
    const bad = add(tensor([1], { dtype: 'bfloat16' }), 1);
    await rejection(saveSafetensors(storage(), path, { a: bad }));
    expect(await readFile(path)).toEqual(before);
  });

  it('say that a file is missing, or what is wrong with it', async () => {
    const missing = join(folder, 'none.safetensors');
    expect(
      (await rejection(loadSafetensors(storage(), missing))).message.replace(folder, 'FOLDER'),
    ).toMatchInlineSnapshot(
      `"loadSafetensors: no such file. Got 'FOLDER/none.safetensors'; expected a file. Check the path."`,
    );
    const path = join(folder, 'w.safetensors');
    await saveSafetensors(storage(), path, { a: tensor([1, 2, 3]) });
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 4));
    const error = await rejection(loadSafetensors(storage(), path));
    expect(error.name).toBe('DataError');
    await writeFile(path, 'not a safetensors file at all');
    expect((await rejection(loadSafetensors(storage(), path))).message).toContain('damaged or not a safetensors file');
  });
});
