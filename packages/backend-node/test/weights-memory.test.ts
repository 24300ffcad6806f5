import { describe, expect, it } from 'vitest';
import { runProgramWith } from './programs/run.ts';

/** The system's allocator keeps what is freed unless it is told not to; here it shows what is held. */
const GIVE_BACK = { MALLOC_MMAP_THRESHOLD_: '65536' };
const MEGABYTES = '160';

interface Measured {
  readonly bytes: number;
  readonly most: number;
  readonly grown: number;
  readonly left: number;
}

const measure = async (way: string): Promise<Measured> =>
  (await runProgramWith(GIVE_BACK, 'weights-memory.ts', way, MEGABYTES)) as Measured;

describe.runIf(process.platform === 'linux')('the memory that weights take', { timeout: 240_000 }, () => {
  it.each(['export', 'export-file'])('is not a third more when they are exported: %s', async (way) => {
    const { bytes, most } = await measure(way);
    expect(most / bytes).toBeLessThan(1 / 3);
  });

  it('is theirs once more in a compiled program, also after it took new ones over, and is freed with it', async () => {
    const { bytes, grown, left } = await measure('compile');
    // Beside them 18 MB of sessions and code; 135 M parameters are 2.0 times in all (bench/weights-once.ts).
    expect(grown / bytes).toBeLessThan(1.2);
    expect(left / bytes).toBeLessThan(0.2);
  });
});
