import { nodeBackend } from '@gai/backend-node';
import { LeNet, ResNet } from '@gai/cnn';
import { data, setDefaultBackend, tensor } from '@gai/core';
import { Sequential } from '@gai/nn';
import type { LayerModule } from '@gai/nn';
import { describe, expect, test } from 'vitest';
import { checkAgreement } from './agree.ts';
import type { Entry } from './agree.ts';
import { build } from './contenders/gai-layers.ts';
import { gai } from './contenders/gai.ts';
import { makePeers, peerNames } from './contenders/index.ts';
import { makeBatches, makeWeights } from './data.ts';
import { depthwise } from './models/depthwise.ts';
import { flopsOf } from './models/flops.ts';
import { gpt } from './models/gpt.ts';
import { lenet } from './models/lenet.ts';
import { mlp } from './models/mlp.ts';
import type { BenchModel } from './models/model.ts';
import { resnet20 } from './models/resnet20.ts';

const backend = await nodeBackend({ device: 'cpu', threads: 1 });

/** torch.compile takes tens of seconds per model. */
const COMPILES = process.env['GAI_FULL'] === '1';

/** Every kind of layer for images, in a net that a slow peer compiles in a second. */
const images: BenchModel = {
  ...depthwise,
  name: 'images',
  inputShape: [3, 8, 8],
  layers: [
    { kind: 'conv', inputs: 3, outputs: 4, kernel: 3, padding: 1, bias: false },
    { kind: 'batchNorm', size: 4 },
    {
      kind: 'residual',
      body: [
        { kind: 'conv', inputs: 4, outputs: 4, kernel: 3, padding: 1, stride: 2, groups: 4, bias: false },
        { kind: 'relu' },
        { kind: 'conv', inputs: 4, outputs: 8, kernel: 3, padding: 1 },
      ],
      shortcut: [{ kind: 'conv', inputs: 4, outputs: 8, kernel: 1, padding: 0, stride: 2, bias: false }],
    },
    { kind: 'globalAvgPool' },
    { kind: 'linear', inputs: 8, outputs: 10 },
  ],
};

/** One block of the GPT. */
const text: BenchModel = { ...gpt, name: 'text', layers: [...gpt.layers.slice(0, 3), ...gpt.layers.slice(-2)] };

describe('contenders', () => {
  for (const model of [mlp, text, lenet, images]) {
    const peers = makePeers([1]).filter(({ name }) => COMPILES || name !== 'pytorch-compiled');
    for (const peer of peers.filter((one) => one.without(model) === undefined)) {
      test(`${peer.name} trains the same ${model.name} as we do`, async () => {
        const small: BenchModel = { ...model, batchSize: 4 };
        const [weights, batches] = [makeWeights(small, 1), makeBatches(small, 3, 2)];
        const entries: Entry[] = [];
        for (const one of [gai(backend), peer]) {
          entries.push({ name: one.name, training: await one.prepare(small, weights, batches) });
        }
        const { tolerance } = model;
        expect(await checkAgreement(entries, batches, { tolerance })).toBeLessThan(tolerance);
        for (const { training } of entries) training.close?.();
      });
    }
  }

  test('a peer that does not train a model says why', () => {
    const reasons = makePeers([1]).map((peer) => [peer.name, peer.without(resnet20)]);
    expect(Object.fromEntries(reasons)).toMatchObject({
      'tfjs-wasm': 'its wasm backend has no gradient of the weight of a convolution',
      'tfjs-cpu': 'a step takes more than half a minute',
    });
  });

  test('every number of threads has its own PyTorch, and the others are there once', () => {
    const threads = makePeers([1, 4]).map((peer) => [peer.name, peer.threads]);
    const own = peerNames.filter((name) => name.startsWith('pytorch'));
    expect(own).toEqual(['pytorch', 'pytorch-fused', 'pytorch-channels-last', 'pytorch-compiled']);
    expect(threads).toEqual([
      ...peerNames.filter((name) => !own.includes(name)).map((name) => [name, undefined]),
      ...own.map((name) => [name, 1]),
      ...own.map((name) => [name, 4]),
    ]);
  });
});

describe('agreement', () => {
  const training = (losses: readonly number[]) => {
    let next = 0;
    return { step: async () => losses[next++]! };
  };

  test('a contender whose losses differ is refused', async () => {
    const entries = [
      { name: 'gai', training: training([2.3, 2.2]) },
      { name: 'other', training: training([2.3, 2.2002]) },
    ];
    await expect(checkAgreement(entries, makeBatches(mlp, 2, 1))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: train: 'other' does not train the same model. Got losses 2.30000 2.20020; expected those of gai within 0.0001: 2.30000 2.20000. Nothing was timed.]`,
    );
  });

  test('only losses after the first have a tolerance of their own', async () => {
    const entries = (first: number, second: number) => [
      { name: 'gai', training: training([2.3, 2.2]) },
      { name: 'other', training: training([first, second]) },
    ];
    const batches = makeBatches(mlp, 2, 1);
    const tolerance = 1e-2;
    expect(await checkAgreement(entries(2.3, 2.201), batches, { tolerance })).toBeCloseTo(1e-3);
    await expect(checkAgreement(entries(2.301, 2.2), batches, { tolerance })).rejects.toThrow('the same model');
  });

  test('a loss that is NaN is refused', async () => {
    const entries = [1, NaN].map((loss) => ({ name: String(loss), training: training([loss]) }));
    await expect(checkAgreement(entries, makeBatches(mlp, 1, 1))).rejects.toThrow('does not train the same model');
  });

  test('a slow contender makes two steps', async () => {
    let steps = 0;
    const slow = { step: async () => (steps++, 1) };
    await checkAgreement([{ name: 'gai', training: slow }], makeBatches(mlp, 5, 1), { limitMs: -1 });
    expect(steps).toBe(2);
  });
});

describe('models', () => {
  async function expectSame(bench: BenchModel, theirs: LayerModule): Promise<void> {
    setDefaultBackend(backend);
    const ours = new Sequential(...bench.layers.map(build)) as LayerModule;
    const values = [...makeWeights(bench, 3).values()].map((array) => tensor(array.data, { shape: array.shape }));
    for (const model of [ours, theirs]) {
      const names = [...model.namedParameters().keys()];
      expect(names.length).toBe(values.length);
      model.loadStateDict(Object.fromEntries(names.map((name, index) => [name, values[index]!])), { strict: false });
    }
    const { x } = makeBatches({ ...bench, batchSize: 2 }, 1, 4)[0]!;
    const images = tensor(x.data, { shape: x.shape });
    expect(await data(ours.forward(images))).toEqual(await data(theirs.forward(images)));
  }

  test('lenet is the LeNet of @gai/cnn', () => expectSame(lenet, new LeNet()));

  test('resnet20 is the ResNet-20 of @gai/cnn', () => expectSame(resnet20, new ResNet()));

  test('a step has the operations it cannot avoid', () => {
    expect(flopsOf(mlp)).toBe(2 * 128 * (3 * (784 * 256 + 256 * 128 + 1280) - 784 * 256));
    expect(flopsOf(lenet)).toBe(2 * 64 * (3 * (28 ** 2 * 200 + 10 ** 2 * 3200 + 4000) - 28 ** 2 * 200));
    const block = 12 * 128 ** 2 * 128 + 2 * 128 ** 2 * 128; // linear layers, attention
    expect(flopsOf(gpt)).toBe(2 * 16 * 3 * (4 * block + 128 * 128 * 256));
    const [first, second, third] = [32 ** 2 * 9 * 16 ** 2, 16 ** 2 * 9 * 32 ** 2, 8 ** 2 * 9 * 64 ** 2];
    const edge = 32 ** 2 * 9 * 3 * 16;
    const shortcuts = 16 ** 2 * 16 * 32 + 8 ** 2 * 32 * 64;
    const all = edge + 6 * first + 5.5 * second + 5.5 * third + shortcuts + 640;
    expect(flopsOf(resnet20)).toBe(2 * 64 * (3 * all - edge));
  });

  test('the same seed gives the same data', () => {
    const small = { ...mlp, batchSize: 2 };
    expect(makeBatches(small, 2, 5)).toEqual(makeBatches(small, 2, 5));
    expect(makeWeights(lenet, 5)).not.toEqual(makeWeights(lenet, 6));
  });

  test('the tokens of a language model are in its vocabulary', () => {
    const [batch] = makeBatches(gpt, 1, 5);
    expect(batch!.x.shape).toEqual([16, 128]);
    expect(batch!.y.shape).toEqual([16, 128]);
    expect(Math.max(...batch!.x.data)).toBe(255);
    expect(Math.min(...batch!.y.data)).toBe(0);
  });
});
