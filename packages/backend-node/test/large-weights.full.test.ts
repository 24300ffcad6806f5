import { describe, expect, it } from 'vitest';
import { runProgramWith } from './programs/run.ts';

/** More than 2^31 bytes, which neither a model file nor one read can have. */
const MEGABYTES = '2600';

describe.runIf(process.platform === 'linux')('weights above 2 GB', { timeout: 1_800_000 }, () => {
  // The numbers that come out are compared inside.
  it.each([
    ['export-file', 0.1],
    ['save-file', 0.1],
    ['export-table', 0.1],
    ['load', 1.1],
    ['compile-file', 1.1],
  ] as const)('are written, and run from their file, in little memory beside: %s', async (way, most) => {
    const found = (await runProgramWith({ MALLOC_MMAP_THRESHOLD_: '65536' }, 'weights-memory.ts', way, MEGABYTES)) as {
      bytes: number;
      most: number;
      grown: number;
    };
    expect(found.bytes).toBeGreaterThan(2 ** 31);
    // What the runtime maps of a file counts as memory here, but can be dropped at any time.
    const taken = way === 'export-table' ? found.grown : found.most;
    expect(taken / found.bytes).toBeLessThan(most);
  });
});
