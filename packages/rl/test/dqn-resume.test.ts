import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { data, setDefaultBackend, tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { CartPole, makeVec, SyncVectorEnv, TransformReward } from '@gai/rl';
import { checkpointCallback, DQN } from '@gai/rl/deep';
import type { Agent, DQNOptions } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const folder = mkdtempSync(join(tmpdir(), 'gai-dqn-'));
const SMALL: DQNOptions = {
  learningRate: 'lin_0.01',
  bufferSize: 60,
  learningStarts: 20,
  batchSize: 8,
  trainFreq: 5,
  gradientSteps: 2,
  nSteps: 3,
  targetUpdateInterval: 12,
  tau: 0.5,
  explorationFraction: 0.7,
  policyKwargs: { netArch: [8] },
  seed: 5,
};
const envs = (count = 2) => makeVec('CartPole-v1', { numEnvs: count, envOptions: { maxEpisodeSteps: 15 } });

/** All weights, slots, rows, counters and draws, as text. */
async function everything(agent: Agent): Promise<string> {
  const { tensors, step, progress } = agent.checkpoint();
  const values = await Promise.all(Object.values(tensors).map((tensor) => data(tensor)));
  return JSON.stringify([step, progress, Object.keys(tensors), values.map((value) => [...value].map(String))]);
}

// Before learning, between updates and near the end; ten points take three times as long: with GAI_FULL=1.
const POINTS = process.env['GAI_FULL'] === '1' ? [2, 16, 20, 30, 50, 64, 98, 120, 142, 158] : [2, 64, 142];

describe('a run that goes on from a file is the uninterrupted one, bit for bit', () => {
  it.each([
    ['uniform replay', {}],
    ['prioritised replay', { prioritizedReplay: true, doubleQ: true }],
  ])('%s', async (name, more) => {
    const whole = new DQN('MlpPolicy', envs(), { ...SMALL, ...more });
    const callbacks = [checkpointCallback({ saveFreq: 2, savePath: folder, namePrefix: name })];
    await whole.learn({ totalTimesteps: 160, callbacks });
    const expected = await everything(whole);
    for (const steps of POINTS) {
      const agent = await DQN.load(`${folder}/${name}_${steps}_steps.safetensors`, { env: envs() });
      expect(agent.numTimesteps).toBe(steps);
      await agent.learn({ totalTimesteps: 160 - steps, resetNumTimesteps: false });
      expect(await everything(agent)).toBe(expected);
    }
  });

  it('an agent in use, too: what it has seen and done goes', async () => {
    const before = new DQN('MlpPolicy', envs(), SMALL).checkpoint();
    const used = await new DQN('MlpPolicy', envs(), SMALL).learn({ totalTimesteps: 50 });
    await used.restore(before);
    await used.learn({ totalTimesteps: 60 });
    const fresh = await new DQN('MlpPolicy', envs(), SMALL).learn({ totalTimesteps: 60 });
    expect(await everything(used)).toBe(await everything(fresh));
  });

  it('where the envs cannot be saved, it begins new episodes and keeps its rows', async () => {
    const unsaved = () => new SyncVectorEnv([() => new TransformReward(new CartPole(), (reward) => reward / 2)]);
    const first = await new DQN('MlpPolicy', unsaved(), SMALL).learn({ totalTimesteps: 40 });
    await first.save(`${folder}/unsaved.safetensors`);
    const agent = await DQN.load(`${folder}/unsaved.safetensors`, { env: unsaved() });
    expect(agent.replayBuffer.rows).toBe(40);
    const { truncations } = agent.replayBuffer;
    expect(truncations[39]).toBe(0);
    await agent.learn({ totalTimesteps: 5, resetNumTimesteps: false });
    expect(truncations[39]).toBe(1);
  });

  it('another number of envs, or another size: the rows are left out, or refused', async () => {
    const agent = await new DQN('MlpPolicy', envs(), SMALL).learn({ totalTimesteps: 60 });
    await agent.save(`${folder}/two.safetensors`);
    const one = await DQN.load(`${folder}/two.safetensors`, { env: envs(1) });
    expect([one.replayBuffer.rows, one.numTimesteps]).toEqual([0, 60]);
    await expect(DQN.load(`${folder}/two.safetensors`, { env: envs(), bufferSize: 40 })).rejects.toThrow(
      'the replay buffer of the file does not fit. Got 30 steps of each env',
    );
    const { tensors, step, progress } = agent.checkpoint();
    const { 'buffer.rewards': _, ...without } = tensors;
    await expect(agent.restore({ tensors: without, step, progress })).rejects.toThrow('no buffer.rewards');
    const replay = { ...(progress['replay'] as object), explorationRate: 2 };
    await expect(agent.restore({ tensors, step, progress: { ...progress, replay } })).rejects.toThrow(
      'replay.explorationRate 2',
    );
  });

  it.each([
    ['rewards', Number.NaN, 'Got NaN in buffer.rewards; expected finite numbers'],
    ['actions', 2, 'Got 2 in buffer.actions; expected choices from 0 to 1'],
    ['priorities', -1, 'Got -1 in buffer.priorities; expected numbers above 0'],
  ])('a file whose %s cannot be is refused, and nothing is changed', async (name, number, message) => {
    const make = () => new DQN('MlpPolicy', envs(), { ...SMALL, prioritizedReplay: true });
    const agent = await make().learn({ totalTimesteps: 30 });
    const { tensors, step, progress } = agent.checkpoint();
    const old = tensors[`buffer.${name}`]!;
    const values = (await data(old)).slice() as Float32Array;
    values[3] = number;
    const damaged = { ...tensors, [`buffer.${name}`]: tensor(values, { dtype: old.dtype }) };
    const other = make();
    const before = await everything(other);
    await expect(other.restore({ tensors: damaged, step, progress })).rejects.toThrow(message);
    expect(await everything(other)).toBe(before);
  });

  it('a position that cannot be is refused', async () => {
    const agent = await new DQN('MlpPolicy', envs(), SMALL).learn({ totalTimesteps: 60 });
    const { tensors, step, progress } = agent.checkpoint();
    const replay = { ...(progress['replay'] as object), position: -1 };
    await expect(agent.restore({ tensors, step, progress: { ...progress, replay } })).rejects.toThrow(
      'Got replay.position -1',
    );
  });
});
