import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { start } from './programs/run.ts';

const TRIALS = 8;

it('leaves a whole file when the process is killed at any moment', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gai-kill-'));
  const path = join(folder, 'file.bin');
  for (let trial = 0; trial < TRIALS; trial++) {
    const program = await start('write-forever.ts', path);
    const gone = new Promise((resolve) => program.on('close', resolve));
    await new Promise((resolve) => program.stdout?.once('data', resolve)); // it has written once
    await setTimeout(trial * 3.7);
    program.kill('SIGKILL');
    await gone;
    const content = await readFile(path);
    expect(new Set(content).size).toBe(1);
    expect(content.length).toBe(3000 * (content[0] as number));
  }
  expect((await readdir(folder)).filter((name) => name.endsWith('.gai-tmp')).length).toBeLessThanOrEqual(1);
  await rm(folder, { recursive: true });
});
