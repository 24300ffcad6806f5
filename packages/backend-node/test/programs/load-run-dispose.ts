/**
 * Loads, runs and disposes 1,000 times after a warm-up, and prints by how many bytes the process grew.
 *
 * `node --expose-gc --conditions=@gai/source --import tsx load-run-dispose.ts sessions|backends|worker`
 */
import { setImmediate } from 'node:timers/promises';
import { nodeBackend } from '@gai/backend-node';
import type { NodeBackend } from '@gai/backend-node';
import type { HostTensor } from '@gai/core/backend';
import { chain } from '../models.ts';

const CYCLES = 1000;
// Long enough for the allocator to have taken what it will keep: with 300 its own growth fell into the measurement.
const WARM_UP = 1300;
const SIDE = 64;
const model = chain(8, SIDE);
const input: HostTensor = { dtype: 'float32', shape: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(1 / SIDE) };
const way = process.argv[2] ?? 'sessions';
const open = (): Promise<NodeBackend> => nodeBackend({ device: 'cpu', threads: 2, worker: way === 'worker' });
const shared = way === 'backends' ? undefined : await open();

async function cycle(): Promise<void> {
  const backend = shared ?? (await open());
  const session = await backend.load(model, { inputs: ['x'], outputs: ['y'] });
  const x = backend.upload(input);
  const [y] = await session.run([x]);
  if (Math.abs(((await y!.read())[0] as number) - 1 / SIDE) > 1e-6) throw new Error('wrong result');
  x.dispose();
  y!.dispose();
  await session.release();
  if (backend !== shared) await backend.dispose();
}

/** Resident memory after everything collectable is collected. */
async function resident(): Promise<number> {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await setImmediate();
  }
  return process.memoryUsage.rss();
}

for (let done = 0; done < WARM_UP; done++) await cycle();
const before = await resident();
for (let done = 0; done < CYCLES; done++) await cycle();
const after = await resident();
await shared?.dispose();
console.log(JSON.stringify({ way, cycles: CYCLES, grownBytes: after - before, residentBytes: after }));
