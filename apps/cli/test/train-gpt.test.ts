import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { writeTokens } from '@gai/data/node';
import { AutoModelForCausalLM, generate } from '@gai/transformer';
import { AutoTokenizer } from '@gai/transformer/text';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunClock } from '../src/gpt/clock.ts';
import { lengthOf } from '../src/gpt/length-of.ts';
import { claimRun, ownedStorage, writeRecord } from '../src/gpt/record.ts';
import { StepPace } from '../src/gpt/step-pace.ts';
import { secondsOf } from '../src/gpt/train-model.ts';
import { run } from '../src/run.ts';
import { gai } from './support.ts';
import type { Outcome } from './support.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

/** Sentences that are easily foreseen. */
const SENTENCES = Array.from({ length: 240 }, (_, i) => `The ${['cat', 'dog', 'bird'][i % 3]} sat on mat ${i % 7}.\n`);

const RUN = {
  preset: 'quick',
  seed: 0,
  text: null,
  steps: 1,
  seconds: null,
  heldOut: '0'.repeat(64),
  tokenizer: '0'.repeat(64),
  finished: false,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-train-gpt-'));
  await writeFile(at('text.txt'), SENTENCES.join(''));
  await writeFile(at('short.txt'), 'too short');
  await writeFile(at('empty.txt'), '');
  await writeFile(at('latin.txt'), Uint8Array.of(0x61, 0xe9, 0x62));
  for (const name of ['empty', 'one', 'damaged', 'other', 'no-checkpoint', 'run-seed', 'finished'])
    await mkdir(at(name));
  await writeFile(at('one/a.txt'), 'the only document');
  await writeFile(at('damaged/run.json'), '{"preset":"gigantic"}');
  await writeFile(at('other/run.json'), 'no JSON');
  await writeFile(at('one/run.json'), JSON.stringify({ ...RUN, baselines: { kn3: 'little' } }));
  for (const name of ['no-checkpoint', 'run-seed']) await writeFile(at(`${name}/run.json`), JSON.stringify(RUN));
  await writeFile(at('finished/run.json'), JSON.stringify({ ...RUN, steps: null, finished: true }));
});
afterAll(() => rm(folder, { recursive: true }));

const train = (...args: string[]): Promise<Outcome> =>
  gai('train', 'gpt', '--preset', 'quick', '--device', 'cpu', '--threads', '1', ...args);

/** As `train`, interrupted as by Ctrl-C at the first line that says how far it is. */
async function interrupted(...args: string[]): Promise<number> {
  let isSent = false;
  const write = (text: string): void => {
    if (isSent || !text.startsWith('step ')) return;
    isSent = true;
    process.emit('SIGINT');
  };
  const quick = ['train', 'gpt', '--preset', 'quick', '--device', 'cpu', '--threads', '1'];
  return run([...quick, ...args], { stdout: { write: () => undefined }, stderr: { write } });
}

/** SHA-256 of a file: the test runner takes minutes to compare its bytes. */
const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

const lastLine = ({ stdout }: Outcome): Record<string, number> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as never;

describe('gai train gpt', () => {
  it('trains a model that others read, and goes on where it was interrupted', async () => {
    const settings = ['--text', at('text.txt'), '--steps', '4', '--seed', '3', '--json'];
    const whole = await train(...settings, '--out', at('whole'));
    expect(whole.stderr).toContain('3-grams foresee the text that is held out at');
    expect(whole.stderr).toMatch(/step 1 {2}loss \d\.\d{3} {2}[\d,]+ tokens\/s {2}25 % {2}eta \d/);
    expect(whole.stderr).toMatch(
      /Measuring [\d,]+ tokens of the text that is held out; the model is in .* already\.\n/,
    );
    expect(whole.code).toBe(0);
    const result = lastLine(whole);
    expect(Object.keys(result)).toEqual(
      'valNatsPerChar kn3 kn5 parameters tokensPerSecond steps seconds baselineCharacters'.split(' '),
    );
    expect(result).toMatchObject({ steps: 4 });
    expect(result['baselineCharacters']! / SENTENCES.join('').length).toBeCloseTo(0.9, 1);
    expect(result['kn5']).toBeLessThan(result['kn3']!);
    expect(result['valNatsPerChar']).toBeGreaterThan(0.1);
    expect(result['valNatsPerChar']).toBeLessThan(4);

    expect(await interrupted(...settings, '--out', at('parts'))).toBe(130);
    const record = JSON.parse(await readFile(at('parts/run.json'), 'utf8')) as { baselines: { kn3: number } };
    expect(record.baselines.kn3).toBeCloseTo(result['kn3']!, 4);
    // It counts nothing again.
    const counted = { ...record, baselines: { ...record.baselines, kn3: 9.5 } };
    await writeFile(at('parts/run.json'), JSON.stringify(counted));
    const resumed = await train('--out', at('parts'), '--resume', '--json');
    expect(lastLine(resumed)['kn3']).toBe(9.5);
    expect(lastLine(resumed)['valNatsPerChar']).toBe(result['valNatsPerChar']);
    expect(await digest(at('parts/model.safetensors'))).toBe(await digest(at('whole/model.safetensors')));

    const again = await train(...settings, '--remat', '--out', at('again'));
    expect(lastLine(again)['valNatsPerChar']).toBeCloseTo(result['valNatsPerChar']!, 4);

    await using backend = await nodeBackend({ device: 'cpu', threads: 1 });
    setDefaultBackend(backend);
    const model = await AutoModelForCausalLM.fromPretrained(at('whole'));
    const tokenizer = await AutoTokenizer.fromPretrained(at('whole'));
    const { ids } = tokenizer.encode('The cat');
    expect(tokenizer.decode(ids)).toBe('The cat');
    const { sequences } = await generate(model, [ids], { maxNewTokens: 3 });
    expect(sequences[0]!.length).toBeGreaterThan(0);
  }, 300_000);

  it('does not begin a run where there is one, and leaves it as it is', async () => {
    const files = ['tokenizer.json', 'train.tokens', 'run.json', 'last.safetensors', 'model.safetensors'];
    const read = (): Promise<string[]> => Promise.all(files.map((name) => digest(at(`whole/${name}`))));
    const before = await read();
    const { code, stderr } = await train('--text', at('text.txt'), '--steps', '2', '--out', at('whole'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('train gpt: the folder holds a run')]);
    expect(await read()).toEqual(before);
  });

  it.each([
    ['model-00001-of-00002.safetensors', 'another model'],
    ['llama.gguf', 'another model'],
    ['pytorch_model.bin', 'another model'],
    ['tokenizer.json', 'another model'],
    ['last.safetensors', 'a run'],
    ['run.json', 'a run of another kind'],
  ])('does not begin a run beside %s', async (name, what) => {
    const out = at(`beside-${name}`);
    await mkdir(out);
    await writeFile(join(out, name), 'not ours');
    const { code, stderr } = await train('--text', at('text.txt'), '--steps', '1', '--out', out);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`train gpt: the folder holds ${what}. Got ${name}`)]);
    expect(await readdir(out)).toEqual([name]);
  });

  it('writes nothing any more where another process has begun', async () => {
    const out = at('taken');
    const begun = { ...RUN, preset: 'quick' as const };
    const [first, other] = [await claimRun(out, begun), await claimRun(out, begun)];
    await expect(writeRecord(out, { ...first, finished: true })).rejects.toThrow(
      'another process trains in this folder',
    );
    const files = ownedStorage(out, first.owner);
    await expect(files.writeAtomic(join(out, 'last.safetensors'), [])).rejects.toThrow('another process trains');
    await writeRecord(out, { ...other, seed: 5 });
    expect(await readdir(out)).toEqual(['run.json']);
    expect(JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))).toMatchObject({ seed: 5, finished: false });
  });

  it('does not go on where the held-out documents are others, from wherever the path is meant', async () => {
    const record = JSON.parse(await readFile(at('whole/run.json'), 'utf8')) as object;
    expect(record).toMatchObject({ text: at('text.txt'), finished: true });
    await writeFile(at('moved.txt'), `One more. ${SENTENCES.join('')}`);
    await writeFile(at('whole/run.json'), JSON.stringify({ ...record, text: at('moved.txt') }));
    const { code, stderr } = await train('--out', at('whole'), '--resume');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the held-out documents are other ones')]);
    await writeFile(at('whole/run.json'), JSON.stringify(record));
    const path = relative(process.cwd(), at('text.txt'));
    expect((await train('--out', at('whole'), '--resume', '--text', path)).code).toBe(0);
  }, 300_000);

  it('does not go on with the ids of another tokenizer', async () => {
    await writeTokens(at('parts/train.tokens'), [[1, 2, 3]], { vocabSize: 5, separator: 0 });
    const { code, stderr } = await train('--out', at('parts'), '--resume');
    expect([code, stderr]).toEqual([1, expect.stringContaining('train gpt: the tokenizer is another one')]);
  });

  it.each<[what: string, args: () => string[], code: number, words: string]>([
    ['a text that is not there', () => ['--text', at('nowhere')], 1, 'the text cannot be read. Got ENOENT'],
    ['an empty file', () => ['--text', at('empty.txt')], 1, 'there is too little text'],
    ['a short file', () => ['--text', at('short.txt')], 1, 'there is too little text'],
    ['a folder of one text', () => ['--text', at('one')], 1, 'there is too little text'],
    ['a folder without texts', () => ['--text', at('empty')], 1, 'there is no text. Got no file ending in .txt'],
    ['a file that is no text', () => ['--text', at('latin.txt')], 1, 'the file is no text'],
    ['a text without a name', () => ['--out', at('out'), '--text'], 2, 'argument missing'],
    ['an unknown preset', () => ['--preset', 'huge'], 2, 'Allowed choices are quick, standard, long'],
    ['no steps', () => ['--steps', '0'], 2, "Got '0'; expected a whole number of 1 or more"],
    ['half a second', () => ['--seconds', '0.5'], 2, "Got '0.5'"],
    ['steps and seconds', () => ['--steps', '5', '--seconds', '5'], 2, 'cannot be used with'],
    ['a negative seed', () => ['--seed', '-1'], 2, "Got '-1'"],
    ['an unknown device', () => ['--device', 'tpu'], 2, 'tpu'],
    ['an extra argument', () => ['novel.txt'], 2, 'too many arguments'],
    ['a misspelt option', () => ['--txt', 'a'], 2, 'Did you mean --text?'],
    ['an output folder that is a file', () => ['--text', at('text.txt'), '--out', at('text.txt')], 1, 'text.txt'],
    ['nothing to go on with', () => ['--resume', '--out', at('empty')], 1, 'there is no run to go on with. Got ENOENT'],
    ['a run without a checkpoint', () => ['--resume', '--out', at('no-checkpoint')], 1, 'last.safetensors'],
    [
      'a run of another seed',
      () => ['--resume', '--seed', '7', '--out', at('run-seed')],
      2,
      'Got --seed 7; expected 0',
    ],
    ['a run of another text', () => ['--resume', '--text', 'a.txt', '--out', at('run-seed')], 2, 'Got --text a.txt'],
    ['baselines that are none', () => ['--resume', '--out', at('one')], 1, 'this is no record of a run'],
    ['a finished run', () => ['--resume', '--out', at('finished')], 2, 'the run is finished'],
    ['a run of an unknown preset', () => ['--resume', '--out', at('damaged')], 1, 'this is no record of a run'],
    ['a record that is no JSON', () => ['--resume', '--out', at('other')], 1, 'this is no record of a run'],
  ])('%s', async (_, args, code, words) => {
    const given = args();
    const out = given.includes('--out') ? [] : ['--out', at('out')];
    const outcome = await train(...given, ...out);
    expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(words)]);
    expect(outcome.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
    expect(outcome.stdout).toBe('');
  });
});

it.each([
  [{ sums: { seconds: 2 }, history: [{ seconds: 3 }, { loss: 1 }] }, 5],
  [{ sums: null, history: 'none' }, 0],
  [{ sums: { seconds: '4' }, history: [null, 1] }, 0],
])('reads the seconds of a progress that is not checked yet: %j', (progress, seconds) => {
  expect(secondsOf({ step: 1, tensors: {}, progress })).toBe(seconds);
});

it('says where reading has left less than half of the time', () => {
  const said: string[] = [];
  const length = (run: object): unknown =>
    lengthOf({ steps: null, seconds: null, preset: 'quick', spent: 80, ...run }, (text) => said.push(text));
  expect(length({ steps: 7 })).toEqual({ steps: 7 });
  expect(length({ training: 45 })).toEqual({ seconds: 45, least: 45 });
  expect(length({ seconds: 200 })).toEqual({ seconds: 120, least: 20 });
  expect(said).toEqual([]);
  expect(length({ seconds: 110 })).toEqual({ seconds: 30, least: 20 });
  expect(length({})).toEqual({ seconds: 20, least: 20 });
  expect(length({ seconds: 5 })).toEqual({ seconds: 5, least: 5 });
  expect(said).toEqual([
    expect.stringContaining('Reading took 80 of 110 seconds: 30 are left to train and to measure.'),
    expect.stringContaining('Reading took 80 of 60 seconds: training takes 20 all the same, so the run takes longer.'),
    expect.stringContaining('Reading took 80 of 5 seconds: training takes 5 all the same, so the run takes longer.'),
  ]);
});

it('trains for the least time, whatever a busy machine needs to measure', () => {
  const clock = new RunClock({ seconds: 30, least: 20 }, 10);
  clock.keep(500);
  expect(clock.done(1)).toBeCloseTo(0.5, 1);
  expect(clock.left(1, 9)).toBeCloseTo(10, 0);
  clock.keep(6);
  expect(clock.done(1)).toBeCloseTo(10 / 24, 1);
});

it('takes the pace of the training alone, and of the latest steps where the machine was busy before', () => {
  const pace = new StepPace();
  let now = 0;
  const steps = (count: number, ms: number): void => {
    for (let step = 0; step < count; step += 1) pace.add((at += 1), (now += ms));
  };
  let at = 0;
  steps(9, 5000);
  expect(pace.seconds()).toBeUndefined(); // Those were compiled.
  steps(20, 3000);
  now += 40_000;
  pace.pause(40_000); // A sample was written.
  steps(20, 1000);
  expect(pace.seconds()).toBeCloseTo(2, 9);
  expect(pace.seconds({ recent: true })).toBeCloseTo(1, 9);
  steps(20, 5000);
  expect(pace.seconds({ recent: true })).toBe(pace.seconds()); // Slower now: that may pass.
});
