import { createHash } from 'node:crypto';
import { nodeBackend } from '@gai/backend-node';
import { GaiError, data, setDefaultBackend, tensor } from '@gai/core';
import type { HostTensor, Storage } from '@gai/core/backend';
import { writeSafetensors } from '@gai/core/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCheckpoint, saveCheckpoint } from '../../src/index.ts';
import type { Checkpoint } from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** A storage with one file. */
class Memory implements Storage {
  file = new Uint8Array();

  async size(): Promise<number> {
    return this.file.length;
  }

  async read(_: string, offset = 0, length = this.file.length - offset): Promise<Uint8Array<ArrayBuffer>> {
    return this.file.slice(offset, offset + length);
  }

  async writeAtomic(_: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    this.file = Uint8Array.from(Buffer.concat(parts));
  }

  async list(): Promise<string[]> {
    return [];
  }

  async remove(): Promise<void> {}
}

/** Whole numbers below `n`, the same for the same seed. */
function numbers(seed: number): (n: number) => number {
  let state = Math.imul(seed + 1, 0x9e37_79b9) >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d);
    word = Math.imul(word ^ (word >>> 12), 0x297a_2d39);
    return ((word ^ (word >>> 15)) >>> 0) % n;
  };
}

const SNIPPETS = [
  '0',
  '-1',
  '1e99',
  '1.5',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  '\\',
  '\\u0000',
  '[[[[',
  '9007199254740993',
  '"__proto__":',
  '"step":2,',
  '"sha256"',
];

/** Cuts, repeats, flips a bit or puts in something that means something to JSON, one to three times. */
function mutate(original: Uint8Array, next: (n: number) => number): Uint8Array {
  let bytes = original;
  for (let n = next(3); n >= 0; n--) {
    const at = next(bytes.length + 1);
    const kind = next(4);
    if (kind === 0 && next(3) === 0) bytes = bytes.slice(0, at);
    else if (kind === 1)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + next(9)))]);
    else if (kind === 2 && at < bytes.length) bytes = bytes.with(at, bytes[at]! ^ (1 << next(8)));
    else
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(SNIPPETS[next(SNIPPETS.length)]!), bytes.subarray(at)]);
  }
  return bytes;
}

/** A checkpoint that can be gone on from: whole tensors, a count of steps, a record of progress. */
async function checkConsistent({ tensors, step, progress }: Checkpoint, bytes: number): Promise<void> {
  let size = 0;
  for (const value of Object.values(tensors)) {
    const found = await data(value);
    expect(found.length).toBe(value.shape.reduce<number>((product, extent) => product * Number(extent), 1));
    size += found.byteLength;
  }
  expect(size).toBeLessThanOrEqual(bytes);
  expect(Number.isSafeInteger(step)).toBe(true);
  expect(progress !== null && typeof progress === 'object' && !Array.isArray(progress)).toBe(true);
}

/** Loads every file; gives how many loaded. Anything but a checkpoint or a typed error of one line fails the test. */
async function loadAll(files: (trial: number) => Uint8Array): Promise<number> {
  const storage = new Memory();
  const before = process.memoryUsage().arrayBuffers;
  let loaded = 0;
  for (let trial = 0; trial < 10_000; trial++) {
    storage.file = Uint8Array.from(files(trial));
    try {
      await checkConsistent(await loadCheckpoint('last.safetensors', storage), storage.file.length);
      loaded++;
    } catch (error) {
      if (!GaiError.isInstance(error)) throw new Error(`trial ${trial}`, { cause: error });
      expect(error.message).toMatch(/^\w+: [^\n]{10,1000}$/);
    }
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20);
  return loaded;
}

describe('10,000 seeded mutations give a checkpoint or a typed error', () => {
  const progress = { epoch: 3, history: [{ loss: 0.25 }], loader: { epoch: 3, position: 64, seed: 7 } };

  it('of the whole file', { timeout: 120_000 }, async () => {
    const storage = new Memory();
    const tensors = { 'model.weight': tensor([1, 2, 3]), 'optimizer.step': tensor(4, { dtype: 'int32' }) };
    await saveCheckpoint('last.safetensors', { tensors, step: 12, progress }, storage);
    const original = storage.file;
    await checkConsistent(await loadCheckpoint('last.safetensors', storage), original.length);
    const loaded = await loadAll((trial) => mutate(original, numbers(trial)));
    // The checksum finds what the format of the file does not.
    expect(loaded).toBeLessThan(500);
  });

  it('of the progress alone, with a checksum that fits', { timeout: 120_000 }, async () => {
    const weight: HostTensor = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) };
    const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');
    const line = `model.weight float32 2 ${sha256(new Uint8Array(Float32Array.of(1, 2).buffer))}`;
    const original = new TextEncoder().encode(JSON.stringify({ step: 12, progress }));
    const fileOf = (state: string): Uint8Array => {
      const metadata = { format: 'gai-checkpoint', version: '1', state, sha256: sha256(`${state}\n${line}`) };
      return Buffer.concat(writeSafetensors(new Map([['model.weight', weight]]), new Map(Object.entries(metadata))));
    };
    const loaded = await loadAll((trial) =>
      fileOf(
        trial === 0 ? new TextDecoder().decode(original) : new TextDecoder().decode(mutate(original, numbers(trial))),
      ),
    );
    expect(loaded).toBeGreaterThan(200);
    expect(loaded).toBeLessThan(9000);
  });
});
