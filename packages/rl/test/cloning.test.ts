import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { saveSafetensors } from '@gai/core/io';
import { fileStorage, nodeBackend } from '@gai/backend-node';
import { CartPole, make, makeVec, TimeLimit } from '@gai/rl';
import {
  behaviourCloning,
  DQN,
  evaluatePolicy,
  loadTrajectories,
  PPO,
  recordTrajectories,
  RecurrentPPO,
  saveTrajectories,
} from '@gai/rl/deep';
import type { Trajectory } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const folder = mkdtempSync(join(tmpdir(), 'gai-cloning-'));
const file = (name: string): string => join(folder, name);

/** An expert that needs no training: push to where the pole falls. Holds it for 500 steps, nearly always. */
function shown(episodes: number): Trajectory[] {
  const env = new TimeLimit(new CartPole(), 500);
  return Array.from({ length: episodes }, (_, episode) => {
    const observations: number[][] = [];
    const actions: number[] = [];
    let { observation } = env.reset({ seed: 7000 + episode });
    for (;;) {
      observations.push([...observation]);
      const [x, v, angle, spin] = observation as unknown as [number, number, number, number];
      actions.push(angle + 0.5 * spin + 0.02 * x + 0.05 * v > 0 ? 1 : 0);
      const step = env.step(actions.at(-1)!);
      observation = step.observation;
      if (!step.terminated && !step.truncated) continue;
      observations.push([...observation]);
      const { terminated, truncated } = step;
      return { observations, actions, rewards: actions.map(() => 1), terminated, truncated };
    }
  });
}

const plain = (all: readonly Trajectory[]) =>
  all.map(({ observations, actions, ...rest }) => ({
    ...rest,
    observations: observations.map((row) => Array.from(row)),
    actions: actions.map((action) => (typeof action === 'number' ? action : Array.from(action))),
  }));

describe('behaviour cloning', () => {
  it('learns to hold the pole from four episodes of an expert', async () => {
    const expert = shown(4);
    const steps = expert.map(({ actions }) => actions.length);
    expect(Math.min(...steps)).toBe(500);
    const pupil = new PPO('MlpPolicy', makeVec('CartPole-v1', { numEnvs: 2 }), { seed: 0 });
    const before = await evaluatePolicy(pupil, makeVec('CartPole-v1', { numEnvs: 10 }), { episodes: 10, seed: 1 });
    expect(before.mean).toBeLessThan(200);
    const { negLogProb, entropy } = await behaviourCloning(pupil, expert, { nEpochs: 12, seed: 3 });
    expect(negLogProb).toHaveLength(12);
    expect(negLogProb.at(-1)!).toBeLessThan(negLogProb[0]! / 2);
    expect(entropy.at(-1)!).toBeGreaterThan(0);
    const after = await evaluatePolicy(pupil, makeVec('CartPole-v1', { numEnvs: 10 }), { episodes: 10, seed: 1 });
    expect(after.mean).toBeGreaterThan(450);
  });

  it('of numbers: a Gaussian goes where the expert went', async () => {
    const observations = Array.from({ length: 65 }, (_, index) => [Math.cos(index), Math.sin(index), index / 65]);
    const actions = observations.slice(1).map(([cos]) => [1.5 * cos!]);
    const one = { observations, actions, rewards: actions.map(() => 0), terminated: false, truncated: true };
    const rows = { observations: [...observations.slice(1), [0, 0, 0]], actions };
    const pupil = new PPO('MlpPolicy', 'Pendulum-v1', { seed: 0 });
    await behaviourCloning(pupil, [{ ...one, ...rows }], { nEpochs: 150, learningRate: 3e-3 });
    const [action] = (await pupil.predict(observations[9]!, { deterministic: true })) as Float32Array;
    expect(Math.abs(action! - actions[8]![0]!)).toBeLessThan(0.3);
  });

  it('the same seed, the same policy', async () => {
    const run = async (seed: number) => {
      const pupil = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
      return (await behaviourCloning(pupil, shown(1), { nEpochs: 2, seed })).negLogProb;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it('refuses agents and steps that do not fit', async () => {
    const pupil = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
    const [one] = shown(1);
    const refused = (agent: unknown, given: readonly object[], options: object, message: string) =>
      expect(behaviourCloning(agent as PPO, given as Trajectory[], options)).rejects.toThrow(message);
    await refused(pupil, [one!], { epochs: 1 }, "Did you mean 'nEpochs'?");
    await refused(pupil, [one!], { batchSize: 0 }, 'batchSize 0');
    await refused(pupil, [], {}, 'Got no steps');
    await refused(pupil, [{ ...one, actions: [0, 2] }], {}, 'step 2 of episode 1 is of another env. Got action 2');
    await refused(pupil, [{ ...one, observations: [[1]] }], {}, 'and 1 numbers seen; expected Discrete(2) and 4');
    await refused(pupil, [{ ...one, observations: [[1, 2, NaN, 4]] }], {}, 'and 4 numbers seen');
    await refused(new DQN('MlpPolicy', 'CartPole-v1', { bufferSize: 10 }), [one!], {}, 'Got "DQN"; expected PPO');
    await refused(new RecurrentPPO('MlpLstmPolicy', 'CartPole-v1'), [one!], {}, 'Got stateSize 1024');
    await refused(new PPO('MlpPolicy', 'Taxi-v3', { actionMasks: true }), [one!], {}, 'Got action masks');
  });
});

describe('trajectories', () => {
  it('are recorded, written and read, as lines and as tensors', async () => {
    for (const id of ['CartPole-v1', 'Pendulum-v1', 'FrozenLake-v1']) {
      const agent = new PPO('MlpPolicy', id, { seed: 0 });
      const env = make(id, { maxEpisodeSteps: 6 });
      const played = await recordTrajectories(agent, env, { episodes: 3, seed: 4, deterministic: false });
      for (const name of [`${id}.jsonl`, `${id}.safetensors`]) {
        await saveTrajectories(file(name), played);
        const rounded = plain(played).map((one) => ({
          ...one,
          observations: one.observations.map((row) => [...Float32Array.from(row)]),
        }));
        expect(plain(await loadTrajectories(file(name)))).toEqual(name.endsWith('.jsonl') ? plain(played) : rounded);
      }
      const again = await recordTrajectories(new PPO('MlpPolicy', id, { seed: 0 }), make(id, { maxEpisodeSteps: 6 }), {
        episodes: 3,
        seed: 4,
        deterministic: false,
      });
      expect(plain(again)).toEqual(plain(played));
    }
  });

  it('a line is an object that other programs can write', async () => {
    writeFileSync(
      file('own.jsonl'),
      '{"observations":[[1,2],[3,4]],"actions":[1],"rewards":[0.5],"terminated":true,"truncated":false}\n\n',
    );
    const [one] = await loadTrajectories(file('own.jsonl'));
    await saveTrajectories(file('again.jsonl'), [one!]);
    expect(readFileSync(file('again.jsonl'), 'utf8')).toBe(readFileSync(file('own.jsonl'), 'utf8').trimEnd() + '\n');
  });

  it.each([
    [
      '{"observations":[[1]],"actions":[1],"rewards":[1],"terminated":true,"truncated":false}',
      '1 observations, 1 actions',
    ],
    [
      '{"observations":[[1],[2,3]],"actions":[1],"rewards":[1],"terminated":true,"truncated":false}',
      'observations of 1 each',
    ],
    [
      '{"observations":[[1],[null]],"actions":[1],"rewards":[1],"terminated":true,"truncated":false}',
      'all finite numbers',
    ],
    [
      '{"observations":[[1],[2]],"actions":[1],"rewards":[1],"terminated":true}',
      'whether it was terminated and truncated',
    ],
    [
      '{"observations":[[1],[2],[3]],"actions":[1,[1]],"rewards":[1,1],"terminated":true,"truncated":false}',
      'actions of a number each',
    ],
    // Made into a list, it would take all memory.
    [
      '{"observations":[{"length":4e9},{"length":4e9}],"actions":[1],"rewards":[1],"terminated":true,"truncated":false}',
      'episode 1 does not fit',
    ],
    ['{"observations":["1","2"],"actions":["1"],"rewards":["1"],"terminated":true,"truncated":false}', 'does not fit'],
    ['{"observations":7}', 'episode 1 does not fit'],
    ['7', 'episode 1 does not fit'],
    ['null', 'episode 1 does not fit'],
    ['{', 'line 1 is no JSON'],
    ['', 'there are no episodes'],
  ])('a file with %s is refused', async (text, message) => {
    writeFileSync(file('bad.jsonl'), text);
    await expect(loadTrajectories(file('bad.jsonl'))).rejects.toThrow(message);
  });

  it.each<readonly [string, Record<string, Tensor>, string]>([
    [
      'lengths that only add up',
      { lengths: tensor([2 ** 31 - 1, 3 - 2 ** 31], { dtype: 'int32' }) },
      'an episode has no length',
    ],
    [
      'other lengths',
      { lengths: tensor([1, 2], { dtype: 'int32' }) },
      'observations do not fit the lengths. Got 4 rows; expected 5',
    ],
    [
      'images',
      { observations: tensor(new Float32Array(16), { shape: [4, 2, 2] }) },
      'Got observations of the sizes [4, 2, 2]',
    ],
    ['one reward', { rewards: tensor(1) }, 'rewards are of another form. Got rewards of the sizes []'],
    ['no number', { rewards: tensor([1, NaN]) }, 'episode 2 does not fit'],
  ])('a file of tensors with %s is refused', async (_, changed, message) => {
    const good = {
      observations: tensor(new Float32Array(8), { shape: [4, 2] }),
      actions: tensor([0, 1], { dtype: 'int32' }),
      rewards: tensor([1, 1]),
      lengths: tensor([1, 1], { dtype: 'int32' }),
      terminations: tensor([1, 0], { dtype: 'uint8' }),
      truncations: tensor([0, 1], { dtype: 'uint8' }),
    };
    await saveSafetensors(fileStorage, file('bad.safetensors'), good);
    expect(await loadTrajectories(file('bad.safetensors'))).toHaveLength(2);
    await saveSafetensors(fileStorage, file('bad.safetensors'), { ...good, ...changed });
    await expect(loadTrajectories(file('bad.safetensors'))).rejects.toThrow(message);
  });

  it('other names and missing files are refused', async () => {
    await expect(loadTrajectories(file('none.jsonl'))).rejects.toThrow('there is no such file');
    await expect(saveTrajectories(file('x.csv'), shown(1))).rejects.toThrow('.jsonl or .safetensors');
  });
});
