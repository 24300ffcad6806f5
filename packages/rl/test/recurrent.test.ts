import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concat, data, gather, reshape, setDefaultBackend, squeeze } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { GRU, Linear, Module } from '@gai/nn';
import { Discrete, make, makeVec, SyncVectorEnv } from '@gai/rl';
import type { Env, StepResult } from '@gai/rl';
import { checkpointCallback, evaluatePolicy, PPO, RecurrentPPO, VecNormalize } from '@gai/rl/deep';
import type { ActorCritic, PolicyMemory, RecurrentPPOOptions } from '@gai/rl/deep';
import { Categorical } from '@gai/rl/distributions';
import { beforeAll, describe, expect, it } from 'vitest';
import { laneSizes, sequences } from '../src/deep/sequences.ts';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const folder = mkdtempSync(join(tmpdir(), 'gai-recurrent-'));
const SMALL: RecurrentPPOOptions = {
  nSteps: 12,
  batchSize: 16,
  nEpochs: 2,
  learningRate: 'lin_0.01',
  policyKwargs: { lstmHiddenSize: 6, netArch: [8] },
  seed: 5,
};

/** Shows a sign once, then nothing; two steps later the action of its number is paid 1. One action may be forbidden. */
class Recall implements Env<number, number> {
  readonly observationSpace = new Discrete(4);
  readonly actionSpace = new Discrete(3);
  readonly masked: boolean;
  #sign = 0;
  #steps = 0;

  constructor(masked = false) {
    this.masked = masked;
  }

  #info() {
    return this.masked ? { actionMask: [0, 1, 2].map((action) => Number(action !== (this.#sign + 1) % 3)) } : {};
  }

  reset({ seed }: { seed?: number | undefined } = {}) {
    this.#sign = (seed ?? this.#sign + 1) % 3;
    this.#steps = 0;
    return { observation: this.#sign, info: this.#info() };
  }

  step(action: number): StepResult<number> {
    if (this.masked && action === (this.#sign + 1) % 3) expect.fail('a forbidden action was taken');
    const isLast = ++this.#steps === 3;
    return {
      observation: 3,
      reward: isLast && action === this.#sign ? 1 : 0,
      terminated: isLast,
      truncated: false,
      info: this.#info(),
    };
  }
}

const recalls = (masked = false) => new SyncVectorEnv(Array.from({ length: 4 }, () => () => new Recall(masked)));
const LEARNING: RecurrentPPOOptions = {
  nSteps: 24,
  batchSize: 96,
  nEpochs: 6,
  learningRate: 0.03,
  entCoef: 0.01,
  policyKwargs: { lstmHiddenSize: 16, netArch: [] },
  seed: 0,
};

/** All weights, slots, counters and statistics, as text. */
async function everything(agent: RecurrentPPO): Promise<string> {
  const { tensors, step, progress } = agent.checkpoint();
  const values = await Promise.all(Object.values(tensors).map((tensor) => data(tensor)));
  return JSON.stringify([step, progress, Object.keys(tensors), values.map((value) => [...value].map(String))]);
}

describe('learning', () => {
  it('recalls what it saw two steps before, which PPO cannot', async () => {
    const agent = await new RecurrentPPO('MlpLstmPolicy', recalls(), LEARNING).learn({ totalTimesteps: 960 });
    expect((await evaluatePolicy(agent, recalls(), { episodes: 12 })).mean).toBe(1);
    const { policyKwargs: _, ...options } = LEARNING;
    const plain = await new PPO('MlpPolicy', recalls(), options).learn({ totalTimesteps: 960 });
    expect((await evaluatePolicy(plain, recalls(), { episodes: 12 })).mean).toBeLessThan(0.5);
  });

  it('with masks and a module of its own it never takes a forbidden action', async () => {
    const options = { ...LEARNING, policyKwargs: undefined, actionMasks: true, targetKl: 0.05 };
    const agent = await new RecurrentPPO(new Gru(), recalls(true), options).learn({ totalTimesteps: 1440 });
    expect((await evaluatePolicy(agent, recalls(true), { episodes: 12, deterministic: false })).mean).toBeGreaterThan(
      0.8,
    );
  });
});

/** A GRU over signs; its state is the policy's. */
class Gru extends Module implements ActorCritic {
  readonly stateSize = 16;
  readonly gru = new GRU({ inputSize: 4, hiddenSize: 16 });
  readonly actions = new Linear({ inFeatures: 16, outFeatures: 3 });
  readonly value = new Linear({ inFeatures: 16, outFeatures: 1 });

  forward(observations: Tensor, mask: Tensor | undefined, { state, starts, rows }: PolicyMemory) {
    const { output, hidden } = this.gru.forward(observations, {
      hidden: reshape(state, [1, state.shape[0]!, 16]),
      resets: starts,
    });
    const all = reshape(output, [-1, 16]);
    const asked = rows === undefined ? all : gather(all, rows);
    return {
      distribution: new Categorical(this.actions.forward(asked), { mask }),
      value: squeeze(this.value.forward(asked), 1),
      state: squeeze(hidden, 0),
    };
  }
}

describe('a run that goes on from a file is the uninterrupted one, bit for bit', () => {
  const envs = () => new VecNormalize(makeVec('CartPole-v1', { numEnvs: 3, envOptions: { maxEpisodeSteps: 15 } }));

  // Ten points take three times as long: with GAI_FULL=1.
  const POINTS = process.env['GAI_FULL'] === '1' ? [3, 12, 21, 36, 39, 51, 60, 72, 84, 105] : [21, 60, 105];

  it('within a rollout and within episodes', async () => {
    const whole = new RecurrentPPO('MlpLstmPolicy', envs(), SMALL);
    const callbacks = [checkpointCallback({ saveFreq: 3, savePath: folder, namePrefix: 'lstm' })];
    await whole.learn({ totalTimesteps: 108, callbacks });
    const expected = await everything(whole);
    for (const steps of POINTS) {
      const agent = await RecurrentPPO.load(`${folder}/lstm_${steps}_steps.safetensors`, { env: envs() });
      await agent.learn({ totalTimesteps: 108 - steps, resetNumTimesteps: false });
      expect(await everything(agent), `from step ${steps}`).toBe(expected);
    }
  });

  it('what it remembered goes with what it has seen: an agent in use is restored to the beginning', async () => {
    const before = new RecurrentPPO('MlpLstmPolicy', envs(), SMALL).checkpoint();
    const used = await new RecurrentPPO('MlpLstmPolicy', envs(), SMALL).learn({ totalTimesteps: 45 });
    await used.restore(before);
    await used.learn({ totalTimesteps: 36 });
    const fresh = await new RecurrentPPO('MlpLstmPolicy', envs(), SMALL).learn({ totalTimesteps: 36 });
    expect(await everything(used)).toBe(await everything(fresh));
  });
});

describe('acting', () => {
  const agent = () => new RecurrentPPO('MlpLstmPolicy', 'CartPole-v1', SMALL);
  const seen = [Float32Array.of(0.1, 0, 0.1, 0), Float32Array.of(2, 1, -0.2, 1)];

  it('asks for what it remembers, and brings it up to date', async () => {
    const one = agent();
    await expect(one.predict(seen[0])).rejects.toThrow('Got no state; expected one of 1, from agent.initialState(1)');
    await expect(one.predict(seen[0], { state: one.initialState(2) })).rejects.toThrow('Got one of 2 episodes');
    const plain = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
    expect(plain.initialState()).toBeUndefined();
    await expect(plain.predict(seen[0], { state: one.initialState() })).rejects.toThrow('this agent remembers nothing');
    const state = one.initialState();
    await one.predict(seen[0], { state, deterministic: true });
    const [first] = [[...state.values]];
    expect(first.some((value) => value !== 0)).toBe(true);
    await one.predict(seen[1], { state, deterministic: true });
    state.restart();
    await one.predict(seen[0], { state, deterministic: true });
    expect([...state.values]).toEqual(first);
  });

  it('a truncated episode ends in a value that knows the episode', async () => {
    const envs = makeVec('CartPole-v1', { numEnvs: 2, envOptions: { maxEpisodeSteps: 5 } });
    const one = new RecurrentPPO('MlpLstmPolicy', envs, SMALL);
    const nexts: Float32Array[] = [];
    const judge = one['judge'].bind(one);
    one['judge'] = async () => {
      const judged = await judge();
      nexts.push(judged.next as Float32Array);
      // By hand: the whole episode once more, from its first observation to what came last.
      const { buffer } = one;
      for (const [index, [row, final]] of [...buffer.finals].entries()) {
        const rows = [4, 3, 2, 1, 0].map((back) => row - 2 * back);
        if (rows[0]! < 0) continue;
        const read = (at: number) => buffer.observations.subarray(at * 4, at * 4 + 4);
        const all = Float32Array.from([...rows.flatMap((at) => [...read(at)]), ...final]);
        const [observations, starts] = [all, Float32Array.of(1, 0, 0, 0, 0, 0)].map((values, part) =>
          reshape(concat([...values].map((value) => reshape(value, [1]))), part === 0 ? [6, 1, 4] : [6, 1]),
        );
        const state = reshape(concat(Array.from({ length: 24 }, () => reshape(0, [1]))), [1, 24]);
        const { value } = one.policy.forward(observations!, undefined, { state, starts: starts! });
        expect(Math.abs(Number((await data(value))[5]) - Number(judged.next[2 + index]))).toBeLessThan(1e-5);
      }
      return judged;
    };
    await one.learn({ totalTimesteps: 24 });
    expect(nexts[0]!.length).toBe(6);
  });

  it.each<readonly [unknown, object, string]>([
    ['MlpPolicy', {}, "expected 'MlpLstmPolicy', 'CnnLstmPolicy', 'MultiInputLstmPolicy' or a module"],
    ['MlpLstmPolicy', { policyKwargs: { lstmHiddenSize: 0 } }, 'lstmHiddenSize 0'],
    ['MlpLstmPolicy', { policyKwargs: { lstmHidden: 3 } }, "Did you mean 'lstmHiddenSize'?"],
    [
      'MlpLstmPolicy',
      { policyKwargs: { sharedLstm: true, enableCriticLstm: true } },
      'Got sharedLstm and enableCriticLstm',
    ],
    ['CnnLstmPolicy', {}, 'observations are no images'],
  ])('refuses %j with %j', (policy, options, message) => {
    expect(() => new RecurrentPPO(policy as 'MlpLstmPolicy', make('CartPole-v1'), options)).toThrow(message);
  });

  it('each agent refuses a policy of the other kind', () => {
    const plain = new Linear({ inFeatures: 1, outFeatures: 1 }) as unknown as ActorCritic;
    expect(() => new RecurrentPPO(plain, recalls())).toThrow('the policy has no memory');
    expect(() => new PPO(new Gru(), recalls())).toThrow('the policy has a memory, which this agent would not keep');
  });
});

describe('minibatches', () => {
  it.each([
    [{ nSteps: 5, numEnvs: 3, batchSize: 4 }, 7],
    [{ nSteps: 5, numEnvs: 3, batchSize: 15 }, 0],
    [{ nSteps: 4, numEnvs: 2, batchSize: 100 }, 3],
    [{ nSteps: 6, numEnvs: 1, batchSize: 4 }, 5],
    [{ nSteps: 1, numEnvs: 4, batchSize: 3 }, 2],
  ])('of %j hold every row once, in lanes of one env each', (sizes, split) => {
    const { lanes, length } = laneSizes(sizes);
    const all = sequences(sizes, split);
    const rows = all.flatMap(({ index }) => [...index]);
    expect(rows.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: sizes.nSteps * sizes.numEnvs }, (_, row) => row),
    );
    for (const { index, steps, first, places } of all) {
      expect(steps.length).toBe(lanes * length);
      expect([...places].map((place) => steps[place])).toEqual([...index]);
      [...places].forEach((place, at) => {
        const lane = place % lanes;
        if (place < lanes) expect(first[lane]).toBe(index[at]);
        else expect(steps[place]! - steps[place - lanes]!).toBe(sizes.numEnvs);
      });
    }
  });
});
