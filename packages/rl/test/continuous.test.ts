import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { data, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Module } from '@gai/nn';
import { Box, SyncVectorEnv, make, makeVec } from '@gai/rl';
import type { Env, Space } from '@gai/rl';
import {
  ContinuousCritic,
  GaussianActor,
  SAC,
  TD3,
  checkpointCallback,
  evaluatePolicy,
  normalActionNoise,
  ornsteinUhlenbeckActionNoise,
} from '@gai/rl/deep';
import type { SACOptions, TD3Options } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const folder = mkdtempSync(join(tmpdir(), 'gai-continuous-'));
const SMALL = { learningStarts: 12, batchSize: 8, bufferSize: 60, policyKwargs: { netArch: [8] }, seed: 3 } as const;
const envs = (id = 'Pendulum-v1', numEnvs = 2) => makeVec(id, { numEnvs, envOptions: { maxEpisodeSteps: 15 } });
const OU = ornsteinUhlenbeckActionNoise({ sigma: 0.3, theta: 0.5 });

/** All weights, slots, rows, counters and statistics, as text. */
async function everything(agent: SAC | TD3): Promise<string> {
  const { tensors, step, updates, progress } = agent.checkpoint();
  const values = await Promise.all(Object.values(tensors).map((one) => data(one)));
  return JSON.stringify([step, updates, progress, Object.keys(tensors), values.map((value) => [...value].map(String))]);
}

describe('a run that goes on from a file is the uninterrupted one, bit for bit', () => {
  const runs: readonly (readonly [string, (id: string) => SAC | TD3, string])[] = [
    ['SAC', (id) => new SAC('MlpPolicy', envs(id), { ...SMALL, learningRate: 'lin_0.01' }), 'Pendulum-v1'],
    [
      'SAC with noise that remembers and updates in one run',
      (id) => new SAC('MlpPolicy', envs(id), { ...SMALL, actionNoise: OU, trainFreq: 3, gradientSteps: 2, nSteps: 3 }),
      'MountainCarContinuous-v0',
    ],
    ['TD3', (id) => new TD3('MlpPolicy', envs(id), { ...SMALL, actionNoise: OU }), 'Pendulum-v1'],
    [
      'TD3 with normal noise, three updates to one of the actor',
      (id) =>
        new TD3('MlpPolicy', envs(id), {
          ...SMALL,
          policyDelay: 3,
          gradientSteps: -1,
          actionNoise: normalActionNoise({ sigma: 0.2 }),
        }),
      'MountainCarContinuous-v0',
    ],
  ];

  it.each(runs)('%s', async (name, begin, id) => {
    const whole = begin(id);
    const namePrefix = name.replaceAll(/\W/g, '');
    await whole.learn({
      totalTimesteps: 64,
      callbacks: [checkpointCallback({ saveFreq: 2, savePath: folder, namePrefix })],
    });
    const expected = await everything(whole);
    for (const steps of name === 'SAC' ? [8, 34, 46, 60] : [46]) {
      const load = whole instanceof SAC ? SAC.load : TD3.load;
      const agent = await load(`${folder}/${namePrefix}_${steps}_steps.safetensors`, { env: envs(id) });
      expect(agent.numTimesteps).toBe(steps);
      await agent.learn({ totalTimesteps: 64 - steps, resetNumTimesteps: false });
      expect(await everything(agent), `from step ${steps}`).toBe(expected);
    }
  });

  it('with other envs than it had, it begins new episodes and noise, and keeps what it has learned', async () => {
    const one = await new TD3('MlpPolicy', envs(), { ...SMALL, actionNoise: OU }).learn({ totalTimesteps: 30 });
    await one.save(`${folder}/two.safetensors`);
    const more = await TD3.load(`${folder}/two.safetensors`, { env: envs('Pendulum-v1', 3) });
    const see = Float32Array.of(1, 0, 0.5);
    expect(await more.predict(see)).toEqual(await one.predict(see));
    await more.learn({ totalTimesteps: 30, resetNumTimesteps: false });
    expect(more.numTimesteps).toBe(60);
  });
});

it('logs what Stable-Baselines3 logs, and evaluates, predicts and loads', async () => {
  const agent = new SAC('MlpPolicy', envs(), SMALL);
  const rows: Readonly<Record<string, number>>[] = [];
  await agent.learn({
    totalTimesteps: 120,
    logInterval: 2,
    sinks: [{ name: 'rows', log: (_, row) => void rows.push(row) }],
  });
  expect(Object.keys(rows.at(-1)!).toSorted()).toEqual(
    [
      'rollout/ep_len_mean',
      'rollout/ep_rew_mean',
      'time/episodes',
      'time/fps',
      'time/time_elapsed',
      'time/total_timesteps',
      'train/actor_loss',
      'train/critic_loss',
      'train/ent_coef',
      'train/ent_coef_loss',
      'train/learning_rate',
      'train/n_updates',
    ].toSorted(),
  );
  const { returns } = await evaluatePolicy(agent, envs(), { episodes: 2, seed: 1 });
  expect(returns).toHaveLength(2);
  const see = Float32Array.of(1, 0, 0);
  expect(await agent.predict(see, { deterministic: true })).toEqual(await agent.predict(see, { deterministic: true }));
  expect(await agent.predict(see)).not.toEqual(await agent.predict(see));
});

describe('targets', () => {
  it('begin as what they follow, and are τ nearer after an update', async () => {
    const agent = new SAC('MlpPolicy', envs('Pendulum-v1', 1), { ...SMALL, tau: 0.25 });
    const { critic, criticTarget } = agent.policy;
    const weights = async (module: Module): Promise<number[]> =>
      (await Promise.all(module.parameters().map((one) => data(one)))).flatMap((one) => Array.from(one, Number));
    const before = await weights(critic);
    expect(await weights(criticTarget)).toEqual(before);
    await agent.learn({ totalTimesteps: SMALL.learningStarts + 1 });
    const [after, followed] = [await weights(critic), await weights(criticTarget)];
    expect(after).not.toEqual(before);
    followed.forEach((value, at) => expect(value).toBeCloseTo(0.75 * before[at]! + 0.25 * after[at]!, 6));
  });

  it('several gradient steps in one run are bitwise those of several runs', async () => {
    const learn = async (options: SACOptions, updates: number) => {
      const agent = new SAC('MlpPolicy', envs('Pendulum-v1', 1), { ...SMALL, ...options });
      await agent.learn({ totalTimesteps: 20 });
      const train = agent as unknown as { updates: number; train(steps: number, progress: number): Promise<object> };
      for (let at = 0; at < updates; at++) {
        await train.train(updates === 1 ? 4 : 1, 1);
        train.updates += updates === 1 ? 4 : 1;
      }
      return everything(agent);
    };
    expect(await learn({}, 1)).toBe(await learn({}, 4));
  });
});

it('a module of its own takes the place of the policy, and several critics that of two', async () => {
  class Own extends Module {
    readonly actor;
    readonly critic;
    readonly criticTarget;
    constructor() {
      super();
      const sizes = { observation: 3, action: 1 };
      const layers = { netArch: { pi: [4], qf: [6] }, activationFn: 'tanh', nCritics: 3 } as const;
      this.actor = new GaussianActor(sizes, layers);
      this.critic = new ContinuousCritic(sizes, layers);
      this.criticTarget = new ContinuousCritic(sizes, layers);
    }
    forward(observations: Tensor): Tensor {
      return this.actor.forward(observations).mode();
    }
  }
  const { policyKwargs: _, ...options } = SMALL;
  const agent = await new SAC(new Own(), envs(), options).learn({ totalTimesteps: 30 });
  await agent.save(`${folder}/own.safetensors`);
  await expect(SAC.load(`${folder}/own.safetensors`, { env: envs() })).rejects.toThrow('policy of its own');
  const again = await SAC.load(`${folder}/own.safetensors`, { env: envs(), policy: new Own() });
  expect(await everything(again)).toBe(await everything(agent));
});

it('actions of a box of any shape are scaled to its bounds and kept from -1 to 1', async () => {
  const seen: number[][] = [];
  const wide: Env<Float32Array, Float32Array> = {
    observationSpace: new Box({ low: -1, high: 1, shape: [2, 2] }),
    actionSpace: new Box({ low: [0, 0, 10, 10], high: [1, 2, 20, 30] }),
    reset: () => ({ observation: new Float32Array(4), info: {} }),
    step: (action) => {
      seen.push([...action]);
      return { observation: new Float32Array(4), reward: 0, terminated: false, truncated: false, info: {} };
    },
  };
  const agent = new TD3('MlpPolicy', wide as Env, {
    ...SMALL,
    actionNoise: normalActionNoise({ sigma: [3, 3, 3, 3] }),
  });
  await agent.learn({ totalTimesteps: 40 });
  const lows = [0, 0, 10, 10];
  const highs = [1, 2, 20, 30];
  for (const action of seen) {
    action.forEach((value, at) => {
      expect(value).toBeGreaterThanOrEqual(lows[at]!);
      expect(value).toBeLessThanOrEqual(highs[at]!);
    });
  }
  expect(seen.slice(SMALL.learningStarts).some((action) => action[3] === 30 || action[3] === 10)).toBe(true);
  expect(agent.replayBuffer.actions.every((value) => Math.abs(value) <= 1)).toBe(true);
});

const still = (actionSpace: Space): Env => ({
  observationSpace: new Box({ low: -1, high: 1, shape: [2] }) as Space,
  actionSpace,
  reset: () => ({ observation: new Float32Array(2), info: {} }),
  step: () => expect.fail('nobody steps it'),
});

describe('refuses', () => {
  const sac = (options: object) => () => new SAC('MlpPolicy', 'Pendulum-v1', options as SACOptions);
  const td3 = (options: object) => () => new TD3('MlpPolicy', 'Pendulum-v1', options as TD3Options);
  it.each([
    ['an unknown option', sac({ entCoeff: 1 }), "Got 'entCoeff'"],
    ['an entropy weight that is none', sac({ entCoef: 'auto_0' }), 'Got "auto_0"; expected'],
    ['an entropy weight in words', sac({ entCoef: 'much' }), 'Got "much"; expected'],
    ['an entropy weight below 0', sac({ entCoef: -0.1 }), 'entCoef'],
    ['a target entropy that is no number', sac({ targetEntropy: Number.NaN }), 'targetEntropy'],
    ['τ above 1', sac({ tau: 1.5 }), 'tau'],
    ['γ above 1', td3({ gamma: 1.1 }), 'gamma'],
    ['no rows', td3({ batchSize: 0 }), 'batchSize'],
    ['no delay', td3({ policyDelay: 0 }), 'policyDelay'],
    ['noise below 0', td3({ targetPolicyNoise: -1 }), 'targetPolicyNoise'],
    ['a clip that is no number', td3({ targetNoiseClip: Number.NaN }), 'targetNoiseClip'],
    ['a learning rate in words', sac({ learningRate: 'fast' }), 'learningRate is no schedule'],
    ['targets that never follow', sac({ targetUpdateInterval: 0 }), 'targetUpdateInterval'],
    ['a buffer without room', td3({ bufferSize: 0 }), 'bufferSize'],
    ['layers without units', sac({ policyKwargs: { netArch: [0] } }), 'netArch does not fit'],
    ['an unknown activation', td3({ policyKwargs: { activationFn: 'gelu' } }), 'Got "gelu"; expected'],
    ['no critics', td3({ policyKwargs: { nCritics: 0 } }), 'nCritics'],
    ['noise that is none', td3({ actionNoise: { kind: 'pink', sigma: 1 } }), 'actionNoise is no noise'],
    ['noise of another size', td3({ actionNoise: normalActionNoise({ sigma: [1, 2] }) }), 'Got 2 numbers as sigma'],
    ['noise with a deviation below 0', () => normalActionNoise({ sigma: -1 }), 'sigma'],
    ['an unknown setting of noise', () => ornsteinUhlenbeckActionNoise({ sigma: 1, mu: 0 } as never), "'mu'"],
    ['a policy that is none', () => new SAC('LstmPolicy' as never, 'Pendulum-v1'), 'there is no such policy'],
    ['choices', () => new SAC('MlpPolicy', 'CartPole-v1'), 'it cannot act in this space'],
    [
      'actions without bounds',
      () => new TD3('MlpPolicy', still(new Box({ low: -Infinity, high: 1, shape: [1] }) as Space)),
      'the actions have no bounds',
    ],
    ['masks', () => new SAC('MlpPolicy', make('Pendulum-v1'), { actionMasks: true } as never), "'actionMasks'"],
  ] as const)('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });

  it('an agent of another kind, and settings of the policy beside a module', async () => {
    await new SAC('MlpPolicy', envs(), SMALL).save(`${folder}/sac.safetensors`);
    await expect(TD3.load(`${folder}/sac.safetensors`, { env: envs() })).rejects.toThrow('Got SAC; expected TD3');
    const { policy } = new SAC('MlpPolicy', envs(), SMALL);
    expect(() => new SAC(policy, envs(), SMALL)).toThrow("policyKwargs are settings of 'MlpPolicy'");
    expect(() => new TD3(policy as never, envs())).toThrow('the policy has no actorTarget');
    expect(() => new SAC(Object.assign(policy, { criticTarget: policy.critic }), envs())).toThrow(
      'a target would be what it follows',
    );
  });

  it('rewards that are not finite, before anything is updated', async () => {
    const bad = () => ({
      ...still(new Box({ low: -1, high: 1, shape: [1] }) as Space),
      step: () => ({
        observation: new Float32Array(2),
        reward: Number.NaN,
        terminated: false,
        truncated: false,
        info: {},
      }),
    });
    const agent = new SAC('MlpPolicy', new SyncVectorEnv([bad]), SMALL);
    const before = await data(agent.policy.actor.parameters()[0] ?? tensor(0));
    await expect(agent.learn({ totalTimesteps: 20 })).rejects.toThrow('a reward is no finite number');
    expect(await data(agent.policy.actor.parameters()[0] ?? tensor(0))).toEqual(before);
  });
});

it('noise that remembers follows its formula from the beginning of each episode', async () => {
  const noise = ornsteinUhlenbeckActionNoise({ sigma: 0, mean: 1, theta: 0.5, dt: 1, initialNoise: -1 });
  const agent = new TD3('MlpPolicy', makeVec('Pendulum-v1', { numEnvs: 1, envOptions: { maxEpisodeSteps: 3 } }), {
    ...SMALL,
    learningStarts: 0,
    batchSize: 1,
    learningRate: 0,
    actionNoise: noise,
  });
  await agent.learn({ totalTimesteps: 5 });
  const { actions, observations } = agent.replayBuffer;
  const clean = await agent.predictBatch(observations.slice(0, 15), 5, { deterministic: true });
  const added = [0, 0.5, 0.75, 0, 0.5];
  added.forEach((value, at) => {
    expect(actions[at]).toBeCloseTo(Math.max(-1, Math.min(1, Number(clean[at]) / 2 + value)), 5);
  });
});
