import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { tensor } from '@gai/core';
import { csvSink, jsonlSink, saveCheckpoint } from '@gai/nn';
import type { Checkpoint } from '@gai/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';

let folder = '';
const at = (...parts: string[]): string => join(folder, ...parts);
const storage = fileStorage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-runs-'));
  for (const [name, slope] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    const sink = csvSink(at('runs', name, 'log.csv'), { storage });
    for (let step = 10; step <= 100; step += 10)
      await sink.log(step, { loss: slope / step, 'train/kl': step === 50 ? NaN : slope });
    await writeFile(at('runs', name, 'run.json'), JSON.stringify({ seed: 0, options: { rate: slope } }));
  }
  await jsonlSink(at('runs/deep/c/log.jsonl'), { storage }).log(3, { loss: Infinity });
  const progress = {
    epoch: 2,
    history: [
      { loss: 2, accuracy: 0.5 },
      { loss: 1, accuracy: 0.75 },
    ],
  };
  const state: Checkpoint = { step: 14, tensors: { 'model.w': tensor([1, 2]) }, progress };
  await saveCheckpoint(at('runs/fit/last.safetensors'), state, storage);
  await mkdir(at('runs/none'));
  await writeFile(at('runs/none/table.csv'), 'x,y\n1,2\n');
  await mkdir(at('broken'));
  await writeFile(at('broken/log.csv'), 'x,y\n1,2\n');
  await mkdir(at('record'));
  await writeFile(at('record/run.json'), '[1');
});
afterAll(() => rm(folder, { recursive: true }));

const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await gai('runs', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe('gai runs list', () => {
  it('finds every run, and says where each ended', async () => {
    const { runs } = (await json('list', at('runs'))) as {
      runs: { run: string; step: number; name: string; last: number | null }[];
    };
    expect(
      runs.map(({ run, step, name, last }) => ({ run, step, name, last })).sort((a, b) => (a.run < b.run ? -1 : 1)),
    ).toEqual([
      { run: at('runs/a'), step: 100, name: 'loss', last: 0.01 },
      { run: at('runs/b'), step: 100, name: 'loss', last: 0.02 },
      { run: at('runs/deep/c'), step: 3, name: 'loss', last: null },
      { run: at('runs/fit'), step: 14, name: 'loss', last: 1 },
    ]);
  });

  it('prints a table, and says where there is nothing', async () => {
    expect((await gai('runs', 'list', at('runs'))).stdout).toMatch(/^run .*step .*last .*\n-+/);
    expect((await gai('runs', 'list', at('runs/none'))).stderr).toContain('There are no runs');
  });
});

describe('gai runs show', () => {
  it('shows settings and numbers', async () => {
    const shown = await json('show', at('runs/b'));
    expect(shown).toMatchObject({
      step: 100,
      unit: 'steps',
      settings: { seed: '0', 'options.rate': '2' },
      numbers: { loss: { first: 0.2, lowest: 0.02, highest: 0.2, last: 0.02, rows: 10 }, 'train/kl': { last: 2 } },
    });
    expect((await gai('runs', 'show', at('runs/b'))).stdout).toContain('options.rate  2');
  });

  it('reads the epochs of a run that kept no log from the head of its checkpoint', async () => {
    expect(await json('show', at('runs/fit'))).toMatchObject({
      step: 14,
      unit: 'epochs',
      numbers: { accuracy: { last: 0.75 } },
    });
  });
});

describe('gai runs diff', () => {
  it('shows what differs', async () => {
    const { settings, numbers } = await json('diff', at('runs/a'), at('runs/b'));
    expect(settings).toEqual([{ name: 'options.rate', a: '1', b: '2' }]);
    expect(numbers).toEqual([
      { name: 'loss', a: 0.01, b: 0.02 },
      { name: 'train/kl', a: 1, b: 2 },
    ]);
    const { stdout } = await gai('runs', 'diff', at('runs/a'), at('runs/fit'));
    expect(stdout).toMatch(/accuracy +- +0\.75 +-/);
  });
});

describe('gai runs plot', () => {
  it('draws several runs with round ticks', async () => {
    const { stdout } = await gai('runs', 'plot', at('runs/a'), at('runs/b'));
    expect(stdout).toContain('loss (loss)\n');
    expect(stdout).toContain(`* ${at('runs/a')}`);
    expect(stdout).toMatch(/ {5}0\.15 \|/);
    expect(stdout).toMatch(/20 +40 +60 +80 +100 {2}steps/);
  });

  it('gives the numbers and an SVG', async () => {
    const { name, series } = (await json('plot', at('runs/a'), '--name', 'train/kl', '--svg', at('plot.svg'))) as {
      name: string;
      series: { x: number[]; y: (number | null)[] }[];
    };
    expect(name).toBe('train/kl');
    expect(series[0]!.y.slice(3, 6)).toEqual([1, null, 1]);
    expect(await readFile(at('plot.svg'), 'utf8')).toMatch(/^<svg/);
  });
});

it.each([
  [['list', 'nowhere'], 2, "there is no folder 'nowhere'"],
  [['show'], 2, "missing required argument 'run'"],
  [['show', 'runs/none'], 2, 'holds no run. Expected log.csv, log.jsonl, last.safetensors or run.json in it'],
  [['show', 'runs/a/log.csv'], 2, 'there is no folder'],
  [['show', 'broken'], 1, "log.csv' holds something else"],
  [['show', 'record'], 2, 'is not a record in JSON'],
  [['diff', 'runs/a'], 2, "missing required argument 'other'"],
  [['diff', 'runs/a', 'runs/zzz'], 2, 'there is no folder'],
  [['diff', 'runs/a', 'runs/b', 'runs/fit'], 2, 'too many arguments'],
  [['plot', 'runs/a', '--name', 'los'], 2, 'Did you mean loss? It has loss, train/kl.'],
  [['plot', 'runs/a', 'runs/fit'], 2, 'some of the runs logged by steps and others by epochs only'],
  [['plot', 'runs/a', '--svg', 'runs/a'], 1, 'it is a folder'],
  [['plot', 'runs/a', '--nam', 'loss'], 2, "unknown option '--nam'"],
  [['compare'], 2, "unknown command 'compare'"],
])('refuses gai runs %j', async (args, code, message) => {
  const places = args.map((arg, index) => (index > 0 && /^(?:runs|broken|record|nowhere)/.test(arg) ? at(arg) : arg));
  const outcome = await gai('runs', ...places);
  expect(outcome).toEqual({
    code,
    stdout: '',
    stderr: expect.stringContaining(message.replace("'nowhere'", `'${at('nowhere')}'`)),
  });
});
