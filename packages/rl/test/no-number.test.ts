import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { CartPole, makeVec, SyncVectorEnv } from '@gai/rl';
import { A2C, DQN, PPO, VecCheckNan, VecNormalize } from '@gai/rl/deep';
import { beforeAll, describe, expect, it, vi } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

describe('what is no number', () => {
  /** Pays NaN at its fourth step. */
  class Broken extends CartPole {
    #steps = 0;
    override step(action: number) {
      const result = super.step(action);
      return { ...result, reward: this.#steps++ === 3 ? Number.NaN : result.reward };
    }
  }
  const envs = () => new SyncVectorEnv<Float32Array, number>([() => new CartPole(), () => new Broken()]);

  it('a reward is refused before anything is learned, with its env and step', async () => {
    const agent = new PPO('MlpPolicy', envs(), { nSteps: 16, batchSize: 32, seed: 5 });
    await expect(agent.learn({ totalTimesteps: 64 })).rejects.toThrow(
      'PPO: a reward is no finite number. Got NaN from env 1 at step 4',
    );
    const normalized = new A2C('MlpPolicy', new VecNormalize(envs()), { seed: 0 });
    await expect(normalized.learn({ totalTimesteps: 64 })).rejects.toThrow('Got NaN from env 1 at step 4');
  });

  it('the step is counted from the latest beginning', async () => {
    let isBroken = false;
    class Late extends CartPole {
      override step(action: number) {
        return { ...super.step(action), ...(isBroken && { reward: Number.NaN }) };
      }
    }
    const late = () => new SyncVectorEnv<Float32Array, number>([() => new Late()]);
    const settings = { nSteps: 4, batchSize: 4, seed: 0 };
    for (const agent of [new PPO('MlpPolicy', late(), settings), new DQN('MlpPolicy', late(), { bufferSize: 50 })]) {
      isBroken = false;
      await agent.learn({ totalTimesteps: 8 });
      isBroken = true;
      await expect(agent.learn({ totalTimesteps: 8 })).rejects.toThrow('Got NaN from env 0 at step 1;');
    }
  });

  it('a schedule that ends in no number is refused before the update, and the weights stay as they are', async () => {
    const learningRate = (remaining: number): number => (remaining > 0.6 ? 0.01 : Number.NaN);
    const agent = new PPO('MlpPolicy', 'CartPole-v1', { learningRate, nSteps: 8, batchSize: 8, nEpochs: 1, seed: 0 });
    await expect(agent.learn({ totalTimesteps: 32 })).rejects.toThrow(
      'learn: a schedule has gone wrong. Got NaN with 0.5 of',
    );
    expect(await agent.predict([0, 0, 0, 0], { deterministic: true })).toBeTypeOf('number');
    const negative = new A2C('MlpPolicy', 'CartPole-v1', { learningRate: (left) => left - 0.9, seed: 0 });
    await expect(negative.learn({ totalTimesteps: 20 })).rejects.toThrow('expected a finite number of 0 or more');
  });

  it('VecCheckNan looks at the last observation of an episode, which the next one hides', async () => {
    class Ends extends CartPole {
      override step(action: number) {
        return { ...super.step(action), observation: Float32Array.of(0, 0, Number.NaN, 0), terminated: true };
      }
    }
    const checked = new VecCheckNan(new SyncVectorEnv([() => new CartPole(), () => new Ends()]));
    await checked.reset({ seed: 0 });
    await expect(checked.step([0, 1])).rejects.toThrow(
      'VecCheckNan: final observation is no finite number. Got NaN from env 1 at step 1',
    );
  });

  it('VecCheckNan finds it in rewards, observations and actions; warns once if asked', async () => {
    const checked = new VecCheckNan(envs());
    await checked.reset({ seed: 0 });
    for (let step = 0; step < 3; step++) await checked.step([0, 1]);
    await expect(checked.step([0, 1])).rejects.toThrow(
      'VecCheckNan: reward is no finite number. Got NaN from env 1 at step 4',
    );
    const turned = new VecCheckNan(makeVec('Pendulum-v1', { numEnvs: 2 }), { checkInf: false });
    await turned.reset({ seed: 0 });
    await expect(turned.step(Float32Array.of(0, Number.NaN))).rejects.toThrow(
      'action is not a number. Got NaN for env 1',
    );
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const quiet = new VecCheckNan(envs(), { raiseException: false });
    await quiet.reset({ seed: 0 });
    for (let step = 0; step < 6; step++) await quiet.step([0, 1]);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
    expect(() => new VecCheckNan(new VecNormalize(envs()))).toThrow('Put it inside');
    expect(() => new VecCheckNan(envs(), { warn: true } as never)).toThrow("Did you mean 'warnOnce'?");
  });
});
