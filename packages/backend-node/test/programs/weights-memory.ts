/**
 * Exports, saves, loads or compiles weights of so many megabytes, and prints how much memory that took beside the
 * weights, where they are in memory, at most and in the end.
 *
 * `node --conditions=@gai/source --import tsx weights-memory.ts export|export-file|save-file|load|compile|compile-file MB [folder]`
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile as write } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Variable, compile, data, gather, item, jit, matmul, setDefaultBackend, spec, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { openSafetensors, saveSafetensors } from '@gai/core/io';
import { exportOnnx } from '@gai/core/onnx';
import { nodeBackend, openOnnx } from '@gai/backend-node';

const SIZE = 1024;
const [way, megabytes] = [process.argv[2]!, Number(process.argv[3])];
const folder = await mkdtemp(join(tmpdir(), 'gai-weights-'));
const path = join(folder, 'w.safetensors');
const count = Math.ceil((megabytes * 1e6) / (SIZE * SIZE * 4));
const bytes = count * SIZE * SIZE * 4;
const backend = await nodeBackend({ device: 'cpu', threads: 1 });
setDefaultBackend(backend);

const wave = Float32Array.from({ length: SIZE * SIZE }, (_, index) => Math.sin(index * 0.37) / SIZE);
/** No two are equal: the runtime packs equal ones once. */
function matrix(seed: number): Float32Array {
  const turned = new Float32Array(SIZE * SIZE);
  const from = (seed * 7919 + 1) % wave.length;
  turned.set(wave.subarray(from));
  turned.set(wave.subarray(0, from), wave.length - from);
  return turned;
}

/** A file of the weights, written without holding them: matrices, or with `table` one tensor. */
async function writeFile(table: boolean): Promise<void> {
  const shapes: [string, number[]][] = table
    ? [['table', [count * SIZE, SIZE]]]
    : Array.from({ length: count }, (_, index) => [`w${index}`, [SIZE, SIZE]]);
  let offset = 0;
  const entries = shapes.map(([name, shape]) => {
    const begin = offset;
    offset += shape.reduce((a, b) => a * b, 4);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }];
  });
  const json = JSON.stringify(Object.fromEntries(entries));
  const start = Buffer.alloc(8 + json.length);
  start.writeBigUInt64LE(BigInt(json.length));
  start.write(json, 8);
  const file = createWriteStream(path);
  file.write(start);
  for (let index = 0; index < count; index++) {
    if (!file.write(new Uint8Array(matrix(index).buffer))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** Most memory the process had since it was asked last, and what it has now, in bytes. */
async function memory(): Promise<{ most: number; now: number }> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc?.();
  }
  const status = await readFile('/proc/self/status', 'utf8');
  const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
  await write('/proc/self/clear_refs', '5');
  return { most: field('VmHWM'), now: field('VmRSS') };
}

const product = (weights: readonly Tensor[]) => (x: Tensor) => weights.reduce((h, w) => matmul(h, w), x);
const x = tensor(new Float32Array(SIZE).fill(1), { shape: [1, SIZE] });
const specs = { x: spec(['rows', SIZE]) };
const inMemory = (): Tensor[] =>
  Array.from(
    { length: count },
    (_, index) => new Variable(tensor(matrix(index), { shape: [SIZE, SIZE] }), `w${index}`),
  );
async function inFile(): Promise<Tensor[]> {
  await writeFile(false);
  return Object.values((await openSafetensors(backend.storage, path)).tensors);
}

const ways: Record<string, () => Promise<() => Promise<unknown>>> = {
  export: async () => {
    const weights = inMemory();
    return () => exportOnnx(product(weights), specs, join(folder, 'model.onnx'));
  },
  'export-file': async () => {
    const weights = await inFile();
    return () => exportOnnx(product(weights), specs, join(folder, 'model.onnx'));
  },
  'save-file': async () => {
    const weights = await inFile();
    const named = Object.fromEntries(weights.map((weight, index) => [`w${index}`, weight]));
    return () => saveSafetensors(backend.storage, join(folder, 'copy.safetensors'), named);
  },
  // One tensor of all the bytes: read in pieces, exported, and looked up by the runtime in the file.
  'export-table': async () => {
    await writeFile(true);
    const { tensors } = await openSafetensors(backend.storage, path);
    const last = tensor([count * SIZE - 1], { dtype: 'int32' });
    return async () => {
      const file = join(folder, 'model.onnx');
      await exportOnnx((rows: Tensor) => gather(tensors['table']!, rows), { rows: spec(['n'], 'int32') }, file, {
        externalDataThreshold: 2 ** 26,
      });
      const model = await openOnnx(file);
      const { output } = await model.run({
        rows: { dtype: 'int32', shape: [1], data: Int32Array.of(count * SIZE - 1) },
      });
      await model.release();
      const run = await compile((rows: Tensor) => gather(tensors['table']!, rows), { rows: spec(['n'], 'int32') });
      const expected = matrix(count - 1).slice(-SIZE);
      for (const found of [output!.data, await data(await run(last))]) {
        if (!expected.every((value, index) => value === found[index])) throw new Error('wrong numbers');
      }
      await run.dispose();
    };
  },
  // All are needed and held, once.
  load: async () => {
    const weights = await inFile();
    const f = jit(product(weights));
    return async () => item(sum(await f(x)));
  },
  'compile-file': async () => {
    const weights = await inFile();
    return async () => {
      const run = await compile(product(weights), specs);
      return item(sum(await run(x)));
    };
  },
  // What is compiled follows the variables; each has one value and one copy in the session.
  compile: async () => {
    const weights = inMemory() as Variable[];
    const jitted = jit(product(weights));
    return async () => {
      await jitted(x);
      const run = await compile(product(weights), specs);
      for (let round = 1; round <= 3; round++) {
        weights.forEach((w, index) => w.assign(tensor(matrix(index + round), { shape: [SIZE, SIZE] })));
        await run.refresh();
        const [compiled, fed] = [await item(sum(await run(x))), await item(sum(await jitted(x)))];
        if (Math.abs(compiled - fed) > 1e-3 * Math.abs(fed)) throw new Error(`old weights: ${compiled}, ${fed}`);
      }
      return run;
    };
  },
};

try {
  const work = await ways[way]!();
  const before = await memory();
  const made = await work();
  const after = await memory();
  if (way === 'compile') await (made as { dispose(): Promise<void> }).dispose();
  const released = await memory();
  const result = {
    bytes,
    most: after.most - before.now,
    grown: after.now - before.now,
    left: released.now - before.now,
  };
  process.stdout.write(JSON.stringify(result));
} finally {
  await rm(folder, { recursive: true, force: true });
}
