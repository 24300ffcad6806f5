import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Variable,
  add,
  cast,
  compile,
  data,
  dispose,
  gather,
  jit,
  matmul,
  mul,
  setDefaultBackend,
  spec,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { openSafetensors, saveSafetensors } from '@gai/core/io';
import { exportOnnx } from '@gai/core/onnx';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeBackend, openOnnx } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { WAYS, rejection, withCountedReads } from './backends.ts';

let folder: string;
let path: string;
let backend: NodeBackend;
/** Bytes of tensors read so far; a header does not count. */
let read = 0;

const files = (): Storage => withCountedReads(backend.storage, (bytes) => (read += bytes));

const W = [
  [1, 2],
  [3, 4],
];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-stored-'));
  path = join(folder, 'w.safetensors');
  await saveSafetensors(backend.storage, path, { w: tensor(W), b: tensor([10, 20]), half: tensor([1, 2, 3]) });
  read = 0;
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(WAYS)('tensors of an opened file, %s', (_, worker) => {
  beforeAll(async () => {
    backend = await nodeBackend({ device: 'cpu', threads: 1, worker });
    setDefaultBackend(backend);
  });
  afterAll(() => backend.dispose());

  it('are read when something is computed with them, and once', async () => {
    const { tensors } = await openSafetensors(files(), path);
    expect([tensors['w']!.shape, tensors['w']!.dtype, read]).toEqual([[2, 2], 'float32', 0]);
    expect(await toArray(add(tensors['w']!, 1))).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(read).toBe(16);
    expect(await toArray(mul(tensors['w']!, 2))).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect(read).toBe(16);
    dispose(tensors);
    expect(await toArray(tensors['w']!)).toEqual(W);
    expect(read).toBe(32);
  });

  it('are inputs of compiled functions, as arguments, captured and in variables', async () => {
    const { tensors } = await openSafetensors(files(), path);
    const w = new Variable(tensors['w']!, 'w');
    const f = jit((b: Tensor) => add(matmul(w, w), b));
    for (let call = 0; call < 2; call++) {
      expect(await toArray(await f(tensors['b']!))).toEqual([
        [17, 30],
        [25, 42],
      ]);
    }
    expect(read).toBe(24);
    const train = jit(() => w.assign(add(w, tensors['b']!)));
    await train();
    expect(await toArray(w)).toEqual([
      [11, 22],
      [13, 24],
    ]);
  });

  it('go into a compiled program, beside others', async () => {
    const { tensors } = await openSafetensors(files(), path);
    const w = new Variable(tensors['w']!, 'w');
    const run = await compile((x: Tensor) => add(matmul(x, w), tensors['b']!), { x: spec(['n', 2]) });
    expect(await toArray(await run(tensor([[1, 1]])))).toEqual([[14, 26]]);
    w.assign(mul(w, 2));
    expect(run.stale).toBe(true);
    await run.refresh();
    expect(run.stale).toBe(false);
    expect(await toArray(await run(tensor([[1, 1]])))).toEqual([[18, 32]]);
    await run.dispose();
  });

  it('are exported and saved piece by piece', async () => {
    const { tensors } = await openSafetensors(files(), path);
    const run = (x: Tensor): Tensor => add(matmul(x, tensors['w']!), tensors['b']!);
    for (const externalDataThreshold of [undefined, 0]) {
      const file = join(folder, `model-${externalDataThreshold}.onnx`);
      await exportOnnx(run, { x: spec(['n', 2]) }, file, { externalDataThreshold });
      const model = await openOnnx(file);
      const { output } = await model.run({ x: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 1) } });
      expect([...(output!.data as Float32Array)]).toEqual([14, 26]);
      await model.release();
    }
    const copy = join(folder, 'copy.safetensors');
    await saveSafetensors(backend.storage, copy, tensors);
    const again = await openSafetensors(backend.storage, copy);
    expect(await toArray(again.tensors['w']!)).toEqual(W);
    expect(await toArray(again.tensors['half']!)).toEqual([1, 2, 3]);
  });

  it('of bfloat16 become float32 as they are read', async () => {
    await saveSafetensors(backend.storage, path, { w: cast(tensor([1.5, -2, 0.125]), 'bfloat16') });
    const { tensors } = await openSafetensors(files(), path);
    const w = cast(tensors['w']!, 'float32');
    expect(read).toBe(0);
    expect(await toArray(add(w, 1))).toEqual([2.5, -1, 1.125]);
    const run = await compile((x: Tensor) => gather(w, x), { x: spec(['n'], 'int32') });
    expect(await toArray(await run(tensor([2, 0], { dtype: 'int32' })))).toEqual([0.125, 1.5]);
    await run.dispose();
  });

  it('are had from the backend once it has them, whatever becomes of the file', async () => {
    const { tensors } = await openSafetensors(files(), path);
    const w = new Variable(tensors['w']!);
    const run = jit((x: Tensor) => matmul(x, w));
    expect(await toArray(await run(tensor([[1, 1]])))).toEqual([[4, 6]]);
    for (let times = 0; times < 2; times += 1) await saveSafetensors(backend.storage, path, { w: w.value });
    expect(await toArray(w)).toEqual(W);
    await rm(path);
    await saveSafetensors(backend.storage, path, { w: w.value });
    expect(await toArray((await openSafetensors(files(), path)).tensors['w']!)).toEqual(W);
  });

  it('are refused when the file was replaced or cut off meanwhile', async () => {
    const { tensors } = await openSafetensors(files(), path);
    const w = tensors['w']!;
    await saveSafetensors(backend.storage, path, { w: tensor(W), b: tensor([10, 20]), half: tensor([1, 2, 4]) });
    expect((await rejection(data(w))).message.replace(folder, 'FOLDER')).toMatch(
      /^openSafetensors: the file was changed after it was opened\. Got another content at 'FOLDER\/w\.safetensors'; expected the same \d+ bytes as then\. Open it again\.$/,
    );
    expect((await rejection(compile((x: Tensor) => mul(x, w), { x: spec([2, 2]) }))).message).toMatch(
      /^openSafetensors/,
    );
    await rm(path);
    expect((await rejection(toArray(add(w, 1)))).message).toMatch(/no such file|Got no file/);
    await expect(openSafetensors(files(), path)).rejects.toThrow("openSafetensors: no such file. Got '");
  });
});
