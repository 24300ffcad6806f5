import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peerNames } from './contenders/index.ts';
import { parseAgents } from './agents-options.ts';
import { parseGenerate } from './generate-options.ts';
import { folderName } from './generate/prepare.ts';
import { compare, total } from './generate/same-tokens.ts';
import { interleave, median } from './interleave.ts';
import { kernelTimes, kernelsOf, opTimes, totalMs } from './kernels.ts';
import type { KernelEvent } from './kernels.ts';
import { gpt } from './models/gpt.ts';
import { models } from './models/index.ts';
import { lenet } from './models/lenet.ts';
import { mlp } from './models/mlp.ts';
import { parseProfile } from './profile.ts';
import { formatJson, formatTable } from './report.ts';
import type { Row } from './report.ts';
import { parseTrain } from './train-options.ts';
import { UsageError } from './usage.ts';

describe('agents', () => {
  test('reads its options', () => {
    expect(parseAgents(['--agents', 'dqn', '--steps', '512', '--contenders', 'none', '--json'])).toEqual({
      agents: ['dqn'],
      env: undefined,
      steps: 512,
      rounds: 5,
      hasPeer: false,
      json: true,
    });
    expect(parseAgents([])).toMatchObject({ agents: ['ppo', 'dqn', 'sac', 'td3'], hasPeer: true });
    expect(parseAgents(['--env', 'Acrobot-v1']).env).toBe('Acrobot-v1');
  });

  test.each([
    [['--agents', 'dqn,ddpg'], "there is no agent 'ddpg'. Choose from ppo, dqn, sac, td3."],
    [['--contenders', 'rllib'], "there is no contender 'rllib'"],
    [['--steps', '0'], '--steps is not a count'],
    [['--rounds', 'x'], "--rounds is not a count. Got 'x'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseAgents(args)).toThrow(UsageError);
    expect(() => parseAgents(args)).toThrow(message);
  });
});

describe('train', () => {
  test('reads its options', () => {
    const line = ['--json', '--models', 'lenet,mlp', '--contenders', 'jax-js', '--threads', '1', '--clock', 'cpu'];
    expect(parseTrain(line)).toEqual({
      models: [mlp, lenet],
      contenders: ['jax-js'],
      threads: 1,
      rounds: 15,
      clock: 'cpu',
      json: true,
      browser: false,
    });
    expect(parseTrain(['--browser']).models).toEqual([mlp, gpt]);
    expect(parseTrain([])).toMatchObject({ models, contenders: peerNames, threads: undefined, clock: 'wall' });
    expect(parseTrain(['--contenders', 'none']).contenders).toEqual([]);
  });

  test.each([
    [['--models', 'mlp,vgg'], "there is no model 'vgg'. Choose from mlp, gpt, lenet, resnet20, depthwise."],
    [['--contenders', 'numpy'], "there is no contender 'numpy'"],
    [['--threads', '0'], '--threads is not a count'],
    [['--clock', 'sun'], "there is no clock 'sun'"],
    [['--clock', 'cpu'], 'use --threads 1'],
    [['--clock', 'cpu', '--threads', '1', '--browser'], 'a page has no --clock cpu'],
  ])('refuses %j', (args, message) => {
    expect(() => parseTrain(args)).toThrow(UsageError);
    expect(() => parseTrain(args)).toThrow(message);
  });

  const row: Row = {
    runtime: 'node',
    model: 'mlp',
    contender: 'jax-js',
    threads: 1,
    stepMs: 2,
    peerThreads: 1,
    peerStepMs: 7,
    peerOverOurs: 3.5,
    shareOfPeak: 1 / 3,
  };

  test('writes rows for programs', () => {
    expect(JSON.parse(formatJson([row]))).toEqual({ rows: [{ ...row, shareOfPeak: 0.3333 }] });
  });

  test('writes a table for people, with the bars', () => {
    const own = { ...row, contender: 'gai', peerStepMs: 2, peerOverOurs: 1 };
    const rows = [own, row, { ...own, threads: 2, scaling: 0.8 }, { ...row, peerOverOurs: 2.9 }];
    const first = { model: 'gpt', contender: 'first step', threads: 1, stepMs: 600 } as const;
    expect(formatTable(rows, [first])).toMatchInlineSnapshot(`
      "model  beside  threads  ours ms  peer ms  peer/ours  bar        of peak  bar          scaling  bar
      mlp    gai           1     2.00                                    33 %  missed 60 %
      mlp    jax-js        1     2.00     7.00       3.5x  ≥ 3x
      mlp    gai           2     2.00                                    33 %                  80 %  ≥ 75 %
      mlp    jax-js        1     2.00     7.00       2.9x  missed 3x

      gpt: the first step takes 600 ms in a new process (bar: missed 500 ms)"
    `);
  });
});

describe('generate', () => {
  test('reads its options', () => {
    const all = { model: 'gpt2', contenders: ['transformers.js', 'llama.cpp'], starts: 3, rounds: 3, prompts: 20 };
    expect(parseGenerate([])).toEqual({ ...all, json: false });
    const line = ['--json', '--contenders', 'none', '--model', '/models/smol', '--prompts', '2'];
    expect(parseGenerate(line)).toMatchObject({ json: true, contenders: [], model: '/models/smol', prompts: 2 });
    expect(() => parseGenerate(['--contenders', 'torch'])).toThrow("there is no contender 'torch'");
    expect(() => parseGenerate(['--starts', '0'])).toThrow('--starts is not a count');
  });

  test('keeps what is made of files of one name apart, in folders that are no .gguf files', () => {
    const root = mkdtempSync(join(tmpdir(), 'bench-'));
    const paths = ['a', 'b'].map((folder) => join(root, folder, 'model.gguf'));
    for (const path of paths) {
      mkdirSync(dirname(path));
      writeFileSync(path, 'GGUF');
    }
    const names = paths.map(folderName);
    rmSync(root, { recursive: true });
    expect(names).toEqual([expect.stringMatching(/^model-[\da-f]{8}$/), expect.stringMatching(/^model-[\da-f]{8}$/)]);
    expect(names[0]).not.toBe(names[1]);
    expect(folderName('gpt2')).toBe('gpt2');
  });

  test('counts what is the same up to the first difference', () => {
    const of = (...ids: number[]) => ({ ids: [ids], ms: [] });
    const ours = { ...of(1, 2, 3), margins: [1, 1e-5, 1] };
    const found = [of(1, 2, 3), of(1, 7, 3), of(1, 2, 8)].map((theirs) => compare(ours, theirs));
    expect(found).toEqual([
      { compared: 3, narrow: 0, wrong: [] },
      { compared: 1, narrow: 1, wrong: [] },
      { compared: 2, narrow: 0, wrong: [1] },
    ]);
    expect(total(found)).toEqual({ compared: 6, narrow: 1, wrong: [1] });
  });
});

describe('interleave', () => {
  test('takes the middle of its times', () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  test('takes turns; a slow task has fewer, and one elsewhere times itself', async () => {
    const turns: string[] = [];
    const task = (name: string, ms: number) => ({
      name,
      run: async () => undefined,
      time: async () => (turns.push(name), { wall: ms, cpu: ms }),
    });
    const options = { rounds: 4, clock: 'wall', blockMs: 10, limitMs: 40 } as const;
    const timings = await interleave([task('fast', 10), task('slow', 20)], options);
    expect(timings).toEqual([
      { ms: 10, cores: 1 },
      { ms: 20, cores: 1 },
    ]);
    expect(turns.join(' ')).toBe('fast slow fast fast fast slow');
  });
});

describe('profile', () => {
  const event = (name: string, dur: number, [op_name, ...shapes]: [string, ...number[][]]): KernelEvent => {
    const types = shapes.map((shape) => ({ float: shape }));
    const args = { op_name, input_type_shape: types.slice(0, -1), output_type_shape: types.slice(-1) };
    return { name: `${name}_kernel_time`, dur, args };
  };

  test('reads its options', () => {
    expect(parseProfile(['gpt', '--top', '3'])).toEqual({ model: gpt, threads: 1, steps: 20, top: 3 });
    expect(() => parseProfile([])).toThrow(UsageError);
    expect(() => parseProfile(['mlp', 'gpt'])).toThrow("there is no model 'mlp gpt'");
  });

  test('adds up kernels and op types; the first steps do not count', () => {
    const step = (ms: number): KernelEvent[] => [
      event('a', 1000 * ms, ['Gemm', [2, 3], [4, 3], [2, 4]]),
      event('b', 500 * ms, ['Add', [2, 4], [4], [2, 4]]),
      event('c', 500 * ms, ['Add', [2, 4], [4], [2, 4]]),
    ];
    const kernels = kernelTimes([step(100), step(1), step(3)].flat(), 3, 1);
    expect(kernels.map(({ name, ms, count }) => [name, ms, count])).toEqual([
      ['a', 2, 1],
      ['b', 1, 1],
      ['c', 1, 1],
    ]);
    expect(kernels[0]).toMatchObject({ op: 'Gemm', shapes: '[2,3] [4,3] → [2,4]', flops: 48 });
    expect(opTimes(kernels)).toMatchObject([
      { op: 'Gemm', count: 1, ms: 2 },
      { op: 'Add', count: 2, ms: 2, flops: 0 },
    ]);
  });

  test('counts the operations of products and convolutions', () => {
    const shapes: [string, ...number[][]][] = [
      ['MatMul', [5, 2, 3], [5, 3, 4], [5, 2, 4]],
      ['FusedMatMul', [5, 3, 2], [5, 3, 4], [5, 2, 4]],
      ['MatMul', [5, 2, 3], [3, 4], [5, 2, 4]],
      ['Conv', [1, 4, 8, 8], [6, 2, 3, 3], [1, 6, 6, 6]],
      ['ConvTranspose', [1, 6, 6, 6], [6, 2, 3, 3], [1, 4, 8, 8]],
    ];
    const flops = shapes.map((one) => kernelTimes([event('x', 1, one)], 1, 0)[0]!.flops);
    expect(flops).toEqual([240, 240, 240, 2 * 216 * 18, 2 * 216 * 18]);
  });

  test('counts the kernels of a loop, not the loop', () => {
    const body = [1, 2].map((ms) => event('body', 1000 * ms, ['Add', [2], [2], [2]]));
    const kernels = kernelTimes([event('loop', 3500, ['Scan', [2, 2], [2, 2]]), ...body], 1, 0);
    expect(kernels.map(({ op, count, ms }) => [op, count, ms])).toEqual([
      ['Scan', 1, 3.5],
      ['Add', 2, 3],
    ]);
    expect(totalMs(kernels)).toBe(3);
  });

  test('leaves out what is no kernel', () => {
    expect(kernelsOf([{ ...event('x', 1, ['Add', [1], [1]]), name: 'session_initialization' }])).toEqual([]);
  });
});
