import { replay } from '@gai/nn';
import { loadDigitsData } from '../digits/data.ts';
import { digitsFitOptions } from '../digits/fit-options.ts';
import { parseDigitsRecord } from '../digits/record.ts';
import { digitsSetup } from '../digits/setup.ts';
import type { Streams } from '../streams.ts';
import { withBackend } from '../with-backend.ts';
import type { ReplayedRun } from './replay-run.ts';
import { showReplay } from './show-replay.ts';

/** A step of a run of `gai train digits`, on the device and threads that the run had. */
export async function replayDigits({ folder, record, options }: ReplayedRun, streams: Streams): Promise<void> {
  const run = parseDigitsRecord(record, folder);
  const { device = run.device, threads = run.threads, step } = options;
  await withBackend({ device, threads }, async () => {
    const setup = digitsSetup(run.model, run.seed);
    const data = await loadDigitsData(run.dataDir ?? undefined);
    const replayed = await replay(setup.model, digitsFitOptions(setup, data, run), { step, from: folder });
    await showReplay({ folder, replayed, model: setup.model }, options, streams);
  });
}
