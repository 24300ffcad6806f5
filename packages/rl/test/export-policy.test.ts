import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDefaultBackend } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { nodeBackend, openOnnx } from '@gai/backend-node';
import { webBackend } from '@gai/backend-web';
import { Dropout, Linear, Module } from '@gai/nn';
import { Box, Discrete, make, makeVec, SyncVectorEnv } from '@gai/rl';
import type { Env, StepResult } from '@gai/rl';
import { DQN, exportPolicy, loadOnnxPolicy, PPO, SAC, TD3, VecNormalize } from '@gai/rl/deep';
import type { AgentEnv, QFunction } from '@gai/rl/deep';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let node: Backend;
/** What a page runs on, without a page around it. */
let page: Backend;
beforeAll(async () => {
  node = await nodeBackend({ threads: 1 });
  page = await webBackend({ device: 'wasm', threads: 1 });
  setDefaultBackend(node);
});
afterAll(() => page.dispose());

/** First weights that are not near 0, so that actions differ. */
const OPTIONS = { nSteps: 8, batchSize: 8, nEpochs: 2, seed: 5, policyKwargs: { orthoInit: false } };
const folder = mkdtempSync(join(tmpdir(), 'gai-policy-'));

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

/** Values that are noise while it learns. */
class Dropping extends Module implements QFunction {
  readonly layer = new Linear({ inFeatures: 4, outFeatures: 2 });
  readonly dropout = new Dropout({ p: 0.5 });

  forward(observations: Tensor): Tensor {
    return this.layer.forward(this.dropout.forward(observations));
  }
}

describe('exportPolicy', () => {
  const started = (): Env<number, number> => ({
    observationSpace: new Discrete(4),
    actionSpace: new Discrete(3, { start: 5 }),
    reset: () => ({ observation: 0, info: {} }),
    step: () => ({ observation: 1, reward: 0, terminated: true, truncated: false, info: {} }),
  });
  const pendulums = () => new VecNormalize(makeVec('Pendulum-v1', { numEnvs: 2 }), { clipObs: 0.5 });
  const cases: readonly (readonly [string, AgentEnv, (index: number) => number])[] = [
    ['normalised observations, clipped actions', pendulums(), (index) => Math.sin(index) * 9],
    ['choices', new SyncVectorEnv([started]) as AgentEnv, (index) => Number(index % 4 === Math.floor(index / 4) % 4)],
    ['images', new SyncVectorEnv([() => new Picture()]) as AgentEnv, (index) => (index * 71) % 256],
  ];

  it('gives actions of a box their shape', async () => {
    const box: Env<Float32Array, Float32Array> = {
      observationSpace: new Box({ low: -1, high: 1, shape: [3] }),
      actionSpace: new Box({ low: -1, high: 1, shape: [2, 2] }),
      reset: () => ({ observation: new Float32Array(3), info: {} }),
      step: () => ({ observation: new Float32Array(3), reward: 0, terminated: true, truncated: false, info: {} }),
    };
    const path = join(folder, 'box.onnx');
    await exportPolicy(new PPO('MlpPolicy', box as AgentEnv, OPTIONS), path);
    const model = await openOnnx(path, { threads: 1 });
    const { action } = await model.run({
      observations: { dtype: 'float32', shape: [5, 3], data: new Float32Array(15) },
    });
    expect(action!.shape).toEqual([5, 2, 2]);
  });

  it('refuses what has no policy', async () => {
    await expect(exportPolicy({} as never, join(folder, 'no.onnx'))).rejects.toThrow('Got "Object"; expected PPO, A2C');
  });

  it.each([
    ['DQN', () => new DQN('MlpPolicy', 'CartPole-v1', { bufferSize: 10, distributional: 'qr', seed: 1 })],
    ['SAC', () => new SAC('MlpPolicy', 'Pendulum-v1', { bufferSize: 10, seed: 1 })],
    ['SAC with normalised observations', () => new SAC('MlpPolicy', pendulums(), { bufferSize: 10, seed: 1 })],
    ['TD3', () => new TD3('MlpPolicy', 'MountainCarContinuous-v0', { bufferSize: 10, seed: 1 })],
    [
      'a network that depends on the mode',
      () => new DQN(() => new Dropping(), 'CartPole-v1', { bufferSize: 10, seed: 1 }),
    ],
  ] as const)(
    'of %s acts as the agent does, in a plain ONNX Runtime and on the backend of pages',
    async (name, make) => {
      const agent = make();
      const path = join(folder, `${name}.onnx`);
      await exportPolicy(agent, path);
      const rows = 24;
      const data = Float32Array.from({ length: rows * agent.codec.size }, (_, index) => Math.sin(index * 3) * 9);
      const shape = [rows, ...agent.codec.shape];
      const expected = Array.from(await agent.predictBatch(data, rows, { deterministic: true }), Number);
      expect(new Set(expected).size).toBeGreaterThan(1);
      const near = (actions: ArrayLike<unknown>): void =>
        expected.forEach((one, index) => expect(Number(actions[index])).toBeCloseTo(one, 5));
      const { action } = await (
        await openOnnx(path, { threads: 1 })
      ).run({ observations: { dtype: 'float32', shape, data } });
      near(action!.data);
      const session = await page.load(readFileSync(path), { inputs: ['observations'], outputs: ['action'] });
      const [buffer] = await session.run([{ dtype: 'float32', shape, data }]);
      near(await buffer!.read());
      await session.release();
    },
  );

  it('plays a whole episode on the backend of pages as the agent does', async () => {
    const agent = await new DQN('MlpPolicy', 'CartPole-v1', { learningStarts: 20, seed: 3 }).learn({
      totalTimesteps: 120,
    });
    const path = join(folder, 'episode.onnx');
    await exportPolicy(agent, path);
    const env = make('CartPole-v1');
    setDefaultBackend(page);
    const { observationSpace, actionSpace } = env;
    const policy = await loadOnnxPolicy(new Uint8Array(readFileSync(path)), { observationSpace, actionSpace });
    const actions: unknown[] = [];
    const seen: unknown[] = [];
    let { observation } = env.reset({ seed: 5 });
    for (let isOver = false; !isOver && actions.length < 30;) {
      const action = await policy.predict(observation);
      actions.push(action);
      seen.push(observation);
      const step = env.step(action as number);
      ({ observation } = step);
      isOver = step.terminated;
    }
    setDefaultBackend(node);
    expect(actions.length).toBeGreaterThan(5);
    for (const [index, one] of seen.entries()) {
      expect(await agent.predict(one, { deterministic: true })).toBe(actions[index]);
    }
  });

  it.each(cases)('of %s acts in a plain ONNX Runtime as the agent does', async (name, env, valueAt) => {
    const agent = new PPO('MlpPolicy', env, OPTIONS);
    await agent.learn({ totalTimesteps: 16 });
    const path = join(folder, `${name}.onnx`);
    await exportPolicy(agent, path);
    const rows = 8;
    const { size, shape } = agent.codec;
    const values = Float32Array.from({ length: rows * size }, (_, index) => valueAt(index));
    const model = await openOnnx(path, { threads: 1 });
    const { action } = await model.run({
      observations: { dtype: 'float32', shape: [rows, ...shape], data: values },
    });
    const { singleObservationSpace: space } = agent.env;
    const hot = Array.from({ length: rows }, (_, row) => values.subarray(row * 4, row * 4 + 4).indexOf(1));
    const given = space instanceof Discrete ? Int32Array.from(hot) : values;
    const expected = await agent.predictBatch(given, rows, { deterministic: true });
    expect(action!.data.length).toBe(expected.length);
    expected.forEach((one, index) => expect(Number(action!.data[index])).toBeCloseTo(Number(one), 5));
  });
});
