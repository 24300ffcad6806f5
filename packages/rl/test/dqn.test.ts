import { setDefaultBackend } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Linear, Module } from '@gai/nn';
import { Box, Discrete, makeVec, SyncVectorEnv } from '@gai/rl';
import type { Env, StepResult } from '@gai/rl';
import { DQN, evaluatePolicy, PPO, QNetwork } from '@gai/rl/deep';
import type { DQNOptions } from '@gai/rl/deep';
import { tensor, toArray } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

/** One of four signs is shown; the action of its number is paid 1. Cut off after eight steps, never over. */
class Signs implements Env<number, number> {
  readonly observationSpace = new Discrete(4);
  readonly actionSpace = new Discrete(4, { start: 10 });
  #sign = 0;
  #steps = 0;

  reset({ seed }: { seed?: number | undefined } = {}) {
    if (seed !== undefined) this.#sign = seed % 4;
    this.#steps = 0;
    return { observation: this.#sign, info: {} };
  }

  step(action: number): StepResult<number> {
    const reward = action - 10 === this.#sign ? 1 : 0;
    this.#sign = (this.#sign * 3 + this.#steps++ + 1) % 4;
    return { observation: this.#sign, reward, terminated: false, truncated: this.#steps === 8, info: {} };
  }
}

const signs = () => new SyncVectorEnv(Array.from({ length: 4 }, () => () => new Signs()));
const FAST: DQNOptions = {
  learningRate: 0.005,
  learningStarts: 64,
  batchSize: 32,
  bufferSize: 2000,
  trainFreq: 8,
  gradientSteps: 8,
  targetUpdateInterval: 64,
  explorationFraction: 0.5,
  policyKwargs: { netArch: [32] },
  seed: 0,
};

describe('learning', () => {
  it.each<readonly [string, DQNOptions]>([
    ['as it is', { gamma: 0.5 }],
    ['with all but distributions', { gamma: 0.5, doubleQ: true, dueling: true, prioritizedReplay: true, nSteps: 3 }],
    ['atoms of returns', { gamma: 0.5, distributional: 'c51', nAtoms: 11, vMin: 0, vMax: 2 }],
    ['quantiles of returns', { gamma: 0.5, distributional: 'qr', nQuantiles: 8, dueling: true, tau: 0.5 }],
  ])('learns which action a sign asks for: %s', async (_, options) => {
    const agent = new DQN('MlpPolicy', signs(), { ...FAST, ...options });
    await agent.learn({ totalTimesteps: 1536 });
    expect((await evaluatePolicy(agent, new Signs(), { episodes: 4 })).mean).toBe(8);
    expect(await agent.predict(2, { deterministic: true })).toBe(12);
    const drawn = new Set<unknown>();
    agent.explorationRate = 1;
    for (let count = 0; count < 40; count++) drawn.add(await agent.predict(2));
    expect([...drawn].toSorted()).toEqual([10, 11, 12, 13]);
  });

  it('bootstraps where an episode was cut off: the value of staying is 1 / (1 − γ)', async () => {
    const stay: Env<Float32Array, number> = {
      observationSpace: new Box({ low: 0, high: 1, shape: [1] }),
      actionSpace: new Discrete(1),
      reset: () => ({ observation: Float32Array.of(1), info: {} }),
      step: () => ({ observation: Float32Array.of(1), reward: 1, terminated: false, truncated: true, info: {} }),
    };
    const agent = new DQN('MlpPolicy', stay, { ...FAST, gamma: 0.75, learningRate: 0.02, targetUpdateInterval: 8 });
    await agent.learn({ totalTimesteps: 400 });
    const [[value]] = (await toArray(agent.qNet.forward(tensor([[1]])))) as [[number]];
    expect(Math.abs(value - 4)).toBeLessThan(0.2);
  });

  it('a module of your own, made twice', async () => {
    class Own extends Module {
      readonly layer = new Linear({ inFeatures: 4, outFeatures: 4 });
      forward(observations: Tensor): Tensor {
        return this.layer.forward(observations);
      }
    }
    const agent = new DQN(() => new Own(), signs(), { ...FAST, gamma: 0, policyKwargs: undefined });
    await agent.learn({ totalTimesteps: 1536 });
    expect((await evaluatePolicy(agent, new Signs(), { episodes: 4 })).mean).toBe(8);
    expect(agent.checkpoint().progress['hasOwnPolicy']).toBe(true);
  });

  it('logs what Stable-Baselines3 does, every so many episodes', async () => {
    const rows: [number, Readonly<Record<string, number>>][] = [];
    const log = (step: number, row: Readonly<Record<string, number>>): void => void rows.push([step, row]);
    const agent = new DQN('MlpPolicy', signs(), { ...FAST, gradientSteps: -1 });
    await agent.learn({ totalTimesteps: 320, sinks: [{ name: 'rows', log }], logInterval: 8 });
    expect(Object.keys(rows[1]![1]).toSorted()).toEqual(
      (
        'rollout/ep_len_mean rollout/ep_rew_mean rollout/exploration_rate time/episodes time/fps time/time_elapsed ' +
        'time/total_timesteps train/learning_rate train/loss train/n_updates'
      ).split(' '),
    );
    // 4 envs: episodes end together every 32 steps, updates of 32 come every 32, from the 96th on; before, there is nothing of `train`.
    expect(rows[0]![1]['rollout/ep_len_mean']).toBe(8);
    expect(rows.map(([step, row]) => [step, row['time/episodes'], row['train/n_updates']])).toEqual([
      [64, 8, undefined],
      [128, 16, 64],
      [192, 24, 128],
      [256, 32, 192],
      [320, 40, 256],
    ]);
    expect(rows.at(-1)![1]['rollout/exploration_rate']).toBeCloseTo(0.05, 9);
  });

  it('updates at the end of episodes, if asked to', async () => {
    const agent = new DQN('MlpPolicy', new Signs(), {
      ...FAST,
      trainFreq: [2, 'episode'],
      gradientSteps: 1,
      learningStarts: 0,
    });
    const seen: number[] = [];
    const callback = { name: 'seen', onUpdateEnd: () => void seen.push(agent.numTimesteps) };
    await agent.learn({ totalTimesteps: 33, callbacks: [callback] });
    expect(seen).toEqual([16, 32, 48]);
  });
});

describe('QNetwork', () => {
  it('dueling: value and advantages whose mean is 0', async () => {
    const spaces = { observationSpace: new Box({ low: -1, high: 1, shape: [2] }), actionSpace: new Discrete(3) };
    const network = new QNetwork(spaces, { netArch: [4], dueling: true, atoms: 2 });
    const x = tensor([[0.3, -0.7]]);
    const outputs = (await toArray(network.forward(x))) as number[][][];
    const value = ((await toArray(network.valueHead!.forward(network.qNet.forward(x) as Tensor))) as number[][])[0]!;
    for (const atom of [0, 1]) {
      const mean = outputs[0]!.reduce((sum, action) => sum + action[atom]!, 0) / 3;
      expect(mean).toBeCloseTo(value[atom]!, 5);
    }
  });
});

describe('bad input', () => {
  it.each<readonly [object, string]>([
    [{ learningRates: 1 }, "Did you mean 'learningRate'?"],
    [{ bufferSize: 0 }, 'bufferSize 0; expected an integer ≥ 1'],
    [{ bufferSize: 1e12 }, 'the replay buffer is too large. Got bufferSize 1000000000000'],
    [{ learningStarts: -1 }, 'learningStarts -1'],
    [{ batchSize: 1.5 }, 'batchSize 1.5'],
    [{ gamma: 1.1 }, 'gamma 1.1; expected a number from 0 to 1'],
    [{ tau: Number.NaN }, 'tau NaN'],
    [{ trainFreq: 0 }, 'trainFreq is none. Got 0'],
    [{ trainFreq: [1, 'hours'] }, 'trainFreq is none. Got [1, hours]'],
    [{ gradientSteps: -2 }, 'gradientSteps -2'],
    [{ nSteps: 0 }, 'nSteps 0'],
    [{ targetUpdateInterval: 0 }, 'targetUpdateInterval 0'],
    [{ explorationFraction: 2 }, 'explorationFraction 2'],
    [{ explorationFinalEps: -0.1 }, 'explorationFinalEps -0.1'],
    [{ maxGradNorm: 0 }, 'maxGradNorm 0'],
    [{ learningRate: 'lin_x' }, 'learningRate is no schedule. Got "lin_x"'],
    [{ prioritizedReplayAlpha: 1.5 }, 'prioritizedReplayAlpha 1.5'],
    [{ distributional: 'iqn' }, 'unknown distribution. Got distributional "iqn"'],
    [{ distributional: 'c51', vMin: 1, vMax: 1 }, 'the support is empty. Got vMin 1 and vMax 1'],
    [{ distributional: 'c51', nAtoms: 1 }, 'nAtoms 1'],
    [{ nQuantiles: 0.5 }, 'nQuantiles 0.5'],
    [{ seed: -1 }, 'seed -1'],
    [{ policyKwargs: { netArch: [0] } }, 'netArch does not fit. Got [0]'],
    [{ policyKwargs: { activation: 'relu' } }, "Did you mean 'activationFn'?"],
  ])('refuses %j', (options, message) => {
    expect(() => new DQN('MlpPolicy', 'CartPole-v1', options as DQNOptions)).toThrow(message);
  });

  it('refuses spaces, networks, envs and files that do not fit', async () => {
    expect(() => new DQN('MlpPolicy', 'Pendulum-v1')).toThrow('expected a Discrete. Take PPO, or SAC for a Box.');
    expect(() => new DQN('LstmPolicy' as 'MlpPolicy', 'CartPole-v1')).toThrow(
      'there is no such policy. Got "LstmPolicy"',
    );
    expect(() => new DQN(() => ({}) as never, 'CartPole-v1')).toThrow('there is no such policy');
    const spaces = { observationSpace: new Box({ low: -1, high: 1, shape: [4] }), actionSpace: new Discrete(2) };
    const shared = new QNetwork(spaces);
    expect(() => new DQN(() => shared, 'CartPole-v1')).toThrow('Got the same module twice');
    expect(() => new DQN(() => new QNetwork(spaces), 'CartPole-v1', { dueling: true })).toThrow(
      "settings of 'MlpPolicy'",
    );
    const two = makeVec('CartPole-v1', { numEnvs: 2 });
    expect(() => new DQN('MlpPolicy', two, { trainFreq: [1, 'episode'] })).toThrow('Got 2 envs');
    const agent = new DQN('MlpPolicy', 'CartPole-v1', { bufferSize: 50 });
    await expect(agent.predict([0, 0, 0, 0], { actionMask: [1, 0] })).rejects.toThrow('it takes no action masks');
    await expect(agent.restore(new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 }).checkpoint())).rejects.toThrow(
      'Got replay undefined',
    );
  });
});

it('tells of episodes before it learns anything, with a row every four of them', async () => {
  const agent = new DQN('MlpPolicy', 'CartPole-v1', { bufferSize: 400, learningStarts: 1000, seed: 0 });
  const rows: Readonly<Record<string, number>>[] = [];
  await agent.learn({ totalTimesteps: 300, sinks: [{ name: 'rows', log: (_, row) => void rows.push(row) }] });
  expect(rows.length).toBe(Math.floor(agent.episodes.episodes / 4));
  expect(rows[0]).toMatchObject({ 'time/episodes': 4, 'rollout/exploration_rate': expect.any(Number) as number });
  expect(rows[0]!['rollout/ep_rew_mean']).toBeGreaterThan(0);
  expect(rows.every((row) => row['train/loss'] === undefined)).toBe(true);
});
