import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
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
  const whole = await train('whole', 768);
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
