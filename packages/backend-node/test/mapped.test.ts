import { mkdtemp, open, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add, compile, data, gather, jit, setDefaultBackend, spec, tensor, toArray } from '@gai/core';
import type { Compiled, Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { openSafetensors, saveSafetensors } from '@gai/core/io';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { WAYS, rejection, withCountedReads } from './backends.ts';

/** A little more than what is read instead of mapped: 16 MB. */
const LARGE = 2 ** 22 + 64;
let folder: string;
let path: string;
let backend: NodeBackend;
/** Bytes of tensors read so far; a header does not count. */
let read = 0;

const files = (): Storage => withCountedReads(backend.storage, (bytes) => (read += bytes));

/** A table of `count` numbers in a file, all `value`. */
const write = (count: number, value: number): Promise<void> =>
  saveSafetensors(backend.storage, path, { w: tensor(new Float32Array(count).fill(value)) });

/** Overwrites the last number of the file. */
async function writeInto(): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(new Uint8Array(Float32Array.of(7).buffer), 0, 4, (await file.stat()).size - 4);
  await file.close();
}

async function compiledOver(storage = files()): Promise<{ run: Compiled<Tensor>; last: Tensor }> {
  const { w } = (await openSafetensors(storage, path)).tensors;
  const run = await compile((rows: Tensor) => gather(w!, rows), { rows: spec(['n'], 'int32') });
  return { run, last: tensor([Number(w!.shape[0]) - 1], { dtype: 'int32' }) };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-mapped-'));
  path = join(folder, 'w.safetensors');
  read = 0;
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(WAYS)('a compiled program whose weights the runtime reads from their file, %s', (_, worker) => {
  beforeAll(async () => {
    backend = await nodeBackend({ device: 'cpu', threads: 1, worker });
    setDefaultBackend(backend);
  });
  afterAll(() => backend.dispose());

  it('reads none of them itself, and goes on with the old ones when another file gets the name', async () => {
    await write(LARGE, 3);
    const { run, last } = await compiledOver();
    expect([await toArray(await run(last)), read]).toEqual([[3], 0]);
    for (const value of [4, 5]) await write(LARGE, value);
    expect(await toArray(await run(last))).toEqual([3]);
    await rm(path);
    expect(await toArray(await run(last))).toEqual([3]);
    await run.dispose();
  });

  it.each([
    ['written to', () => writeInto()],
    ['cut off', () => truncate(path, 100)],
  ])('refuses to run once the file was %s', async (_change, change) => {
    await write(LARGE, 3);
    const { run, last } = await compiledOver();
    await run(last);
    await change();
    const error = await rejection(run(last));
    expect([error.name, error.message.replace(folder, 'FOLDER').replace(/\d+ bytes/, 'N bytes')])
      .toMatchInlineSnapshot(`
      [
        "DataError",
        "openSafetensors: the file was changed after it was opened. Got a file that was written to while a compiled program reads it at 'FOLDER/w.safetensors'; expected the same N bytes as then. Open it again and compile anew; replace a file by renaming another one (as saveSafetensors does), never write into it.",
      ]
    `);
    await expect(run.refresh()).rejects.toThrow('openSafetensors: the file was changed after it was opened.');
    await run.dispose();
  });

  it('lets go of the file when it is disposed of, or could not be made', async () => {
    await write(LARGE, 3);
    const opened = async (): Promise<number> => (await readdir('/proc/self/fd').catch(() => [])).length;
    const before = await opened();
    const { run, last } = await compiledOver();
    await run(last);
    await run.refresh();
    await run.dispose();
    const { w } = (await openSafetensors(files(), path)).tensors;
    const load = backend.load.bind(backend);
    backend.load = () => Promise.reject(new Error('no memory'));
    await expect(compile((rows: Tensor) => gather(w!, rows), { rows: spec([1], 'int32') })).rejects.toThrow(
      'no memory',
    );
    backend.load = async (...args) => {
      const session = await load(...args);
      await write(LARGE, 4); // between the runtime's opening and ours
      return session;
    };
    await expect(compile((rows: Tensor) => gather(w!, rows), { rows: spec([1], 'int32') })).rejects.toThrow(
      'Got another content',
    );
    backend.load = load;
    expect(await opened()).toBe(before);
  });

  it('has them to itself where they are small, or where a change could not be seen', async () => {
    await write(8, 3);
    const small = await compiledOver();
    await writeInto();
    expect(await toArray(await small.run(small.last))).toEqual([3]);
    await write(LARGE, 3);
    const { hold: _hold, ...blind } = files();
    const large = await compiledOver(blind);
    await truncate(path, 100);
    expect(await toArray(await large.run(large.last))).toEqual([3]);
    for (const { run } of [small, large]) await run.dispose();
  });
});

it('a tensor of an opened file is not read after the file was written to', async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
  await write(8, 3);
  const { w } = (await openSafetensors(backend.storage, path)).tensors;
  await writeInto();
  const change = /^openSafetensors: the file was changed .* Got another content/;
  expect((await rejection(data(w!))).message).toMatch(change);
  expect((await rejection(toArray(add(w!, 1)))).message).toMatch(change);
  expect((await rejection(jit((x: Tensor) => add(x, w!))(tensor(1)))).message).toMatch(change);
  await backend.dispose();
});
