import { data, reshape, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Linear, Module } from '@gai/nn';
import { make, makeVec } from '@gai/rl';
import { DQN, evaluatePolicy, SAC, TD3, VecNormalize } from '@gai/rl/deep';
import type { Agent, AgentCallback, AgentEnv, QFunction } from '@gai/rl/deep';
import type { Checkpoint } from '@gai/nn/train';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const SMALL = {
  bufferSize: 80,
  learningStarts: 16,
  batchSize: 8,
  trainFreq: 4,
  seed: 4,
  policyKwargs: { netArch: [8] },
};
const plain = (id: string) =>
  makeVec(id, { numEnvs: 2, autoresetMode: 'same-step', envOptions: { maxEpisodeSteps: 9 } });
const normalized = (id: string) => new VecNormalize(plain(id), { gamma: 0.9, clipObs: 1.5, clipReward: 0.8 });

/** What an update would learn from. */
class Open extends SAC {
  batch() {
    return { raw: this.sample(0), rows: this.tensorsOf(this.sample(0)) };
  }
}

/** All weights, slots, rows, statistics and draws, as text. */
async function everything(agent: Agent): Promise<string> {
  const { tensors, step, progress } = agent.checkpoint();
  const values = await Promise.all(Object.values(tensors).map((tensor) => data(tensor)));
  return JSON.stringify([step, progress, Object.keys(tensors), values.map((value) => [...value].map(String))]);
}

/** Files of an agent at some steps, and how it ends. */
async function kept(agent: Agent, points: readonly number[]): Promise<{ files: Map<number, Checkpoint>; end: string }> {
  const files = new Map<number, Checkpoint>();
  const keep: AgentCallback = {
    name: 'keep',
    onStep: ({ numTimesteps }) => {
      if (points.includes(numTimesteps)) files.set(numTimesteps, agent.checkpoint());
    },
  };
  await agent.learn({ totalTimesteps: 100, callbacks: [keep] });
  return { files, end: await everything(agent) };
}

/** A value per action of a small image. */
class Glance extends Module implements QFunction {
  readonly layer = new Linear({ inFeatures: 48, outFeatures: 4 });

  forward(observations: Tensor): Tensor {
    return this.layer.forward(reshape(observations, [observations.shape[0]!, 48]));
  }
}

describe('VecNormalize', () => {
  it('a buffer keeps what the envs gave; rows are normalised by the statistics of the time they are drawn', async () => {
    const envs = normalized('Pendulum-v1');
    const agent = new Open('MlpPolicy', envs, SMALL);
    await agent.learn({ totalTimesteps: 60 });
    const { replayBuffer: buffer } = agent;
    const twin = plain('Pendulum-v1');
    await twin.reset({ seed: 4 });
    for (let step = 0; step < 30; step++) {
      const actions = agent.head.toEnv(buffer.actions.slice(step * 2, step * 2 + 2));
      const { observations, rewards, truncations, infos } = await twin.step(actions as Float32Array);
      const seen = buffer.nextObservations.slice(step * 6, step * 6 + 6);
      const last = infos.map((info) => info['finalObservation'] as Float32Array);
      const next = truncations[0] === 1 ? last.flatMap((one) => [...one]) : [...(observations as Float32Array)];
      expect(Array.from(seen)).toEqual(next);
      expect(buffer.rewards.slice(step * 2, step * 2 + 2)).toEqual(Float32Array.from(rewards));
    }
    const { raw, rows } = agent.batch();
    const { mean, variance } = envs.observationMoments;
    const scaled = (value: number, at: number, most: number): number => Math.max(-most, Math.min(most, value / at));
    const seen = Array.from(raw.observations, (one, index) =>
      scaled(one - mean[index % 3]!, Math.sqrt(variance[index % 3]! + 1e-8), 1.5),
    );
    const spread = Math.sqrt(envs.returnMoments.variance[0]! + 1e-8);
    const found = [...((await data(rows.observations)) as Float32Array)];
    found.forEach((one, index) => expect(one).toBeCloseTo(seen[index]!, 6));
    const paid = Array.from(raw.rows, (row) => scaled(buffer.rewards[row]!, spread, 0.8));
    const worth = [...((await data(rows.rewards)) as Float32Array)];
    worth.forEach((one, index) => expect(one).toBeCloseTo(paid[index]!, 6));
    expect(Math.max(...worth.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.8));
  });

  it('returns are told as the envs pay them, and predictions take observations as they are', async () => {
    const agent = new TD3('MlpPolicy', normalized('Pendulum-v1'), SMALL);
    await agent.learn({ totalTimesteps: 60 });
    expect(agent.episodes.scalars()['rollout/ep_rew_mean']).toBeLessThan(-8);
    const { observation } = make('Pendulum-v1').reset({ seed: 1 });
    const [action] = (await agent.predict(observation, { deterministic: true })) as Float32Array;
    const shown = agent.normalizer!.normalize(observation as Float32Array);
    expect(Math.max(...shown)).toBeLessThanOrEqual(1.5);
    const seen = await data(agent.policy.actor.forward(reshape(tensor(shown), [1, 3])));
    expect(action).toBeCloseTo(2 * Number(seen[0]), 5);
    expect((await evaluatePolicy(agent, 'Pendulum-v1', { episodes: 1, seed: 0 })).mean).toBeLessThan(-100);
  });

  it('n steps are added up as they count', async () => {
    const envs = normalized('CartPole-v1');
    const agent = new DQN('MlpPolicy', envs, { ...SMALL, nSteps: 3, gamma: 0.5 });
    await agent.learn({ totalTimesteps: 40 });
    const one = Math.min(0.8, 1 / Math.sqrt(envs.returnMoments.variance[0]! + 1e-8));
    const { rewards } = agent.replayBuffer.take(Int32Array.of(0));
    expect(rewards[0]).toBeCloseTo(one * 1.75, 6);
    expect(agent.replayBuffer.rewards[0]).toBe(1);
  });
});

/** Makers of equal agents. */
const cases: Readonly<Record<string, (from?: Checkpoint) => Agent | Promise<Agent>>> = {
  'DQN with n steps and priorities in normalised envs': (from) => {
    const options = { ...SMALL, nSteps: 3, prioritizedReplay: true };
    const env = normalized('CartPole-v1');
    return from === undefined ? new DQN('MlpPolicy', env, options) : DQN.load(from, { env });
  },
  'SAC in normalised envs': (from) => {
    const env = normalized('Pendulum-v1');
    return from === undefined ? new SAC('MlpPolicy', env, SMALL) : SAC.load(from, { env });
  },
  'a network of your own that sees pixels': (from) => {
    const { policyKwargs: _, ...options } = SMALL;
    const env: AgentEnv = makeVec('gai/PixelGrid-v0', { numEnvs: 2, envOptions: { size: 4 } });
    const policy = () => new Glance();
    return from === undefined ? new DQN(policy, env, options) : DQN.load(from, { env, policy });
  },
};

describe.each(Object.entries(cases))('%s', (_, agentOf) => {
  it('a run that goes on from a file is the uninterrupted one, bit for bit', async () => {
    const { files, end } = await kept(await agentOf(), [2, 46, 84]);
    expect(files.size).toBe(3);
    for (const [steps, file] of files) {
      const agent = await agentOf(file);
      await agent.learn({ totalTimesteps: 100 - steps, resetNumTimesteps: false });
      expect(await everything(agent)).toBe(end);
    }
  });
});

it('images are kept as bytes, and learned from as the networks see them', async () => {
  const { policyKwargs: _, ...options } = SMALL;
  const envs = makeVec('gai/PixelGrid-v0', { numEnvs: 2, envOptions: { size: 4 } });
  class Shown extends DQN {
    batch() {
      return { raw: this.sample(0), rows: this.tensorsOf(this.sample(0)) };
    }
  }
  const agent = new Shown(() => new Glance(), envs, options);
  await agent.learn({ totalTimesteps: 40 });
  const { observations, nextObservations } = agent.replayBuffer;
  expect([observations.constructor, nextObservations.constructor]).toEqual([Uint8Array, Uint8Array]);
  expect(new Set(observations.subarray(0, 20 * 96))).toEqual(new Set([0, 255]));
  const { raw, rows } = agent.batch();
  expect([...((await data(rows.observations)) as Float32Array)]).toEqual(
    Array.from(raw.observations, (one) => one / 255),
  );
  const { tensors } = agent.checkpoint();
  expect([tensors['buffer.observations']!.dtype, tensors['acting.kept']!.dtype]).toEqual(['uint8', 'uint8']);
});
