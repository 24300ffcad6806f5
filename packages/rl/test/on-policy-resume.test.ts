import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, data, setDefaultBackend, tensor } from '@gai/core';
import type { Checkpoint } from '@gai/nn/train';
import { nodeBackend } from '@gai/backend-node';
import { Box, CartPole, Discrete, make, makeVec, SyncVectorEnv, TransformReward } from '@gai/rl';
import type { Env, StepResult } from '@gai/rl';
import {
  A2C,
  ActorCriticPolicy,
  checkpointCallback,
  DQN,
  evalCallback,
  evaluatePolicy,
  PPO,
  progressBar,
  QNetwork,
  REINFORCE,
  stopTrainingOnRewardThreshold,
  VecNormalize,
} from '@gai/rl/deep';
import type { AgentCallback, OnPolicyAgent, PPOOptions } from '@gai/rl/deep';
import { beforeAll, describe, expect, it, vi } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const folder = mkdtempSync(join(tmpdir(), 'gai-agent-'));
const SMALL: PPOOptions = { nSteps: 16, batchSize: 32, nEpochs: 3, learningRate: 'lin_0.01', seed: 5 };

/** All weights, slots, counters and statistics, as text. */
async function everything(agent: OnPolicyAgent): Promise<string> {
  const { tensors, step, progress } = agent.checkpoint();
  const values = await Promise.all(Object.values(tensors).map((tensor) => data(tensor)));
  return JSON.stringify([step, progress, Object.keys(tensors), values.map((value) => [...value].map(String))]);
}

/** An image of bytes that stays as it is. */
class Picture implements Env<Uint8Array, number> {
  readonly observationSpace = new Box({ low: 0, high: 255, shape: [2, 2, 1], dtype: 'uint8' });
  readonly actionSpace = new Discrete(2);

  reset() {
    return { observation: Uint8Array.of(0, 51, 102, 255), info: {} };
  }

  step(): StepResult<Uint8Array> {
    return { observation: Uint8Array.of(0, 51, 102, 255), reward: 1, terminated: true, truncated: false, info: {} };
  }
}

describe('a run that goes on from a file is the uninterrupted one, bit for bit', () => {
  const envs = (id: string) => new VecNormalize(makeVec(id, { numEnvs: 4, envOptions: { maxEpisodeSteps: 20 } }));

  it.each(['CartPole-v1', 'Pendulum-v1', 'Acrobot-v1', 'MountainCar-v0', 'MountainCarContinuous-v0'])(
    'PPO in %s, between rollouts and within one',
    async (id) => {
      const whole = new PPO('MlpPolicy', envs(id), SMALL);
      const saveFreq = id === 'CartPole-v1' ? 32 : 100;
      const callbacks = [checkpointCallback({ saveFreq, savePath: folder, namePrefix: id })];
      await whole.learn({ totalTimesteps: 256, callbacks });
      const expected = await everything(whole);
      for (const steps of id === 'CartPole-v1' ? [64, 96, 160] : [100]) {
        const agent = await PPO.load(`${folder}/${id}_${steps}_steps.safetensors`, { env: envs(id) });
        expect(agent.numTimesteps).toBe(steps);
        await agent.learn({ totalTimesteps: 256 - steps, resetNumTimesteps: false });
        expect(await everything(agent)).toBe(expected);
      }
    },
  );

  it('an agent in use, too: what it has seen and done goes', async () => {
    const before = new PPO('MlpPolicy', envs('CartPole-v1'), SMALL).checkpoint();
    const used = await new PPO('MlpPolicy', envs('CartPole-v1'), SMALL).learn({ totalTimesteps: 100 });
    await used.restore(before);
    expect(used.checkpoint().progress).toEqual(before.progress);
    await used.learn({ totalTimesteps: 64 });
    const fresh = await new PPO('MlpPolicy', envs('CartPole-v1'), SMALL).learn({ totalTimesteps: 64 });
    expect(await everything(used)).toBe(await everything(fresh));
  });

  it('envs that cannot take a state do not take it within VecNormalize either', () => {
    const plain = makeVec('CartPole-v1', { numEnvs: 2, autoresetMode: 'same-step' });
    expect(new VecNormalize(plain).setState).toBeTypeOf('function');
    Object.defineProperty(plain, 'setState', { value: undefined });
    expect(new VecNormalize(plain).setState).toBeUndefined();
  });

  it.each(['FrozenLake-v1', 'Taxi-v3', 'Blackjack-v1'])('A2C in %s', async (id) => {
    const options = { seed: 2, actionMasks: id === 'Taxi-v3' };
    const make4 = () =>
      makeVec(id, { numEnvs: 4, ...(id !== 'Blackjack-v1' && { envOptions: { maxEpisodeSteps: 9 } }) });
    const whole = await new A2C('MlpPolicy', make4(), options).learn({ totalTimesteps: 48 });
    await whole.save(`${folder}/${id}.safetensors`);
    await whole.learn({ totalTimesteps: 60, resetNumTimesteps: false });
    const agent = await A2C.load(`${folder}/${id}.safetensors`, { env: make4() });
    await agent.learn({ totalTimesteps: 60, resetNumTimesteps: false });
    expect(await everything(agent)).toBe(await everything(whole));
  });

  it('a policy that was given is asked for, if it is of the kind that comes with agents, too', async () => {
    const { singleObservationSpace: observationSpace, singleActionSpace: actionSpace } = makeVec('CartPole-v1', {
      numEnvs: 1,
    });
    const own = new ActorCriticPolicy({ observationSpace, actionSpace }, { activationFn: 'relu' });
    const checkpoint = new PPO(own, 'CartPole-v1', { seed: 0 }).checkpoint();
    await expect(PPO.load(checkpoint, { env: 'CartPole-v1' })).rejects.toThrow('policy of its own');
    const network = () => new QNetwork({ observationSpace, actionSpace }, { activationFn: 'tanh' });
    const values = new DQN(network, 'CartPole-v1', { seed: 0, bufferSize: 10 }).checkpoint();
    await expect(DQN.load(values, { env: 'CartPole-v1' })).rejects.toThrow('policy of its own');
    expect((await DQN.load(values, { env: 'CartPole-v1', policy: network })).numTimesteps).toBe(0);
  });

  it('REINFORCE, within an episode, and beyond the 128 steps that are drawn for at once', async () => {
    const env = () => make('CartPole-v1');
    const whole = new REINFORCE('MlpPolicy', env(), { seed: 3, episodesPerUpdate: 2, nSteps: 500 });
    const saving = { saveFreq: 7, savePath: folder, namePrefix: 'reinforce' };
    await whole.learn({ totalTimesteps: 140, callbacks: [checkpointCallback(saving)] });
    for (const steps of [63, 133]) {
      const agent = await REINFORCE.load(`${folder}/reinforce_${steps}_steps.safetensors`, { env: env() });
      await agent.learn({ totalTimesteps: 140 - steps, resetNumTimesteps: false });
      expect(await everything(agent), `from step ${steps}`).toBe(await everything(whole));
    }
  });

  it('where the envs cannot be saved, the agent begins new episodes, the same every time', async () => {
    const unsaved = () => new SyncVectorEnv([() => new TransformReward(new CartPole(), (reward) => reward / 2)]);
    const first = await new PPO('MlpPolicy', unsaved(), { ...SMALL, batchSize: 16 }).learn({ totalTimesteps: 32 });
    await first.save(`${folder}/unsaved.safetensors`);
    const [one, two] = await Promise.all(
      [0, 1].map(async () => {
        const agent = await PPO.load(`${folder}/unsaved.safetensors`, { env: unsaved() });
        return everything(await agent.learn({ totalTimesteps: 32, resetNumTimesteps: false }));
      }),
    );
    expect(one).toBe(two);
  });

  it('refuses files and options that do not fit', async () => {
    const agent = new PPO('MlpPolicy', envs('CartPole-v1'), { ...SMALL, clipRange: () => 0.1 });
    await agent.save(`${folder}/normal.safetensors`);
    const load = (given: object) => PPO.load(`${folder}/normal.safetensors`, given as { env: string });
    await expect(load({ env: envs('CartPole-v1') })).rejects.toThrow('clipRange was a function');
    await expect(load({ env: envs('CartPole-v1'), clipRange: undefined })).rejects.toThrow('clipRange was a function');
    await expect(load({ env: 'CartPole-v1', clipRange: 0.2 })).rejects.toThrow('Wrap them: new VecNormalize(envs)');
    await expect(A2C.load(`${folder}/normal.safetensors`, { env: 'CartPole-v1' })).rejects.toThrow(
      'Got PPO; expected A2C',
    );
  });
});

describe('a checkpoint that was changed', () => {
  const fresh = () => new PPO('MlpPolicy', makeVec('CartPole-v1', { numEnvs: 2 }), SMALL);
  let whole: Checkpoint;
  beforeAll(async () => {
    const agent = fresh();
    const stopper: AgentCallback = {
      name: 'stopper',
      onStep: ({ numTimesteps, stop }) => void (numTimesteps > 40 && stop('enough')),
    };
    await agent.learn({ totalTimesteps: 64, callbacks: [stopper] });
    whole = agent.checkpoint();
  });
  const short = tensor([1, 2, 3]);

  it.each<readonly [what: string, change: (checkpoint: Checkpoint) => object, message: string]>([
    ['no counter', ({ progress }) => ({ progress: { ...progress, numTimesteps: '7' } }), 'Got numTimesteps "7"'],
    ['no draws', ({ progress }) => ({ progress: { ...progress, drawn: null } }), 'Got drawn null'],
    ['half a step', ({ progress }) => ({ progress: { ...progress, position: 0.5 } }), 'Got position 0.5'],
    ['too many steps', ({ progress }) => ({ progress: { ...progress, position: 17 } }), 'a rollout of 17 steps'],
    [
      'episodes of other lengths',
      ({ progress }) => ({ progress: { ...progress, episodes: { ...(progress['episodes'] as object), steps: [1] } } }),
      'Got episodes.steps "of 1 numbers"; expected 2 numbers',
    ],
    ['a normaliser', ({ progress }) => ({ progress: { ...progress, normalizer: {} } }), 'Got normalizer.settings'],
    [
      'observations of another size',
      ({ tensors }) => ({ tensors: { ...tensors, 'acting.observations': short } }),
      'Got acting.observations of 3 numbers of Float32Array; expected 8',
    ],
    [
      'rewards of another size',
      ({ tensors }) => ({ tensors: { ...tensors, 'buffer.rewards': short } }),
      'Got buffer.rewards of 3 numbers of Float32Array; expected 32 numbers of Float64Array',
    ],
    [
      'a last observation of no truncation',
      ({ tensors }) => ({ tensors: { ...tensors, 'buffer.finals.1': tensor([1, 2, 3, 4]) } }),
      'Got buffer.finals.1',
    ],
    ['a mask', ({ tensors }) => ({ tensors: { ...tensors, 'acting.mask': short } }), 'Got acting.mask of 3'],
  ])('with %s is refused, and changes nothing', async (_, change, message) => {
    const agent = fresh();
    const before = await everything(agent);
    const outcome = agent.restore({ ...whole, ...change(whole) });
    await expect(outcome).rejects.toThrow(ArgumentError);
    await expect(outcome).rejects.toThrow(message);
    expect(await everything(agent)).toBe(before);
  });

  it('as it was is taken', async () => {
    const agent = fresh();
    await agent.restore(whole);
    expect(agent.checkpoint().progress).toEqual(whole.progress);
  });

  it('the state of envs of another kind is an error that says so', async () => {
    const agent = new PPO('MlpPolicy', new SyncVectorEnv([0, 1].map(() => () => new CartPole())), SMALL);
    await expect(agent.restore(whole)).rejects.toThrow('the envs do not take their saved state');
  });

  it('of an agent that saw envs as they are does not go on in normalised ones', async () => {
    const agent = new PPO('MlpPolicy', new VecNormalize(makeVec('CartPole-v1', { numEnvs: 2 })), SMALL);
    await expect(agent.restore(whole)).rejects.toThrow('Got a VecNormalize; expected none');
  });
});

describe('callbacks', () => {
  it('all come to their end, and no error hides another', async () => {
    const seen: string[] = [];
    const fail = (message: string) => () => {
      throw new Error(message);
    };
    const callbacks: AgentCallback[] = [
      { name: 'first', onStep: fail('a step'), onTrainingEnd: fail('an end') },
      { name: 'second', onTrainingEnd: () => void seen.push('second') },
    ];
    const sinks = [{ name: 'sink', log: () => undefined, close: () => void seen.push('sink') }];
    const agent = new PPO('MlpPolicy', 'CartPole-v1', { ...SMALL, batchSize: 16 });
    await expect(agent.learn({ totalTimesteps: 16, callbacks, sinks })).rejects.toThrow('a step And then: an end');
    expect(seen).toEqual(['second', 'sink']);
    await expect(
      agent.learn({ totalTimesteps: 16, callbacks: [{ name: 'one', onStep: fail('one') }] }),
    ).rejects.toThrow(/^one$/);
  });

  it('an evaluation begins anew with every agent, and plays the episodes of its seed', async () => {
    const means: number[] = [];
    const callbackOnNewBest = ({ mean }: { readonly mean: number }) => void means.push(mean);
    const callback = evalCallback(make('CartPole-v1'), { evalFreq: 16, nEvalEpisodes: 1, seed: 3, callbackOnNewBest });
    for (let run = 0; run < 2; run++) {
      const agent = new PPO('MlpPolicy', 'CartPole-v1', { ...SMALL, batchSize: 16 });
      await agent.learn({ totalTimesteps: 16, callbacks: [callback] });
    }
    expect(means).toHaveLength(2);
    expect(means[1]).toBe(means[0]);
  });

  it('evaluate, keep the best, and stop at a threshold', async () => {
    const lines: string[] = [];
    const agent = new PPO('MlpPolicy', makeVec('CartPole-v1', { numEnvs: 4 }), { ...SMALL });
    const rows: Readonly<Record<string, number>>[] = [];
    const best = evalCallback(make('CartPole-v1'), {
      evalFreq: 64,
      nEvalEpisodes: 2,
      bestModelSavePath: folder,
      callbackOnNewBest: stopTrainingOnRewardThreshold(1),
    });
    const stream = { isTTY: true, write: (text: string) => lines.push(text) };
    const sinks = [{ name: 'rows', log: (_: number, row: Readonly<Record<string, number>>) => void rows.push(row) }];
    await agent.learn({ totalTimesteps: 4096, callbacks: [best, progressBar({ stream })], sinks });
    expect(agent.numTimesteps).toBe(64);
    expect(readdirSync(folder)).toContain('best.safetensors');
    expect(rows[0]!['eval/mean_reward']).toBeGreaterThan(5);
    expect(lines[0]).toContain('64/4096');
    vi.stubEnv('TERM', 'dumb');
    const dumb = vi.fn(() => true);
    await agent.learn({ totalTimesteps: 64, callbacks: [progressBar({ stream: { isTTY: true, write: dumb } })] });
    expect(dumb).not.toHaveBeenCalled();
    vi.unstubAllEnvs();
  });
});

describe('VecNormalize', () => {
  it('has the mean and variance of all that was seen, clips, and normalises final observations', async () => {
    const envs = new VecNormalize(makeVec('CartPole-v1', { numEnvs: 3 }), { clipObs: 1.5, gamma: 0.5 });
    const inner = makeVec('CartPole-v1', { numEnvs: 3, autoresetMode: 'same-step' });
    const seen = [...inner.reset({ seed: 1 }).observations];
    await envs.reset({ seed: 1 });
    let discounted = [0, 0, 0];
    const returns: number[] = [];
    for (let step = 0; step < 60; step++) {
      const plain = inner.step([1, 1, step % 2]);
      const normal = await envs.step([1, 1, step % 2]);
      seen.push(...plain.observations);
      discounted = discounted.map((value, index) => value * 0.5 + plain.rewards[index]!);
      returns.push(...discounted);
      discounted = discounted.map((value, index) => (plain.terminations[index] === 1 ? 0 : value));
      expect(envs.rawRewards).toEqual(plain.rewards);
      expect(Math.max(...(normal.observations as Float32Array).map(Math.abs))).toBeLessThanOrEqual(1.5);
      plain.infos.forEach((info, index) => {
        const final = info['finalObservation'] as Float32Array | undefined;
        expect(normal.infos[index]!['finalObservation']).toEqual(final && envs.normalize(final));
      });
    }
    const moments = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
    };
    for (let index = 0; index < 4; index++) {
      const [mean, variance] = moments(seen.filter((_, at) => at % 4 === index));
      expect(envs.observationMoments.mean[index]).toBeCloseTo(mean!, 5);
      expect(envs.observationMoments.variance[index]).toBeCloseTo(variance!, 5);
    }
    expect(envs.returnMoments.variance[0]).toBeCloseTo(moments(returns)[1]!, 4);
  });

  it('an agent predicts for observations as they are', async () => {
    const agent = new PPO('MlpPolicy', new VecNormalize(makeVec('CartPole-v1', { numEnvs: 2 })), {
      ...SMALL,
      nSteps: 16,
    });
    await agent.learn({ totalTimesteps: 64 });
    const raw = await evaluatePolicy(agent, make('CartPole-v1'), { episodes: 3, seed: 9 });
    expect(await evaluatePolicy(agent, new VecNormalize('CartPole-v1'), { episodes: 3, seed: 9 })).toEqual(raw);
    expect(raw.returns).toEqual(raw.lengths);
  });

  it('refuses what it cannot normalise', () => {
    expect(() => new VecNormalize('Taxi-v3')).toThrow('observations are not numbers. Got Discrete(500)');
    expect(new VecNormalize('Taxi-v3', { normObs: false }).numEnvs).toBe(1);
    expect(() => new VecNormalize('CartPole-v1', { clip: 1 } as never)).toThrow('no such option');
    const images = () => new SyncVectorEnv([() => new Picture()]);
    expect(() => new VecNormalize(images())).toThrow('images of bytes are divided by 255 already');
    expect(new VecNormalize(images(), { normObs: false }).numEnvs).toBe(1);
  });

  it('takes statistics of its own settings and sizes only', async () => {
    const envs = (options: object, id = 'CartPole-v1') => new VecNormalize(makeVec(id, { numEnvs: 2 }), options);
    const saved = envs({ gamma: 0.9 });
    await saved.reset({ seed: 0 });
    expect(() => envs({}).loadStatistics(saved.statistics())).toThrow('Got gamma 0.9; expected 0.99');
    expect(() => envs({ gamma: 0.9 }, 'Pendulum-v1').loadStatistics(saved.statistics())).toThrow(
      'Got size of observations 4; expected 3',
    );
    const other = envs({ gamma: 0.9, training: false });
    other.loadStatistics(saved.statistics());
    expect(other.statistics()).toEqual(saved.statistics());
  });
});
