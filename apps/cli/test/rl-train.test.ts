import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { loadCheckpoint } from '@gai/nn';
import { PPO } from '@gai/rl/deep';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { trainAgent } from '../src/rl/train-agent.ts';
import { gai } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'gai-train-'));

afterAll(() => rmSync(folder, { recursive: true }));

const last = (text: string): Record<string, number> =>
  JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, number>;

const train = (out: string, steps: number, ...more: string[]) => {
  const args = ['--env', 'cartpole', '--steps', String(steps), '--eval-episodes', '3', '--seed', '4', '--json'];
  return gai('rl', 'train', 'ppo', ...args, '--out', join(folder, out), ...more);
};

it('gai rl train learns, logs and saves; --resume goes on; gai rl eval plays what was saved', async () => {
  const whole = await train('whole', 768, '--preset');
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  const result = last(whole.stdout);
  expect(Object.keys(result)).toEqual(
    'meanReturn stdReturn steps stepsPerSecond stepsPerProcessorSecond seconds'.split(' '),
  );
  expect(result['steps']).toBe(768);
  const log = readFileSync(join(folder, 'whole', 'log.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(log[0]).toContain('rollout/ep_rew_mean');
  expect(log.slice(1).map((row) => row.split(',')[0])).toEqual(['256', '512', '768']);
  const file = join(folder, 'whole', 'last.safetensors');
  const evaluated = last((await gai('rl', 'eval', file, '--env', 'CartPole-v1', '--episodes', '3', '--json')).stdout);
  // Without --env it plays where it has learned.
  const seen = await gai('rl', 'watch', file, '--seed', '7', '--json');
  expect(seen).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^start\nstate \[[^]*\nstep 1 {2}action [01]/),
  });
  const shown = last(seen.stdout);
  expect(shown).toMatchObject({ env: 'CartPole-v1', policy: 'ppo', return: shown['steps'] });
  expect(last((await gai('rl', 'watch', file, '--seed', '7', '--json')).stdout)).toEqual(shown);
  expect(evaluated).toEqual({
    meanReturn: result['meanReturn'],
    stdReturn: result['stdReturn'],
    episodes: 3,
    steps: 768,
  });
  const more = last((await train('whole', 1024, '--resume')).stdout);
  expect(more['steps']).toBe(1024);
  expect(last((await train('whole', 1024, '--resume')).stdout)['stepsPerSecond']).toBe(0);
}, 60_000);

it.each([
  ['sac', 'pendulum'],
  ['td3', 'pendulum'],
  ['dqn', 'cartpole'],
])(
  'gai rl train %s: off-policy, saved with its buffer, and evaluated',
  async (name, env) => {
    const out = join(folder, name);
    const plain = ['rl', 'train', name, '--env', env, '--no-preset', '--eval-episodes', '1', '--json', '--out', out];
    expect(last((await gai(...plain, '--steps', '104')).stdout)['steps']).toBe(104);
    expect(last((await gai(...plain, '--steps', '108', '--resume')).stdout)['steps']).toBe(108);
    const file = join(out, 'last.safetensors');
    const { code, stdout } = await gai('rl', 'eval', file, '--env', env, '--episodes', '1', '--json');
    expect(code).toBe(0);
    expect(last(stdout)['steps']).toBe(108);
    const gif = join(out, 'played.gif');
    const watched = await gai('rl', 'watch', file, '--max-steps', '3', '--gif', gif, '--json');
    expect(last(watched.stdout)).toMatchObject({ policy: name, steps: 3 });
    expect(readFileSync(gif).subarray(0, 6).toString()).toBe('GIF89a');
  },
  60_000,
);

it('gai rl train reinforce: whole episodes of one env, saved, resumed and evaluated', async () => {
  const out = join(folder, 'reinforce');
  const plain = ['rl', 'train', 'reinforce', '--env', 'cartpole', '--eval-episodes', '1', '--json', '--out', out];
  const steps = last((await gai(...plain, '--steps', '60')).stdout)['steps']!;
  expect(steps).toBeGreaterThanOrEqual(60);
  expect(last((await gai(...plain, '--steps', String(steps + 1), '--resume')).stdout)['steps']).toBeGreaterThan(steps);
  const file = join(out, 'last.safetensors');
  expect(await gai('rl', 'eval', file, '--env', 'cartpole', '--episodes', '1')).toMatchObject({ code: 0, stderr: '' });
  const watched = await gai('rl', 'watch', file, '--max-steps', '2', '--stochastic', '--json');
  expect(last(watched.stdout)).toMatchObject({ policy: 'reinforce', steps: 2 });
  expect(await gai(...plain, '--steps', '9', '--envs', '2', '--out', join(folder, 'two'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('it learns from whole episodes of one env. Got 2 envs'),
  });
}, 60_000);

const numTimesteps = async (file: string): Promise<unknown> => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  return (await loadCheckpoint(file)).progress['numTimesteps'];
};

describe('what a run has learned is kept', () => {
  const file = join(folder, 'kept', 'last.safetensors');
  const plain = ['--env', 'cartpole', '--out', join(folder, 'kept'), '--eval-episodes', '1'];

  it('another run does not write over it, and --resume goes on with nothing else', async () => {
    expect((await train('kept', 256)).code).toBe(0);
    const { mtimeMs } = statSync(file);
    expect(await train('kept', 256)).toMatchObject({ code: 2, stderr: expect.stringContaining('(--resume)') });
    const cases: readonly (readonly [args: string[], message: string])[] = [
      [['ppo', '--seed', '5'], 'Got --seed 5; expected --seed 4'],
      [['ppo', '--envs', '3'], 'Got --envs 3; expected --envs 8'],
      [['ppo', '--no-preset'], "Got --no-preset; expected the preset's settings"],
      [['ppo', '--env', 'acrobot'], 'Got --env Acrobot-v1; expected --env CartPole-v1'],
      [['a2c'], 'Got a2c; expected ppo'],
    ];
    for (const [args, message] of cases) {
      const outcome = await gai('rl', 'train', ...plain, ...args, '--resume');
      expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    }
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    const other = await gai('rl', 'eval', file, '--env', 'acrobot');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('Got --env Acrobot-v1') });
  }, 60_000);

  it('Ctrl-C saves, shows no evaluation, and ends with 130', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const before = process.listenerCount('SIGINT');
    const running = train('stopped', 1_000_000);
    await vi.waitUntil(() => process.listenerCount('SIGINT') > before, { timeout: 20_000, interval: 5 });
    process.emit('SIGINT');
    const outcome = await running;
    vi.restoreAllMocks();
    expect(outcome).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('rl train: interrupted') });
    expect(existsSync(join(folder, 'stopped', 'last.safetensors'))).toBe(true);
  }, 60_000);

  it('it is saved while a run goes on, and not after an error', async () => {
    const out = join(folder, 'failed');
    const path = join(out, 'last.safetensors');
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 31_000));
    const write = (): boolean => {
      if (existsSync(path)) throw new Error('the terminal is gone');
      return true;
    };
    const options = { env: 'cartpole', steps: 1024, preset: true, device: 'cpu', threads: 1, evalEpisodes: 1, out };
    const streams = { stdout: { write: () => true }, stderr: { isTTY: true, write } };
    await expect(trainAgent('ppo', options, streams)).rejects.toThrow('the terminal is gone');
    vi.restoreAllMocks();
    expect(await numTimesteps(path)).toBe(256);
  }, 60_000);

  it('on a terminal the returns are a curve that is drawn over', async () => {
    let drawn = '';
    const stderr = { isTTY: true, columns: 60, write: (text: string) => (drawn += text) };
    const options = { env: 'cartpole', steps: 512, preset: true, device: 'cpu', threads: 1, evalEpisodes: 1 };
    await trainAgent('ppo', { ...options, out: join(folder, 'curve') }, { stdout: { write: () => true }, stderr });
    const [first, second] = drawn.replaceAll('\u001b[', '~').split('~J') as [string, string];
    expect(first).toMatch(/^█+░+ 256\/512 {2}return \d+\.\d {2}\d+ steps\/s~K\n$/);
    // The seed is none: the first line has a number or not, as the returns lie.
    expect(second).toMatch(/^~1A[ \d.]{8,}\|/);
    expect(second).toMatch(/steps~K\n█+ 512\/512 {2}return/);
    for (const line of (first + second).split('\n')) expect(line.replaceAll(/~\d*[AK]/g, '').length).toBeLessThan(60);
  }, 60_000);

  it('a log that cannot be written leaves no agent', async () => {
    mkdirSync(join(folder, 'no-log', 'log.csv'), { recursive: true });
    expect((await train('no-log', 256)).code).toBe(1);
    expect(existsSync(join(folder, 'no-log', 'last.safetensors'))).toBe(false);
  });

  it('the statistics of a preset have its discount after --resume, too', async () => {
    const out = join(folder, 'normal');
    const acrobot = ['--env', 'acrobot', '--out', out, '--eval-episodes', '1', '--envs', '1'];
    expect((await gai('rl', 'train', 'a2c', ...acrobot, '--steps', '10')).code).toBe(0);
    expect(await gai('rl', 'train', 'a2c', ...acrobot, '--steps', '20', '--resume')).toMatchObject({ code: 0 });
    const watched = await gai('rl', 'watch', join(out, 'last.safetensors'), '--max-steps', '2', '--json');
    expect(last(watched.stdout)).toMatchObject({ env: 'Acrobot-v1', policy: 'a2c', steps: 2 });
  }, 60_000);

  it('a file that a program wrote is played as it is', async () => {
    setDefaultBackend(await nodeBackend({ threads: 1 }));
    const own = join(folder, 'own.safetensors');
    await new PPO('MlpPolicy', 'CartPole-v1', { seed: 1 }).save(own);
    expect(await gai('rl', 'eval', own, '--env', 'cartpole', '--episodes', '1')).toMatchObject({ code: 0, stderr: '' });
  });
});
