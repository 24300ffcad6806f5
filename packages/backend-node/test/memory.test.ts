import { describe, expect, it } from 'vitest';
import { runProgram } from './programs/run.ts';

const LIMIT = 20_000_000;

describe('memory', { timeout: 240_000 }, () => {
  it.each(['sessions', 'backends', 'worker'])(
    'does not grow over 1,000 cycles of load, run, dispose: %s',
    async (way) => {
      const { cycles, grownBytes } = (await runProgram('load-run-dispose.ts', way)) as Record<string, number>;
      expect(cycles).toBe(1000);
      expect(grownBytes).toBeLessThan(LIMIT);
    },
  );

  it.each(['here', 'worker'])('of buffers nobody disposes is collected: %s', async (way) => {
    const { steps, mostBytes } = (await runProgram('drop-state.ts', way)) as Record<string, number>;
    expect(steps).toBe(600); // of 4 MB each: 2.4 GB in all
    expect(mostBytes).toBeLessThan(1_200_000_000);
  });
});
