import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDefaultBackend } from '@gai/core';
import { nodeBackend, openOnnx } from '@gai/backend-node';
import { Box, Discrete, makeVec, SyncVectorEnv } from '@gai/rl';
import type { Env, StepResult } from '@gai/rl';
import { DQN, exportPolicy, PPO, VecNormalize } from '@gai/rl/deep';
import type { AgentEnv } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

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

  it('refuses an agent that learns off-policy', async () => {
    const agent = new DQN('MlpPolicy', 'CartPole-v1', { bufferSize: 10 });
    await expect(exportPolicy(agent as never, join(folder, 'no.onnx'))).rejects.toThrow('Got "DQN"; expected PPO, A2C');
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
