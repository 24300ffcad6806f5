import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concat, data, reshape, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend, openOnnx } from '@gai/backend-node';
import { Linear, Module } from '@gai/nn';
import { Box, Dict, Discrete, SyncVectorEnv } from '@gai/rl';
import type { Env, Space, StepResult } from '@gai/rl';
import { A2C, CombinedExtractor, DQN, evaluatePolicy, exportPolicy, PPO, RecurrentPPO, SAC, TD3 } from '@gai/rl/deep';
import type { Agent, AgentEnv, FeaturesExtractor } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const PICTURE = new Box({ low: 0, high: 255, shape: [4, 4, 1], dtype: 'uint8' });
const RECORD = new Dict<{ camera: Uint8Array; turned: number }>({ camera: PICTURE, turned: new Discrete(2) });
type Seen = Uint8Array | { camera: Uint8Array; turned: number };

/** One of four columns is lit, from the other side where a switch says so; its number is asked for: a choice, or a torque from −1.5 to 1.5. */
class Columns implements Env<Seen, number | Float32Array> {
  readonly observationSpace: Space<Seen>;
  readonly actionSpace: Space<number | Float32Array>;
  readonly #isRecord: boolean;
  #column = 0;
  #turned = 0;
  #steps = 0;

  constructor(sees: 'picture' | 'record', gives: 'choice' | 'torque') {
    this.#isRecord = sees === 'record';
    this.observationSpace = (this.#isRecord ? RECORD : PICTURE) as unknown as Space<Seen>;
    const torque = new Box({ low: -1.5, high: 1.5, shape: [1] });
    this.actionSpace = (gives === 'choice' ? new Discrete(4) : torque) as unknown as Space<number | Float32Array>;
  }

  reset({ seed }: { seed?: number | undefined } = {}) {
    if (seed !== undefined) this.#column = seed % 4;
    this.#steps = 0;
    return { observation: this.#seen(), info: {} };
  }

  step(action: number | Float32Array): StepResult<Seen> {
    const asked = this.#turned === 1 ? 3 - this.#column : this.#column;
    const reward = typeof action === 'number' ? Number(action === asked) : -((action[0]! - (asked - 1.5)) ** 2);
    this.#steps++;
    this.#column = (this.#column * 3 + this.#steps) % 4;
    if (this.#isRecord) this.#turned = Number(this.#steps % 3 === 0);
    return { observation: this.#seen(), reward, terminated: false, truncated: this.#steps === 8, info: {} };
  }

  #seen(): Seen {
    const camera = Uint8Array.from({ length: 16 }, (_, at) => (at % 4 === this.#column ? 255 : 0));
    return this.#isRecord ? { camera, turned: this.#turned } : camera;
  }
}

const columns = (sees: 'picture' | 'record', gives: 'choice' | 'torque'): AgentEnv =>
  new SyncVectorEnv(Array.from({ length: 4 }, () => () => new Columns(sees, gives))) as unknown as AgentEnv;

const SMALL = { featuresExtractorClass: 'SmallCNN', featuresDim: 16 } as const;
const FAST = {
  learningRate: 0.005,
  learningStarts: 64,
  batchSize: 32,
  bufferSize: 1000,
  trainFreq: 8,
  gradientSteps: 8,
  gamma: 0.2,
  seed: 0,
};
// Without a look at what is lit, an episode pays −10 at best.
const TORQUE = { ...FAST, learningRate: 0.002, gradientSteps: 24, gamma: 0 };
const DQN_FAST = { ...FAST, targetUpdateInterval: 64, explorationFraction: 0.5 };
const folder = mkdtempSync(join(tmpdir(), 'gai-features-'));

/** Agents that look at pictures or records. */
const cases: Readonly<Record<string, readonly [() => Agent, number, number]>> = {
  'DQN, pictures': [
    () => new DQN('CnnPolicy', columns('picture', 'choice'), { ...DQN_FAST, policyKwargs: SMALL }),
    640,
    8,
  ],
  'DQN, records': [
    () => {
      const policyKwargs = { featuresDim: 16, netArch: [32] };
      return new DQN('MultiInputPolicy', columns('record', 'choice'), { ...DQN_FAST, dueling: true, policyKwargs });
    },
    960,
    8,
  ],
  'SAC, pictures': [
    () => {
      const policyKwargs = { ...SMALL, netArch: [16] };
      return new SAC('CnnPolicy', columns('picture', 'torque'), { ...TORQUE, entCoef: 0.01, policyKwargs });
    },
    640,
    -3,
  ],
  // Its actor is at the end of its tanh before the critics know anything: that it learns here is not asked.
  'TD3, records': [
    () => {
      const policyKwargs = { featuresDim: 16, netArch: [16] };
      return new TD3('MultiInputPolicy', columns('record', 'torque'), { ...TORQUE, policyKwargs });
    },
    160,
    -Infinity,
  ],
};

describe.each(Object.entries(cases))('%s', (name, [make, totalTimesteps, bar]) => {
  it('learns, goes on from a file by the name of its policy, and acts as its ONNX file does', async () => {
    const agent = await make().learn({ totalTimesteps });
    const envs = agent.env;
    const [sees, gives] = [
      name.endsWith('pictures') ? 'picture' : 'record',
      agent instanceof DQN ? 'choice' : 'torque',
    ];
    const alone = new Columns(sees as 'picture', gives as 'choice') as unknown as AgentEnv;
    expect((await evaluatePolicy(agent, alone, { episodes: 4 })).mean).toBeGreaterThanOrEqual(bar);

    const checkpoint = agent.checkpoint();
    expect(checkpoint.progress['policy']).toBe(name.endsWith('pictures') ? 'CnnPolicy' : 'MultiInputPolicy');
    const load = agent.constructor as unknown as { load(from: unknown, given: object): Promise<Agent> };
    const again = await load.load(checkpoint, { env: envs });
    const rows = Array.from({ length: 4 }, (_, column) => ({
      camera: Uint8Array.from({ length: 16 }, (__, at) => (at % 4 === column ? 255 : 0)),
      turned: column % 2,
    }));
    const seen = rows.map((row) => (sees === 'picture' ? row.camera : row));
    const actions = await Promise.all(seen.map((one) => agent.predict(one, { deterministic: true })));
    for (const [index, one] of seen.entries()) {
      expect(await again.predict(one, { deterministic: true })).toEqual(actions[index]);
    }

    const path = join(folder, `${name}.onnx`);
    await exportPolicy(agent as DQN, path);
    const space = envs.singleObservationSpace;
    const floats = Float32Array.from(seen.flatMap((one) => [...space.flatten(one)]));
    const { action } = await (
      await openOnnx(path, { threads: 1 })
    ).run({
      observations: { dtype: 'float32', shape: [4, ...agent.codec.shape], data: floats },
    });
    const expected = actions.flatMap((one) => (typeof one === 'number' ? [one] : [...(one as Float32Array)]));
    expected.forEach((one, index) => expect(Number(action!.data[index])).toBeCloseTo(one, 4));
  });
});

describe('records', () => {
  it('are seen key by key: images by a network each, everything else as it is', async () => {
    const space = new Dict({
      speed: new Box({ low: -1, high: 1, shape: [2] }) as Space,
      camera: PICTURE as Space,
      gear: new Discrete(3) as Space,
    });
    const extractor = new CombinedExtractor(space, { featuresDim: 5 });
    expect(extractor.featuresDim).toBe(10);
    const pixels = Uint8Array.from({ length: 32 }, (_, at) => (at * 37) % 256);
    const given = [0, 1].map((row) => ({
      speed: Float32Array.of(row, -0.5),
      camera: pixels.slice(row * 16, row * 16 + 16),
      gear: row + 1,
    }));
    const flat = tensor(Float32Array.from(given.flatMap((one) => [...space.flatten(one)])), { shape: [2, 21] });
    const [camera] = [...extractor.extractors];
    const seen = camera!.forward(
      tensor(
        Float32Array.from(pixels, (byte) => byte / 255),
        { shape: [2, 4, 4, 1] },
      ),
    );
    const rest = tensor([
      [0, 1, 0, 0, -0.5],
      [0, 0, 1, 1, -0.5],
    ]);
    const [found, wanted] = [await data(extractor.forward(flat)), await data(concat([seen, rest], { axis: 1 }))];
    found.forEach((one, index) => expect(Number(one)).toBeCloseTo(Number(wanted[index]), 5));
  });

  it('go into agents that learn on-policy, too', async () => {
    const options = { nSteps: 8, batchSize: 16, nEpochs: 1, seed: 0, policyKwargs: { featuresDim: 4 } };
    const envs = () => columns('record', 'choice');
    const agents = [
      new PPO('MultiInputPolicy', envs(), options),
      new A2C('MultiInputPolicy', envs(), { seed: 0, policyKwargs: { featuresDim: 4 } }),
      new RecurrentPPO('MultiInputLstmPolicy', envs(), {
        ...options,
        policyKwargs: { featuresDim: 4, lstmHiddenSize: 4 },
      }),
    ];
    for (const agent of agents) {
      const before = String(await data(agent.policy.parameters()[0]!));
      await agent.learn({ totalTimesteps: 32 });
      expect(agent.policy.parameters()[0]!.shape).toEqual([16, 1, 3, 3]);
      expect(String(await data(agent.policy.parameters()[0]!))).not.toBe(before);
    }
  });

  it.each<readonly [string, () => unknown, string]>([
    ['other spaces', () => new CombinedExtractor(PICTURE as Space), 'observations are no records. Got Box(0, 255'],
    ['numbers', () => new DQN('MultiInputPolicy', 'CartPole-v1'), 'expected a Dict'],
    ['numbers for pictures', () => new SAC('CnnPolicy', 'Pendulum-v1'), 'observations are no images. Got Box('],
    [
      'unknown names',
      () => new TD3('LstmPolicy' as 'MlpPolicy', 'Pendulum-v1'),
      "'CnnPolicy', 'MultiInputPolicy' or a module",
    ],
    [
      'unknown features',
      () => new DQN('MlpPolicy', 'CartPole-v1', { policyKwargs: { featuresExtractorClass: 'Resnet' as 'Flatten' } }),
      "Got featuresExtractorClass \"Resnet\"; expected 'Flatten', 'NatureCNN', 'SmallCNN', 'Combined' or a class",
    ],
    ['unknown options', () => new CombinedExtractor(RECORD as Space, { featureDim: 3 } as object), "'featuresDim'"],
  ])('refuse %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

it('features of a class of your own go into DQN, SAC and TD3', () => {
  class Mean extends Module implements FeaturesExtractor {
    readonly featuresDim = 3;
    readonly layer = new Linear({ inFeatures: 16, outFeatures: 3 });

    forward(observations: Tensor): Tensor {
      return this.layer.forward(reshape(observations, [-1, 16]));
    }
  }
  const policyKwargs = { featuresExtractorClass: Mean, netArch: [4] };
  const dqn = new DQN('MlpPolicy', columns('picture', 'choice'), { bufferSize: 10, policyKwargs });
  expect(dqn.qNet.parameters().map(({ shape }) => shape.join('x'))).toEqual(['3x16', '3', '4x3', '4', '4x4', '4']);
  for (const Kind of [SAC, TD3]) {
    const { actor, critic } = new Kind('MlpPolicy', columns('picture', 'torque'), { bufferSize: 10, policyKwargs })
      .policy;
    expect(actor.parameters()[0]!.shape).toEqual([3, 16]);
    expect(critic.parameters().map(({ shape }) => shape.join('x'))).toContain('4x4');
  }
});
