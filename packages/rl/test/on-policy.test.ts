import { data, setDefaultBackend, split, squeeze } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Linear, Module } from '@gai/nn';
import { Box, Discrete, make, makeVec, SyncVectorEnv } from '@gai/rl';
import type { Env, StepResult } from '@gai/rl';
import { Categorical } from '@gai/rl/distributions';
import { A2C, evaluatePolicy, PPO, REINFORCE } from '@gai/rl/deep';
import type { AgentCallback, AgentEnv, PPOOptions } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

/** One of four signs is shown; the action of its number is paid 1. Cut off after eight steps, never over. */
class Signs implements Env<number, number> {
  readonly observationSpace = new Discrete(4);
  readonly actionSpace = new Discrete(4, { start: 10 });
  readonly masked: boolean;
  #sign = 0;
  #steps = 0;

  constructor(masked = false) {
    this.masked = masked;
  }

  #info() {
    // Forbids one action that would be wrong.
    return this.masked ? { actionMask: [0, 1, 2, 3].map((action) => Number(action !== (this.#sign + 1) % 4)) } : {};
  }

  reset({ seed }: { seed?: number | undefined } = {}) {
    if (seed !== undefined) this.#sign = seed % 4;
    this.#steps = 0;
    return { observation: this.#sign, info: this.#info() };
  }

  step(action: number): StepResult<number> {
    if (this.masked && action - 10 === (this.#sign + 1) % 4) expect.fail('a forbidden action was taken');
    const reward = action - 10 === this.#sign ? 1 : 0;
    this.#sign = (this.#sign * 3 + this.#steps++ + 1) % 4;
    return {
      observation: this.#sign,
      reward,
      terminated: false,
      truncated: this.#steps === 8,
      info: this.#info(),
    };
  }
}

/** Pays −(action − observation)². */
class Follow implements Env<Float32Array, Float32Array> {
  readonly observationSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });
  #at = 0;
  #steps = 0;

  reset() {
    this.#steps = 0;
    return { observation: Float32Array.of(this.#at), info: {} };
  }

  step(action: Float32Array): StepResult<Float32Array> {
    const reward = -((action[0]! - this.#at) ** 2);
    this.#at = ((this.#at + 1.7) % 2) - 1;
    return {
      observation: Float32Array.of(this.#at),
      reward,
      terminated: false,
      truncated: ++this.#steps === 10,
      info: {},
    };
  }
}

const signs = (masked = false) => new SyncVectorEnv(Array.from({ length: 4 }, () => () => new Signs(masked)));
const FAST: PPOOptions = { nSteps: 32, batchSize: 64, nEpochs: 8, learningRate: 0.005, gamma: 0, seed: 0 };

describe('learning', () => {
  it('PPO learns which action a sign asks for, from episodes that are only ever cut off', async () => {
    // With nothing for entropy one seed in four is sure of a wrong action before it has tried the right one.
    const agent = new PPO('MlpPolicy', signs(), { ...FAST, entCoef: 0.01 });
    await agent.learn({ totalTimesteps: 4096 });
    expect((await evaluatePolicy(agent, new Signs(), { episodes: 4 })).mean).toBe(8);
    expect(await agent.predict(2, { deterministic: true })).toBe(12);
  });

  it('PPO with masks never takes a forbidden action', async () => {
    const agent = new PPO('MlpPolicy', signs(true), { ...FAST, actionMasks: true });
    await agent.learn({ totalTimesteps: 3072 });
    expect((await evaluatePolicy(agent, new Signs(true), { episodes: 4, deterministic: false })).mean).toBeGreaterThan(
      6,
    );
  });

  it('A2C learns it too', async () => {
    const agent = new A2C('MlpPolicy', signs(), { learningRate: 0.003, gamma: 0, entCoef: 0.02, seed: 0 });
    await agent.learn({ totalTimesteps: 6000 });
    expect((await evaluatePolicy(agent, new Signs(), { episodes: 4 })).mean).toBe(8);
  });

  it('REINFORCE learns it from whole episodes, with a baseline and without', async () => {
    for (const baseline of [true, false]) {
      const options = {
        learningRate: 0.01,
        episodesPerUpdate: 4,
        normalizeAdvantage: true,
        gamma: 0,
        baseline,
        seed: 0,
      };
      const agent = new REINFORCE('MlpPolicy', new Signs(), options);
      const rows: Readonly<Record<string, number>>[] = [];
      const sink = { name: 'rows', log: (_: number, row: Readonly<Record<string, number>>) => void rows.push(row) };
      await agent.learn({ totalTimesteps: 1600, sinks: [sink] });
      expect(agent.numTimesteps % 32).toBe(0);
      expect(rows[0]!['train/n_updates']).toBe(1);
      expect('train/value_loss' in rows[0]!).toBe(baseline);
      expect((await evaluatePolicy(agent, new Signs(), { episodes: 4 })).mean).toBe(8);
    }
  });

  it('REINFORCE leaves the advantage of an episode of one step as it is: it has no deviation', async () => {
    const short: Env<Float32Array, number> = {
      observationSpace: new Box({ low: 0, high: 1, shape: [1] }),
      actionSpace: new Discrete(2),
      reset: () => ({ observation: Float32Array.of(1), info: {} }),
      step: (action) => ({
        observation: Float32Array.of(1),
        reward: action,
        terminated: true,
        truncated: false,
        info: {},
      }),
    };
    const options = { normalizeAdvantage: true, learningRate: 0.05, seed: 0 };
    const agent = await new REINFORCE('MlpPolicy', short, options).learn({ totalTimesteps: 40 });
    expect(await agent.predict([1], { deterministic: true })).toBe(1);
  });

  it('REINFORCE takes one env, and episodes that it has room for', async () => {
    expect(() => new REINFORCE('MlpPolicy', makeVec('CartPole-v1', { numEnvs: 2 }))).toThrow('Got 2 envs; expected 1');
    const agent = new REINFORCE('MlpPolicy', new Signs(), { nSteps: 5 });
    await expect(agent.learn({ totalTimesteps: 64 })).rejects.toThrow('Got more than 5 steps in 1 episodes');
  });

  it('PPO follows a number with a Gaussian, clipped to the box', async () => {
    const envs = new SyncVectorEnv(Array.from({ length: 4 }, () => () => new Follow()));
    const agent = new PPO('MlpPolicy', envs, { ...FAST, nSteps: 64 });
    await agent.learn({ totalTimesteps: 10_240 });
    expect((await evaluatePolicy(agent, new Follow(), { episodes: 4 })).mean).toBeGreaterThan(-0.5);
    const action = (await agent.predict(Float32Array.of(5), { deterministic: true })) as Float32Array;
    expect(action[0]).toBeLessThanOrEqual(1);
  });
});

/** One linear layer for actions and value together. */
class Own extends Module {
  readonly layer = new Linear({ inFeatures: 4, outFeatures: 3 });

  forward(observations: Tensor) {
    const outputs = this.layer.forward(observations);
    const [logits, value] = split(outputs, [2, 1], { axis: 1 });
    return { distribution: new Categorical(logits!), value: squeeze(value!, 1) };
  }
}

describe('what it takes', () => {
  const SMALL: PPOOptions = { nSteps: 16, batchSize: 16, nEpochs: 2 };
  const run = async (envs: AgentEnv, seed = 3): Promise<string> => {
    const agent = new PPO('MlpPolicy', envs, { ...SMALL, seed });
    await agent.learn({ totalTimesteps: 64 });
    return String(await data(agent.policy.stateDict()['actionNet.weight']!));
  };

  it('an id, one env, several in either mode: the same seed gives the same agent', async () => {
    const one = await run('CartPole-v1');
    expect(await run(make('CartPole-v1'))).toBe(one);
    expect(await run(makeVec('CartPole-v1', { numEnvs: 1 }))).toBe(one);
    expect(await run(makeVec('CartPole-v1', { numEnvs: 1, autoresetMode: 'same-step' }))).toBe(one);
    expect(await run('CartPole-v1', 4)).not.toBe(one);
  });

  it('a module of your own', async () => {
    const policy = new Own();
    const before = String(await data(policy.layer.weight));
    await new PPO(policy, 'CartPole-v1', { ...SMALL, seed: 0 }).learn({ totalTimesteps: 32 });
    expect(String(await data(policy.layer.weight))).not.toBe(before);
  });

  it('callbacks and sinks see the run, and stop it', async () => {
    const seen: string[] = [];
    const rows: Readonly<Record<string, number>>[] = [];
    const callback: AgentCallback = {
      name: 'witness',
      onTrainingStart: () => void seen.push('start'),
      onStep: ({ numTimesteps, stop }) => {
        if (numTimesteps === 40) stop('enough');
      },
      onRolloutEnd: () => void seen.push('rollout'),
      onUpdateEnd: ({ totalTimesteps }) => void seen.push(`update of ${totalTimesteps}`),
      onTrainingEnd: () => void seen.push('end'),
    };
    const agent = new PPO('MlpPolicy', 'CartPole-v1', { ...SMALL, seed: 0 });
    const sink = {
      name: 'rows',
      log: (step: number, row: Readonly<Record<string, number>>) => void rows.push({ ...row, step }),
    };
    await agent.learn({ totalTimesteps: 1000, callbacks: [callback], sinks: [sink] });
    expect(agent.numTimesteps).toBe(40);
    expect(seen).toEqual(['start', 'rollout', 'update of 1000', 'rollout', 'update of 1000', 'end']);
    expect(rows.map(({ step }) => step)).toEqual([16, 32]);
    const [, row] = rows;
    expect(Object.keys(row!).filter((name) => name.startsWith('rollout'))).toEqual([
      'rollout/ep_rew_mean',
      'rollout/ep_len_mean',
    ]);
    expect(
      Object.keys(row!)
        .filter((name) => name.startsWith('train'))
        .sort(),
    ).toEqual(
      (
        'approx_kl clip_fraction clip_range entropy_loss explained_variance learning_rate loss n_updates ' +
        'policy_gradient_loss value_loss'
      )
        .split(' ')
        .map((name) => `train/${name}`),
    );
    await agent.learn({ totalTimesteps: 8, resetNumTimesteps: false });
    expect(agent.numTimesteps).toBe(48);
  });

  it.each([
    [{ learningRates: 1 }, "Did you mean 'learningRate'?"],
    [{ nSteps: 0 }, 'nSteps 0; expected an integer ≥ 1'],
    [{ batchSize: 1.5 }, 'batchSize 1.5'],
    [{ gamma: 1.1 }, 'gamma 1.1; expected a number from 0 to 1'],
    [{ entCoef: Number.NaN }, 'entCoef NaN'],
    [{ maxGradNorm: 0 }, 'maxGradNorm 0'],
    [{ clipRange: 'lin_x' }, 'clipRange is no schedule. Got "lin_x"'],
    [{ targetKl: -1 }, 'targetKl -1'],
    [{ seed: -1 }, 'seed -1'],
    [{ policyKwargs: { netArch: [0] } }, 'netArch does not fit. Got pi [0]'],
    [{ policyKwargs: { activation: 'relu' } }, "Did you mean 'activationFn'?"],
  ])('refuses %j', (options, message) => {
    expect(() => new PPO('MlpPolicy', 'CartPole-v1', options as PPOOptions)).toThrow(message);
  });

  it('refuses spaces, policies and envs that do not fit', async () => {
    expect(() => new PPO('LstmPolicy' as 'MlpPolicy', 'CartPole-v1')).toThrow(
      `there is no such policy. Got "LstmPolicy"; expected 'MlpPolicy', 'CnnPolicy', 'MultiInputPolicy' or a module`,
    );
    expect(() => new PPO('CnnPolicy', 'CartPole-v1')).toThrow('observations are no images. Got Box(');
    expect(() => new PPO('MlpPolicy', 'Pendulum-v1', { actionMasks: true })).toThrow('cannot be masked');
    await expect(
      new PPO('MlpPolicy', 'CartPole-v1', { ...SMALL, actionMasks: true }).learn({ totalTimesteps: 1 }),
    ).rejects.toThrow('the action mask does not fit. Got undefined; expected 2 entries');
    const agent = new PPO('MlpPolicy', 'CartPole-v1', SMALL);
    await expect(evaluatePolicy(agent, 'Pendulum-v1')).rejects.toThrow('the env is of another kind');
    await expect(agent.learn({ totalTimestep: 1 } as never)).rejects.toThrow("Did you mean 'totalTimesteps'?");
    await expect(agent.learn({ totalTimesteps: 0 })).rejects.toThrow('totalTimesteps 0');
  });
});
