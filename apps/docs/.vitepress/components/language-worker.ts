import { setDefaultBackend } from '@gai/core';
import { webBackend } from '@gai/backend-web';
import { releaseInspection } from '@gai/transformer';
import { serveCalls } from '../kit/worker-calls.ts';
import type { Port } from '../kit/worker-calls.ts';
import { languageFunctions } from './language-functions.ts';

/** Language models in a worker of the page: the figures stay smooth while it computes. */
serveCalls(
  globalThis as unknown as Port,
  languageFunctions({
    prepare: async (wasmPaths) => setDefaultBackend(await webBackend({ device: 'wasm', threads: 1, wasmPaths })),
    release: releaseInspection,
  }),
);
