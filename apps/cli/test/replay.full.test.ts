import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CPU, replayed, weightsIn } from './replayed.ts';
import { gai } from './support.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-replay-gpt-'));
  await writeFile(at('text.txt'), 'The cat sat on the mat.\nThe dog sat on the cat.\n'.repeat(120));
});
afterAll(() => rm(folder, { recursive: true }));

it('gai replay makes steps of a run of gpt again, of one by the clock the step behind its checkpoint', async () => {
  const quick = ['train', 'gpt', '--preset', 'quick', '--text', at('text.txt'), '--out', at('gpt'), ...CPU];
  const trained = await gai(...quick, '--steps', '3');
  expect(trained.code, trained.stderr).toBe(0);
  expect(await replayed(at('gpt'), 3, ...CPU)).toMatchObject({
    from: 0,
    nonFinite: null,
    weights: await weightsIn(at('gpt')),
  });
  const record = JSON.parse(await readFile(at('gpt/run.json'), 'utf8')) as object;
  await writeFile(at('gpt/run.json'), JSON.stringify({ ...record, steps: null, seconds: 60 }));
  expect((await replayed(at('gpt'), 4, ...CPU)).from).toBe(3);
  const { code, stderr } = await gai('replay', at('gpt'), '--step', '3', ...CPU);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Give --step 4, or train with --steps.')]);
}, 900_000);
