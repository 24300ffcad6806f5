import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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
  // An agent: 3 updates after 96 steps of its environments.
  const agent = { agent: 'PPO', options: {}, numTimesteps: 96, updates: 3 };
  await saveCheckpoint(at('runs/ppo/last.safetensors'), { step: 3, tensors: {}, progress: agent }, storage);
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
      { run: at('runs/ppo'), step: 96, name: null, last: null },
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

describe('gai runs on folders of strangers', () => {
  const stranger = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
    await mkdir(at('strange', name), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(at('strange', name, file), text);
    return at('strange', name);
  };

  it('counts a row once that two logs have', async () => {
    const twice = await stranger('twice', {
      'log.csv': 'step,loss\n1,0.5\n2,0.25\n',
      'log.jsonl': '{"step":1,"loss":0.5}\n{"step":2,"loss":0.25,"rate":1}\n',
      'eval.csv': 'step,loss,reward\n2,9,7\n',
    });
    const { series } = await json('plot', twice, '--name', 'loss');
    expect(series).toEqual([{ run: twice, x: [1, 2], y: [0.5, 0.25] }]);
    expect((await json('show', twice))['numbers']).toMatchObject({
      loss: { rows: 2 },
      rate: { rows: 1 },
      reward: { last: 7 },
    });
  });

  it('moves no cursor, and gives machines what it found', async () => {
    const [name, value] = ['lo\u001b[2Jss\u202e', 'a\u009b31mb'];
    const evil = await stranger('evil', {
      'log.jsonl': `${JSON.stringify({ step: 1, [name]: 2 })}\n`,
      'run.json': JSON.stringify({ [name]: value }),
      'a\u001b[2Jb': '',
    });
    for (const args of [
      ['show', evil],
      ['diff', evil, at('runs/a')],
      ['plot', evil],
      ['list', evil],
      ['show', evil, '--json'],
    ]) {
      const { code, stdout } = await gai('runs', ...args);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    }
    expect(await json('show', evil)).toMatchObject({ settings: { [name]: value }, numbers: { [name]: { last: 2 } } });
  });

  it('reads records of any depth and size, and links that lead nowhere', async () => {
    const deep = await stranger('deep', {
      'run.json': `{"a":${'{"b":'.repeat(20_000)}1${'}'.repeat(20_001)}`,
      'log.csv': 'step,a\n1,2\n',
    });
    await symlink(at('nowhere'), join(deep, 'link'));
    const { settings } = await json('show', deep);
    expect(Object.keys(settings as object)).toEqual([`a${'.b'.repeat(15)}`]);
    const large = await stranger('large', { 'run.json': ' '.repeat(2 ** 24 + 1) });
    expect((await gai('runs', 'show', large)).stderr).toContain('the record of a run is damaged. Got 16777217 bytes');
  });

  it('lists the others where one cannot be read', async () => {
    await stranger('list/broken', { 'log.csv': 'x,y\n1,2\n' });
    const good = await stranger('list/good', { 'log.csv': 'step,loss\n1,2\n' });
    const { code, stdout, stderr } = await gai('runs', 'list', at('strange/list'), '--json');
    const { runs, unread } = JSON.parse(stdout) as { runs: { run: string }[]; unread: { run: string }[] };
    expect([code, runs.map(({ run }) => run), unread.map(({ run }) => run)]).toEqual([
      0,
      [good],
      [at('strange/list/broken')],
    ]);
    expect(stderr).toContain('broken is left out: readLog: ');
  });

  it('draws numbers of any size', async () => {
    const huge = await stranger('huge', { 'log.csv': 'step,loss\n1,1e20\n2,1e20\n' });
    expect((await gai('runs', 'plot', huge)).stdout).toContain('*');
  });
});

it.each([
  [['list', 'nowhere'], 2, "there is no folder 'nowhere'"],
  [['show'], 2, "missing required argument 'run'"],
  [['show', 'runs/none'], 2, 'holds no run. Expected log.csv, log.jsonl, last.safetensors or run.json in it'],
  [['show', 'runs/a/log.csv'], 2, 'there is no folder'],
  [['show', 'broken'], 1, "log.csv' holds something else"],
  [['show', 'record'], 1, 'the record of a run is damaged'],
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
