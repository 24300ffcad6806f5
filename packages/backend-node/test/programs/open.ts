/** Opens a backend in one of its ways, runs a graph and ends: `here`, `worker`, `devices` or `onnx`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { listDevices, nodeBackend, openOnnx } from '@gai/backend-node';
import { doubling } from '../models.ts';

const x = { dtype: 'float32', shape: [1], data: Float32Array.of(3) } as const;

async function runHere(worker: boolean): Promise<unknown> {
  await using backend = await nodeBackend({ device: 'cpu', worker });
  const session = await backend.load(doubling(), { inputs: ['x'], outputs: ['y'] });
  const [y] = await session.run([x]);
  return (await y!.read())[0];
}

async function runFile(): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'gai-open-'));
  await writeFile(join(folder, 'model.onnx'), doubling());
  const model = await openOnnx(join(folder, 'model.onnx'));
  const { y } = await model.run({ x });
  await model.release();
  await rm(folder, { recursive: true });
  return y!.data[0];
}

const ways: Record<string, () => Promise<unknown>> = {
  here: () => runHere(false),
  worker: () => runHere(true),
  devices: async () => (await listDevices()).length && 6,
  onnx: runFile,
};
const result = await ways[process.argv[2] ?? '']?.();
if (result !== 6) throw new Error(`expected 6, got ${String(result)}`);
await setTimeout(300); // a reporter would begin
