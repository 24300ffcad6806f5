import { setDefaultBackend } from '@gai/core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { countingBackend } from './counting.ts';
import type { CountingBackend } from './counting.ts';

/** The default backend of a test file, which counts its work from 0 in each test. */
export async function useCountingBackend(): Promise<CountingBackend> {
  const backend = await countingBackend();
  beforeAll(() => setDefaultBackend(backend));
  beforeEach(() => backend.reset());
  afterAll(() => backend.dispose());
  return backend;
}
