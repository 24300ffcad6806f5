import { data, mul, setDefaultBackend, sub, tensor } from '@gai/core';
import { key } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';
import type { Parameter } from '@gai/nn';
import { Box, SyncVectorEnv } from '@gai/rl';
import type { Env, StepResult } from '@gai/rl';
import { A2C, ActorCriticPolicy, normalActionNoise, PPO, SAC, TD3 } from '@gai/rl/deep';
import type { GaussianActor, OnPolicyOptions, SACOptions } from '@gai/rl/deep';
import { StateDependentGaussian } from '@gai/rl/distributions';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

/** Always shows the same, and keeps what was done. */
class Same implements Env<Float32Array, Float32Array> {
  readonly observationSpace = new Box({ low: -1, high: 1, shape: [3] });
  readonly actionSpace = new Box({ low: -100, high: 100, shape: [2] });
  readonly done: string[] = [];

  reset() {
    return { observation: Float32Array.of(0.5, -1, 1), info: {} };
  }

  step(action: Float32Array): StepResult<Float32Array> {
    this.done.push([...action].join());
    return {
      observation: Float32Array.of(0.5, -1, 1),
      reward: -(action[0]! ** 2),
      terminated: false,
      truncated: false,
      info: {},
    };
  }

  getState() {
    return {};
  }

  setState() {}
}

const numbers = async (x: Parameters<typeof data>[0]): Promise<number[]> => Array.from(await data(x), Number);

describe('the distribution', () => {
  it('draws a matrix per row, whose actions vary as it says', async () => {
    const rows = 4000;
    const features = tensor(
      new Float32Array(rows * 2).map((_, index) => (index % 2 === 0 ? 3 : -2)),
      { shape: [rows, 2] },
    );
    const mean = tensor(new Float32Array(rows), { shape: [rows, 1] });
    const explored = new StateDependentGaussian(mean, tensor([[-0.5], [0.2]]), features);
    const drawn = await numbers(explored.sample(key(0)));
    expect(await numbers(explored.sample(key(0)))).toEqual(drawn);
    const deviation = Math.sqrt(9 * Math.exp(-1) + 4 * Math.exp(0.4));
    const found = Math.sqrt(drawn.reduce((total, value) => total + value ** 2, 0) / rows);
    expect(Math.abs(found / deviation - 1)).toBeLessThan(0.04);
    const [entropy] = await numbers(explored.entropy());
    expect(Math.abs(entropy! - (Math.log(deviation) + 0.5 * Math.log(2 * Math.PI * Math.E)))).toBeLessThan(1e-4);
  });

  it('with one matrix, noise is linear in the features', async () => {
    const noise = tensor([
      [1, -1],
      [0.5, 2],
    ]);
    const at = (scale: number) =>
      new StateDependentGaussian(tensor([[0, 0]]), tensor([[0, 0.5], [0.5, 0]]), mul(tensor([[1, 2]]), scale)); // prettier-ignore
    const [once, twice] = [await numbers(at(1).fromNoise(noise)), await numbers(at(2).fromNoise(noise))];
    expect(twice.map((value, index) => Math.abs(value - 2 * once[index]!) < 1e-5)).toEqual([true, true]);
    expect(once[0]).toBeCloseTo(1 + 2 * 0.5 * Math.exp(0.5), 5);
  });

  it('refuses deviations of other sizes', () => {
    const [mean, features] = [tensor([[0, 0]]), tensor([[1, 2, 3]])];
    expect(() => new StateDependentGaussian(mean, tensor([0, 0]), features)).toThrow(
      'Got [2] for mean [1,2] and features [1,3]; expected [3,2]',
    );
  });
});

describe('agents', () => {
  const run = async (options: OnPolicyOptions, steps = 12) => {
    const envs = [new Same(), new Same()];
    const vector = new SyncVectorEnv(envs.map((env) => () => env));
    const settings = { nSteps: 6, batchSize: 12, nEpochs: 1, learningRate: 0, seed: 0, ...options };
    await new PPO('MlpPolicy', vector, settings).learn({ totalTimesteps: 2 * steps });
    return envs.map(({ done }) => done);
  };
  /** Where an action differs from the one before. */
  const changes = (done: readonly string[]): number[] =>
    done.flatMap((action, step) => (step > 0 && action !== done[step - 1] ? [step] : []));

  it('keep their noise for as many steps as they are told, or for a rollout', async () => {
    const [one, two] = await run({ useSde: true, sdeSampleFreq: 4 });
    expect([changes(one!), changes(two!)]).toEqual([
      [4, 6, 10],
      [4, 6, 10],
    ]);
    expect(one!.some((action) => two!.includes(action))).toBe(false);
    expect(changes((await run({ useSde: true }))[0]!)).toEqual([6]);
    // A policy that explores so keeps its noise, however it was told.
    expect(changes((await run({ policyKwargs: { useSde: true } }))[0]!)).toEqual([6]);
    expect(changes((await run({}))[0]!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('go on from a file within a rollout, noise included', async () => {
    const make = () => new SyncVectorEnv([() => new Same()]);
    const options = { useSde: true, sdeSampleFreq: 3, nSteps: 8, seed: 1 };
    const whole = new A2C('MlpPolicy', make(), options);
    let saved = whole.checkpoint();
    const callback = { name: 'save', onStep: () => void (whole.numTimesteps === 13 && (saved = whole.checkpoint())) };
    await whole.learn({ totalTimesteps: 32, callbacks: [callback] });
    const agent = await A2C.load(saved, { env: make() });
    await agent.learn({ totalTimesteps: 32 - 13, resetNumTimesteps: false });
    const weights = ({ policy }: A2C) => numbers(policy.stateDict()['logStd']!);
    expect(await weights(agent)).toEqual(await weights(whole));
    expect((agent.policy as ActorCriticPolicy).useSde).toBe(true);
    expect(Math.max(...(await numbers(sub(agent.policy.stateDict()['logStd']!, 0))).map(Math.abs))).toBeGreaterThan(0);
  });

  it('refuse it for choices, modules and settings that are none', () => {
    expect(() => new PPO('MlpPolicy', 'CartPole-v1', { useSde: true })).toThrow('Got useSde for Discrete(2)');
    const spaces = { observationSpace: new Same().observationSpace, actionSpace: new Same().actionSpace };
    const own = new ActorCriticPolicy(spaces);
    expect(() => new PPO(own, new Same(), { useSde: true })).toThrow('policyKwargs and useSde are settings of');
    expect(() => new PPO('MlpPolicy', new Same(), { useSde: 1 as never })).toThrow('useSde is no yes or no');
    expect(() => new PPO('MlpPolicy', new Same(), { sdeSampleFreq: 0.5 })).toThrow('sdeSampleFreq 0.5');
    expect(() => new PPO('MlpPolicy', new Same(), { sdeSampleFreq: 4 })).toThrow('Got sdeSampleFreq 4 without useSde');
  });
});

describe('SAC', () => {
  const SMALL = { bufferSize: 100, batchSize: 8, seed: 0, policyKwargs: { netArch: [8], logStdInit: 0 } };
  const still = { ...SMALL, learningStarts: 0, learningRate: 0, trainFreq: 6, useSde: true };
  const run = async (options: SACOptions) => {
    const envs = [new Same(), new Same()];
    await new SAC('MlpPolicy', new SyncVectorEnv(envs.map((env) => () => env)), options).learn({ totalTimesteps: 24 });
    return envs.map(({ done }) => done);
  };
  const changes = (done: readonly string[]): number[] =>
    done.flatMap((action, step) => (step > 0 && action !== done[step - 1] ? [step] : []));

  it('keeps its noise for as many steps as it is told, or from update to update', async () => {
    const [one, two] = await run({ ...still, sdeSampleFreq: 4 });
    expect([changes(one!), changes(two!)]).toEqual([
      [4, 6, 10],
      [4, 6, 10],
    ]);
    expect(one!.some((action) => two!.includes(action))).toBe(false);
    expect(changes((await run(still))[0]!)).toEqual([6]);
    // Uniform at first, unless it is told otherwise.
    expect(changes((await run({ ...still, learningStarts: 1000 }))[0]!)).toHaveLength(11);
    expect(changes((await run({ ...still, learningStarts: 1000, useSdeAtWarmup: true }))[0]!)).toEqual([6]);
    expect(changes((await run({ ...still, actionNoise: normalActionNoise({ sigma: 0.1 }) }))[0]!)).toHaveLength(11);
  });

  it('goes on from a file between two matrices, noise included', async () => {
    const make = () => new SyncVectorEnv([() => new Same()]);
    const options = { ...SMALL, useSde: true, sdeSampleFreq: 3, trainFreq: 8, gradientSteps: 2, learningStarts: 0 };
    const whole = new SAC('MlpPolicy', make(), options);
    let saved = whole.checkpoint();
    const callback = { name: 'save', onStep: () => void (whole.numTimesteps === 13 && (saved = whole.checkpoint())) };
    await whole.learn({ totalTimesteps: 32, callbacks: [callback] });
    const agent = await SAC.load(saved, { env: make() });
    await agent.learn({ totalTimesteps: 32 - 13, resetNumTimesteps: false });
    const weights = async ({ policy, replayBuffer }: SAC) => [
      ...(await numbers((policy.actor as GaussianActor).logStd as Parameter)),
      ...replayBuffer.actions,
    ];
    expect(await weights(agent)).toEqual(await weights(whole));
    expect((await weights(agent))[0]).not.toBe(0);
    const drawn = [1, 2].map(() => agent.predict(Float32Array.of(0.5, -1, 1)));
    expect(await drawn[0]).not.toEqual(await drawn[1]);
  });

  it.each<readonly [string, () => unknown, string]>([
    ['settings without it', () => new SAC('MlpPolicy', new Same(), { sdeSampleFreq: 2 }), 'without useSde'],
    ['its deviations without it', () => new SAC('MlpPolicy', new Same(), SMALL), 'Got 0 without useSde'],
    [
      'frequencies that are none',
      () => new SAC('MlpPolicy', new Same(), { ...still, sdeSampleFreq: 0.5 }),
      'Got sdeSampleFreq 0.5',
    ],
    [
      'a yes that is none',
      () => new SAC('MlpPolicy', new Same(), { ...SMALL, useSde: 1 as never }),
      'useSde is no yes or no',
    ],
    ['TD3', () => new TD3('MlpPolicy', new Same(), { policyKwargs: { logStdInit: 0 } as object }), "'logStdInit'"],
  ])('%s are refused', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
