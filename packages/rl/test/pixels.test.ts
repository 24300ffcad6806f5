import { data, reshape, setDefaultBackend, tensor, transpose } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Linear, Module } from '@gai/nn';
import type { Tensor } from '@gai/core';
import { Box, Discrete, make, makeVec, PixelGrid } from '@gai/rl';
import type { Space } from '@gai/rl';
import { A2C, ActorCriticPolicy, NatureCNN, PPO, RecurrentPPO, SmallCNN } from '@gai/rl/deep';
import type { FeaturesExtractor, PPOOptions } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const image = (...shape: number[]) => new Box({ low: 0, high: 255, shape, dtype: 'uint8' }) as Space;
const SMALL: PPOOptions = { nSteps: 8, batchSize: 16, nEpochs: 2, seed: 0 };
const grids = () => makeVec('gai/PixelGrid-v0', { numEnvs: 2, envOptions: { size: 4 } });
const small = { featuresExtractorClass: 'SmallCNN', featuresDim: 8 } as const;

describe('PixelGrid', () => {
  it('shows the agent in red and the goal in green, anywhere and apart', () => {
    const env = new PixelGrid({ size: 3 });
    const places = new Set<string>();
    for (let seed = 0; seed < 800; seed++) {
      const { observation } = env.reset({ seed });
      const at = [0, 1, 2].map((channel) => [...observation].filter((_, index) => index % 3 === channel));
      expect(at.map((pixels) => pixels.filter((value) => value === 255).length)).toEqual([1, 1, 0]);
      places.add(at.map((pixels) => pixels.indexOf(255)).join());
    }
    expect(places.size).toBe(72);
  });

  it('moves, stops at walls, pays at the goal, and goes on from its state', () => {
    const env = new PixelGrid();
    env.reset({ seed: 1 });
    for (let count = 0; count < 7; count++) [0, 3].forEach((action) => void env.step(action));
    env.setState({ ...env.getState(), values: [0, 0, 2, 1] });
    const walls = [env.step(0), env.step(3)];
    expect(walls.map(({ reward, terminated }) => [reward, terminated])).toEqual([
      [0, false],
      [0, false],
    ]);
    const { observation } = env.step(1);
    expect([observation[8 * 3], observation[(2 * 8 + 1) * 3 + 1]]).toEqual([255, 255]);
    expect(env.step(2)).toMatchObject({ reward: 0, terminated: false });
    expect(env.step(1)).toMatchObject({ reward: 1, terminated: true });
    expect(() => env.step(4)).toThrow('Got 4; expected an integer from 0 to 3');
    expect(() => new PixelGrid().step(0)).toThrow('no episode has begun');
    expect(() => new PixelGrid({ size: 1 })).toThrow('size 1');
  });
});

describe('features of images', () => {
  it('are of the same numbers wherever the channels are', async () => {
    const pixels = tensor(
      Float32Array.from({ length: 5 * 7 * 3 }, (_, index) => Math.sin(index)),
      {
        shape: [1, 5, 7, 3],
      },
    );
    const last = new SmallCNN(image(5, 7, 3));
    const first = new SmallCNN(image(3, 5, 7));
    first.loadStateDict(last.stateDict());
    const [one, two] = [last.forward(pixels), first.forward(transpose(pixels, [0, 3, 1, 2]))];
    expect(one.shape).toEqual([1, 128]);
    expect([...((await data(one)) as Float32Array)]).toEqual([...((await data(two)) as Float32Array)]);
  });

  it("have DeepMind's sizes", () => {
    const network = new NatureCNN(image(84, 84, 4));
    const sizes = [...network.namedParameters().values()].map(({ shape }) => shape.join('x'));
    expect(sizes).toEqual(['32x4x8x8', '32', '64x32x4x4', '64', '64x64x3x3', '64', '512x3136', '512']);
    expect(new NatureCNN(image(36, 36, 1), { featuresDim: 3 }).featuresDim).toBe(3);
  });

  it.each<readonly [string, () => unknown, string]>([
    [
      'small images',
      () => new NatureCNN(image(35, 40, 3)),
      'Got Box(0, 255, (35, 40, 3), uint8); expected at least 36',
    ],
    ['flat ones', () => new SmallCNN(image(64)), 'observations are no images'],
    ['unknown options', () => new SmallCNN(image(8, 8, 3), { features: 3 } as object), 'features'],
    ['no numbers', () => new SmallCNN(image(8, 8, 3), { featuresDim: 0 }), 'featuresDim 0'],
    [
      'unknown classes',
      () => new PPO('CnnPolicy', grids(), { policyKwargs: { featuresExtractorClass: 'Resnet' as 'Flatten' } }),
      'there are no such features. Got featuresExtractorClass "Resnet"',
    ],
    ['images for DeepMind’s', () => new PPO('CnnPolicy', grids()), 'the image is too small for its kernels'],
  ])('refuse %s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  it('are shared, or each network has its own; a class of your own makes them', () => {
    const spaces = { observationSpace: image(8, 8, 3), actionSpace: new Discrete(2) as Space };
    const count = (shareFeaturesExtractor: boolean) =>
      new ActorCriticPolicy(spaces, { ...small, netArch: [], shareFeaturesExtractor }).parameters().length;
    expect([count(true), count(false)]).toEqual([10, 16]);
    class Mean extends Module implements FeaturesExtractor {
      readonly featuresDim = 5;
      readonly layer = new Linear({ inFeatures: 192, outFeatures: 5 });

      forward(observations: Tensor): Tensor {
        return this.layer.forward(reshape(observations, [-1, 192]));
      }
    }
    const own = new ActorCriticPolicy(spaces, { featuresExtractorClass: Mean, netArch: [4] });
    expect(own.policyNet.parameters()[0]!.shape).toEqual([4, 5]);
  });
});

describe('agents that see pixels', () => {
  it('PPO learns, and goes on from a file bit for bit: the name of its policy is in it', async () => {
    const options = { ...SMALL, policyKwargs: small };
    const whole = await new PPO('CnnPolicy', grids(), options).learn({ totalTimesteps: 24 });
    const saved = whole.checkpoint();
    expect(saved.progress['policy']).toBe('CnnPolicy');
    const agent = await PPO.load(saved, { env: grids() });
    expect(Object.keys(agent.policy.stateDict())).toContain('featuresExtractor.cnn.0.weight');
    for (const one of [whole, agent]) await one.learn({ totalTimesteps: 24, resetNumTimesteps: false });
    const weights = async ({ policy }: PPO) => String(await data(policy.stateDict()['actionNet.weight']!));
    expect(await weights(agent)).toBe(await weights(whole));
    const { observation } = make('gai/PixelGrid-v0', { size: 4 }).reset({ seed: 0 });
    expect([0, 1, 2, 3]).toContain(await agent.predict(observation, { deterministic: true }));
  });

  it('A2C and recurrent PPO take them, too', async () => {
    const some = { policyKwargs: small, seed: 0 };
    await new A2C('CnnPolicy', grids(), some).learn({ totalTimesteps: 20 });
    const kwargs = { ...small, lstmHiddenSize: 4 };
    const agent = new RecurrentPPO('CnnLstmPolicy', grids(), { ...SMALL, policyKwargs: kwargs });
    await agent.learn({ totalTimesteps: 16 });
    expect(agent.numTimesteps).toBe(16);
  });
});
