import { nodeBackend } from '@gai/backend-node';
import type { NodeBackend, NodeDevice } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';

/** What runs a model. */
export interface BackendOptions {
  readonly device: string;
  readonly threads?: number;
}

/** Runs something on a backend of its own, and frees that. */
export async function withBackend<Result>(
  { device, threads }: BackendOptions,
  run: (backend: NodeBackend) => Promise<Result>,
): Promise<Result> {
  const backend = await nodeBackend({ device: device as NodeDevice, ...(threads !== undefined && { threads }) });
  setDefaultBackend(backend);
  try {
    return await run(backend);
  } finally {
    await backend.dispose();
  }
}
