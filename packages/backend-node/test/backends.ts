import type { DeviceBuffer, HostTensor, Session, Storage } from '@gai/core/backend';
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

/** A storage that tells how many bytes of tensors are read; a header, at the start of a file, does not count. */
export const withCountedReads = (storage: Storage, count: (bytes: number) => void): Storage => ({
  ...storage,
  read: async (...args) => {
    const bytes = await storage.read(...args);
    if (args[1] !== 0) count(bytes.length);
    return bytes;
  },
});
