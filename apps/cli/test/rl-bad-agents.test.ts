import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend, tensor } from '@gai/core';
import { saveCheckpoint } from '@gai/nn';
import type { Checkpoint } from '@gai/nn';
import { PPO } from '@gai/rl/deep';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'gai-bad-agents-'));
const at = (name: string): string => join(folder, name);
const file = (name: string): string => at(`${name}.safetensors`);
type Progress = Record<string, unknown>;

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  const agent = new PPO('MlpPolicy', 'CartPole-v1', { nSteps: 8, batchSize: 8, nEpochs: 1, seed: 1 });
  await agent.learn({ totalTimesteps: 8 });
  const whole = agent.checkpoint();
  const progress = { ...whole.progress, run: { env: 'CartPole-v1', preset: false } } as Progress;
  const save = (name: string, changed: Progress, tensors = whole.tensors): Promise<void> =>
    saveCheckpoint(file(name), { ...whole, tensors, progress: { ...progress, ...changed } as Checkpoint['progress'] });
  const options = progress['options'] as Progress;
  const [first] = Object.keys(whole.tensors).filter((name) => /weight/.test(name));
  const { [first!]: _, ...lacking } = whole.tensors;
  await save('good', {});
  await save('kind', { agent: 'PPO2' });
  await save('seedless', { options: {} });
  await save('no-episodes', { episodes: null });
  await save('before-0', { numTimesteps: -1 });
  await save('in-words', { numTimesteps: 'many' });
  await save('gamma', { options: { ...options, gamma: 1.5 } });
  await save('unknown', { options: { ...options, gama: 0.9 } });
  await save('rate', { options: { ...options, learningRate: 'fast' } });
  await save('function', { options: { ...options, learningRate: { function: true } } });
  await save('own', { hasOwnPolicy: true });
  await save('beyond', { position: 9 });
  await save('state', { env: { envs: 'here' } });
  await save('drawn', { drawn: { steps: 0.5, predictions: 0 } });
  await save('nowhere', { run: null });
  await save('lacking', {}, lacking);
  await save('shape', {}, { ...whole.tensors, [first!]: tensor([1, 2, 3]) });
  const bytes = readFileSync(file('good'));
  writeFileSync(file('cut'), bytes.subarray(0, bytes.length >> 1));
  writeFileSync(file('head'), bytes.subarray(0, 6));
  const huge = Buffer.from(bytes);
  huge.fill(0xff, 0, 8);
  writeFileSync(file('huge'), huge);
  const noJson = Buffer.from(bytes);
  noJson[8] = 0x21;
  writeFileSync(file('no-json'), noJson);
  writeFileSync(file('empty'), '');
  mkdirSync(file('folder'));
  for (const name of ['before-0', 'beyond', 'state', 'lacking', 'cut']) {
    mkdirSync(at(name));
    writeFileSync(at(`${name}/last.safetensors`), readFileSync(file(name)));
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const evaluate = (name: string, ...more: string[]): string[] => [
  'rl',
  'eval',
  file(name),
  '--env',
  'cartpole',
  ...more,
];
const watch = (name: string, ...more: string[]): string[] => ['rl', 'watch', file(name), ...more];
const train = (name: string, ...more: string[]): string[] => ['rl', 'train', name, '--steps', '8', ...more];
const resume = (name: string): string[] => train('ppo', '--env', 'cartpole', '--resume', '--out', at(name));

type Case = readonly [name: string, args: string[], code: number, message: string];
const CASES: readonly Case[] = [
  ['an empty file', evaluate('empty'), 1, 'not a safetensors file'],
  ['a file of six bytes', evaluate('head'), 1, 'not a safetensors file'],
  ['a file cut in half', evaluate('cut'), 1, 'safetensors'],
  ['a header longer than the file', evaluate('huge'), 1, 'safetensors'],
  ['a header that is no JSON', evaluate('no-json'), 1, 'safetensors'],
  ['a folder for an agent', evaluate('folder'), 1, 'expected a file'],
  ['an agent of an unknown kind', evaluate('kind'), 2, 'holds no agent that this version knows'],
  ['an agent without a seed', evaluate('seedless'), 2, 'holds no agent that this version knows'],
  ['an agent without envs', evaluate('no-episodes'), 2, 'holds no agent that this version knows'],
  ['−1 steps', evaluate('before-0'), 1, 'Got numTimesteps -1'],
  ['steps in words', evaluate('in-words'), 1, 'Got numTimesteps "many"'],
  ['half a draw', evaluate('drawn'), 1, 'Got drawn.steps 0.5'],
  ['a discount of 1.5', evaluate('gamma'), 1, 'Got gamma 1.5'],
  ['a setting that there is not', evaluate('unknown'), 1, "Did you mean 'gamma'?"],
  ['a learning rate in words', evaluate('rate'), 1, 'learningRate is no schedule. Got "fast"'],
  ['a learning rate that was a function', evaluate('function'), 1, 'learningRate was a function'],
  ['a policy of its own', evaluate('own'), 1, 'has a policy of its own'],
  ['more steps than a rollout has', resume('beyond'), 1, 'Got a rollout of 9 steps; expected at most 8'],
  ['an env state that is none', resume('state'), 1, 'do not take their saved state'],
  ['a network without a weight', evaluate('lacking'), 1, 'weight'],
  ['a weight of another shape', evaluate('shape'), 1, 'weight'],
  ['going on from steps below 0', resume('before-0'), 1, 'Got numTimesteps -1'],
  ['going on without a weight', resume('lacking'), 1, 'weight'],
  ['going on from half a file', resume('cut'), 1, 'safetensors'],
  ['another environment', ['rl', 'eval', file('good'), '--env', 'acrobot'], 2, 'expected --env CartPole-v1'],
  ['no episodes', evaluate('good', '--episodes', '0'), 2, "Got '0'"],
  ['NaN episodes', evaluate('good', '--episodes', 'NaN'), 2, "Got 'NaN'"],
  ['a seed below 0', evaluate('good', '--seed', '-1'), 2, "Got '-1'"],
  ['no threads', evaluate('good', '--threads', '0'), 2, "Got '0'"],
  ['a device that there is not', evaluate('good', '--device', 'abacus'), 2, "'abacus'"],
  ['watching nothing', ['rl', 'watch'], 2, 'nothing to watch. Name the file'],
  ['watching an agent that is not there', watch('none'), 1, 'none.safetensors'],
  ['watching an agent of nowhere', watch('nowhere'), 2, 'does not say where its agent has learned'],
  ['watching it elsewhere', watch('good', '--env', 'pendulum'), 2, 'Got --env Pendulum-v1'],
  ['two who act', watch('good', '--policy', 'random'), 2, 'it has no --policy'],
  ['a trained agent that learns', watch('good', '--episodes', '5'), 2, 'it has no --episodes'],
  ['ice under a pole', watch('good', '--slippery'), 2, 'it has no --slippery'],
  ['draws of nobody', ['rl', 'watch', '--env', 'cartpole', '--stochastic'], 2, '--stochastic is for a trained agent'],
  ['no steps to watch', watch('good', '--max-steps', '0'), 2, "Got '0'"],
  ['a GIF below a file', watch('good', '--gif', join(file('good'), 'a.gif')), 1, 'cannot write'],
  ['a GIF over a folder', watch('good', '--gif', file('folder')), 1, 'it is a folder'],
  ['a question that there is not', ['rl', 'compare', 'ppo-clipp'], 2, 'Did you mean ppo-clip?'],
  ['agents without runs', ['rl', 'compare', 'ppo-clip', '--runs', '0'], 2, "Got '0'"],
  ['agents without steps', ['rl', 'compare', 'ppo-clip', '--share', '0'], 2, "Got '0'"],
  ['a share of a table', ['rl', 'compare', 'mc-vs-td', '--share', '0.5'], 2, '--share is for agents'],
  ['curves of agents over a folder', ['rl', 'compare', 'ppo-clip', '--svg', file('folder')], 1, 'it is a folder'],
  ['training in a problem', train('ppo', '--env', 'gambler'), 2, "unknown environment 'gambler'"],
  ['DQN for a torque', train('dqn', '--env', 'pendulum', '--out', at('d')), 1, 'expected a Discrete'],
  ['endless steps', train('ppo', '--env', 'cartpole', '--steps', '1e999'), 2, "Got '1e999'"],
  ['2,000 envs', train('ppo', '--env', 'cartpole', '--envs', '2000'), 2, "Got '2000'"],
  ['an output folder in a file', train('ppo', '--env', 'cartpole', '--out', join(file('good'), 'x')), 1, 'good'],
];

describe('bad input to what plays and trains agents', () => {
  it.each(CASES)('%s', async (_, args, code, message) => {
    const outcome = await gai(...args);
    expect(outcome.stderr.toLowerCase()).toContain(message.toLowerCase());
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toMatch(/\n\s+at |internal:/);
    expect(outcome.stderr.length).toBeLessThan(900);
    expect(outcome.stdout).toBe('');
  });

  it('agents are compared over steps and over seconds', async () => {
    const svg = at('clip.svg');
    const few = ['--runs', '2', '--share', '0.01', '--seed', '1'];
    const { code, stdout, stderr } = await gai('rl', 'compare', 'ppo-clip', ...few, '--svg', svg, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<
      'series' | 'timeSeries' | 'rows',
      unknown[]
    >;
    expect(result).toMatchObject({
      question: 'ppo-clip',
      runs: 2,
      seed: 1,
      columns: expect.arrayContaining(['steps to 400']),
    });
    expect([result.series.length, result.timeSeries.length, result.rows.length]).toEqual([3, 3, 3]);
    expect(result.rows[0]).toEqual(['clip 0.2', '20 epochs', expect.any(Number), 'never', '-', '0 of 2']);
    for (const name of ['clip.svg', 'clip-seconds.svg'])
      expect(readFileSync(at(name), 'utf8')).toMatch(/^<svg[^]*no clip/);
  }, 60_000);

  it('the same file unharmed plays', async () => {
    expect(await gai(...evaluate('good', '--episodes', '1'))).toMatchObject({ code: 0, stderr: '' });
  });
});
