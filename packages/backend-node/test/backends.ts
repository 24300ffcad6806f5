import type { DeviceBuffer, HostTensor, Session } from '@gai/core/backend';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

/** Both ways the backend runs; every test of the interface runs on both. */
export const WAYS = [
  ['in this thread', false],
  ['in a worker', true],
] as const;

/** A CPU backend with one thread. */
export const open = (worker: boolean): Promise<NodeBackend> => nodeBackend({ device: 'cpu', threads: 1, worker });

/** A float32 vector. */
export const floats = (...values: readonly number[]): HostTensor & { data: Float32Array } => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** Runs and reads every output. */
export async function runAndRead(
  session: Session,
  inputs: readonly (HostTensor | DeviceBuffer)[],
): Promise<number[][]> {
  const outputs = await session.run(inputs);
  return Promise.all(outputs.map(async (output) => Array.from(await output.read(), Number)));
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${String(value)}`);
    },
    (error: unknown) => error as Error,
  );
}
