import { mkdtemp, readFile, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportOnnx, matmul, setDefaultBackend, spec, tensor, toOnnx } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeBackend, openOnnx } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { rejection } from './backends.ts';

let backend: NodeBackend;
let folder: string;
let path: string;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-pair-'));
  path = join(folder, 'net.onnx');
});
afterEach(() => rm(folder, { recursive: true }));

/** A model that multiplies by `value`, whose weights lie beside it unless the threshold says otherwise. */
const write = (value: number, externalDataThreshold = 0): Promise<void> => {
  const w = tensor(new Float32Array(64).fill(value), { shape: [8, 8] });
  return exportOnnx((x: Tensor) => matmul(x, w), { x: spec([1, 8]) }, path, { externalDataThreshold });
};

async function result(): Promise<number> {
  const model = await openOnnx(path, { threads: 1 });
  const { output } = await model.run({ x: { dtype: 'float32', shape: [1, 8], data: new Float32Array(8).fill(1) } });
  await model.release();
  return (output!.data as Float32Array)[0]!;
}

const weights = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith('.data'));

/** The backend with storage that fails at a call. */
function failing(calls: Partial<Storage>): void {
  setDefaultBackend(
    Object.assign(Object.create(backend), { storage: { ...backend.storage, ...calls } }) as NodeBackend,
  );
}

describe('a model and the weights beside it', () => {
  afterEach(() => setDefaultBackend(backend));

  it('fit together wherever an export over them ends, and what is left over goes with the next', async () => {
    await write(1);
    const { writeAtomic } = backend.storage;
    failing({
      writeAtomic: async (to, chunks) => {
        if (to === path) throw new Error('power cut before the model');
        return writeAtomic(to, chunks);
      },
    });
    expect((await rejection(write(2))).message).toBe('power cut before the model');
    expect([await result(), (await weights()).length]).toEqual([8, 2]);
    failing({ remove: () => Promise.reject(new Error('power cut before the end')) });
    expect((await rejection(write(3))).message).toBe('power cut before the end');
    expect([await result(), (await weights()).length]).toEqual([24, 3]);
    setDefaultBackend(backend);
    await write(4);
    expect([await result(), (await weights()).length]).toEqual([32, 1]);
  });

  it('are named by content, and go when the next model holds its own', async () => {
    await write(1);
    const [first] = [await weights(), await readFile(path)];
    await write(2);
    expect(await weights()).not.toEqual(first);
    await write(1);
    expect(await weights()).toEqual(first);
    await exportOnnx((x: Tensor) => x, { x: spec([1]) }, join(folder, 'net'), { externalDataThreshold: 0 });
    expect(await weights()).toEqual(first);
    await write(5, Infinity);
    expect([await weights(), await result()]).toEqual([[], 40]);
  });

  it('an export whose weights another one removed says so', async () => {
    const { list } = backend.storage;
    failing({
      list: async (at) => {
        for (const name of await weights()) await rm(join(folder, name));
        return list(at);
      },
    });
    expect((await rejection(write(1))).message).toMatch(
      /^exportOnnx: another export to the same path removed the weights\./,
    );
  });

  it('are refused in one line when the weights are missing or cut off', async () => {
    await write(1);
    const [name] = await weights();
    const message = async (): Promise<string> => (await rejection(openOnnx(path))).message.replaceAll(folder, 'FOLDER');
    await truncate(join(folder, name!), 100);
    expect(await message()).toMatchInlineSnapshot(
      `"openOnnx: the weights beside the model are not there. Got a file of 100 bytes for 'FOLDER/net.onnx'; expected at least 256 bytes. Copy both files whole, or export the model again."`,
    );
    await rm(join(folder, name!));
    expect((await message()).replace(/[0-9a-f]{16}/, 'HASH')).toMatchInlineSnapshot(
      `"openOnnx: the weights beside the model are not there. Got no file 'FOLDER/net.onnx.HASH.data' for 'FOLDER/net.onnx'; expected the file that was exported with it. Copy both files whole, or export the model again."`,
    );
  });
});

it.each([-1, NaN, '5' as never])('a threshold of %s is refused', async (externalDataThreshold) => {
  const specs = { x: spec([1]) };
  const refusal = (op: string): RegExp =>
    new RegExp(`^${op}: externalDataThreshold does not fit\\. Got .*; expected a number of bytes of 0 or more\\.`);
  await expect(exportOnnx((x: Tensor) => x, specs, path, { externalDataThreshold })).rejects.toThrow(
    refusal('exportOnnx'),
  );
  await expect(toOnnx((x: Tensor) => x, specs, { externalDataThreshold })).rejects.toThrow(refusal('toOnnx'));
  expect(await readdir(folder)).toEqual([]);
});
