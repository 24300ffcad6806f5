import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileStorage } from '@gai/backend-node';
import { data } from '@gai/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleProgram } from '../../../tooling/src/bundle-program.ts';
import { loadCheckpoint } from '../../src/index.ts';

/** A hundred in `pnpm test:full`: each starts a process. */
const TRIALS = process.env['GAI_FULL'] === '1' ? 100 : 12;
const WRITER = fileURLToPath(new URL('write-checkpoints.ts', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-kill-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** When a writer is killed: some milliseconds after it has said that so many checkpoints are there. */
interface Moment {
  readonly checkpoints: number;
  readonly delay: number;
}

/** Starts the writer and kills it. */
async function writeAndKill(path: string, { checkpoints, delay }: Moment): Promise<void> {
  const writer = await bundleProgram(WRITER);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaints = '';
    child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
    let written = 0;
    child.stdout.on('data', (text: Buffer) => {
      const before = written;
      written += text.filter((byte) => byte === 10).length;
      if (before < checkpoints && written >= checkpoints) setTimeout(() => child.kill('SIGKILL'), delay);
    });
    child.once('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`the writer ended by itself: ${complaints}`));
    });
  });
}

it(`kill -9 at any moment leaves a whole checkpoint (${TRIALS} trials)`, async () => {
  const steps = new Set<number>();
  const trial = async (index: number): Promise<void> => {
    const path = join(folder, String(index), 'last.safetensors');
    // On a slow machine hardly more is written in 60 ms: the counts differ as well.
    await writeAndKill(path, { checkpoints: 1 + (index % 4), delay: (index * 7.3) % 61 });
    const { step, tensors, progress } = await loadCheckpoint(path, fileStorage);
    const weights = await data(tensors['model.weight']!);
    expect({ size: weights.length, first: weights[0], progress }).toEqual({
      size: 200_000 + (step % 7) * 10_000,
      first: step,
      progress: { epoch: step },
    });
    steps.add(step);
    expect((await readdir(join(folder, String(index)))).filter((name) => name === 'last.safetensors')).toHaveLength(1);
  };
  const lane = async (from: number): Promise<void> => {
    for (let index = from; index < TRIALS; index += 2) await trial(index);
  };
  await Promise.all([lane(0), lane(1)]);
  // The kills fell at different moments, or the test shows nothing.
  expect(steps.size).toBeGreaterThan(2);
}, 400_000);
