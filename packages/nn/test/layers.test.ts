import { data, evaluate, explain, item, jit, mul, relu, setDefaultBackend, sub, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { key } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AdaptiveAvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Embedding,
  Flatten,
  Identity,
  LayerNorm,
  Linear,
  Sequential,
} from '../src/layers/index.ts';
import { ReLU } from '../src/activations.ts';
import { constant } from '../src/init/index.ts';
import { manualSeed } from '../src/init/seed.ts';
import { withRandomKey } from '../src/random-scope.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const zeros = (...shape: number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((product, size) => product * size, 1)), { shape });

const numbers = async (x: Tensor): Promise<number[]> => [...(await data(x))].map(Number);

describe('default weights', () => {
  it.each([
    ['Linear', () => new Linear({ inFeatures: 25, outFeatures: 200 }), 1 / 5],
    ['Conv2d', () => new Conv2d({ inChannels: 8, outChannels: 40, kernelSize: [5, 5], groups: 2 }), 1 / 10],
    ['ConvTranspose2d', () => new ConvTranspose2d({ inChannels: 40, outChannels: 4, kernelSize: 5 }), 1 / 10],
  ])('%s: uniform over ±1/√fanIn, bias too', async (_, make, bound) => {
    manualSeed(0);
    const layer = make();
    for (const parameter of layer.parameters()) {
      const values = await numbers(parameter);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound * (1 + 1e-6));
      if (values.length > 1000) expect(Math.max(...values)).toBeGreaterThan(0.98 * bound);
    }
  });

  it('of norms are 1 and 0, of embeddings standard normal', async () => {
    const norm = new LayerNorm({ normalizedShape: [2, 2] });
    expect(await toArray(norm.weight!)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(await numbers(norm.bias!)).toEqual([0, 0, 0, 0]);
    const table = await numbers(new Embedding({ numEmbeddings: 100, embeddingDim: 100 }).weight);
    const variance = table.reduce((total, value) => total + value * value, 0) / table.length;
    expect(variance).toBeCloseTo(1, 1);
  });

  it('can be given', async () => {
    const layer = new Linear({ inFeatures: 2, outFeatures: 1, weightInit: constant(2), biasInit: constant(1) });
    expect(await item(layer.forward(tensor([[1, 3]])))).toBe(9);
  });

  it('are the same for the same seed', async () => {
    const build = (): Sequential => {
      manualSeed(11);
      return new Sequential(new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: 3 }), new ReLU());
    };
    const [a, b] = [build(), build()].map((model) => model.stateDict()['0.weight']!);
    expect(await numbers(a!)).toEqual(await numbers(b!));
  });
});

describe('Sequential', () => {
  const net = new Sequential(
    new Linear({ inFeatures: 3, outFeatures: 4 }),
    relu,
    new Sequential(new BatchNorm1d({ numFeatures: 4 }), new Identity()),
    new Linear({ inFeatures: 4, outFeatures: 2, bias: false }),
  );

  it('names state as PyTorch does', () => {
    expect(Object.keys(net.stateDict())).toEqual([
      '0.weight',
      '0.bias',
      '2.0.weight',
      '2.0.bias',
      '2.0.running_mean',
      '2.0.running_var',
      '2.0.num_batches_tracked',
      '3.weight',
    ]);
  });

  it('applies modules and functions in order and hands on train and eval', () => {
    expect(net.forward(zeros(5, 3)).shape).toEqual([5, 2]);
    net.eval();
    expect(net.layers[2].layers[0].training).toBe(false);
    net.train();
    expect(net.layers[2].layers[0].training).toBe(true);
  });

  it('refuses what is no layer', () => {
    const make = (): unknown => new Sequential([new Identity()] as unknown as Identity);
    expect(make).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: Sequential: argument 0 is not a layer. Got an array; expected modules and functions. Pass the layers one by one: new Sequential(a, b).]`,
    );
  });
});

describe('Dropout', () => {
  const ones = tensor(new Float32Array(10_000).fill(1));

  it('drops a share p and keeps the mean', async () => {
    const layer = new Dropout({ p: 0.2 });
    const values = await numbers(withRandomKey(key(3), () => layer.forward(ones)));
    expect([...new Set(values)].sort()).toEqual([0, 1.25]);
    expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(0.2, 1);
  });

  it('draws the same for the same key and other numbers at the next call', async () => {
    const layer = new Dropout();
    const twice = (seed: number): Tensor[] =>
      withRandomKey(key(seed), () => [layer.forward(ones), layer.forward(ones)]);
    const [a, b] = await Promise.all(twice(0).map(numbers));
    const [again] = await Promise.all(twice(0).map(numbers));
    const [other] = await Promise.all(twice(1).map(numbers));
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    expect(other).not.toEqual(a);
  });

  it('does nothing in evaluation or with p = 0, and drops all with p = 1', async () => {
    expect(new Dropout().eval().forward(ones)).toBe(ones);
    expect(new Dropout({ p: 0 }).forward(ones)).toBe(ones);
    expect(await numbers(new Dropout({ p: 1 }).forward(tensor([1, 2])))).toEqual([0, 0]);
  });

  it('compiles anew when the mode changes, and not otherwise', async () => {
    const layer = new Dropout({ p: 1 });
    const run = jit((x: Tensor, k: Tensor) => withRandomKey(k, () => layer.forward(x)));
    expect(await numbers(await run(tensor([1, 2]), key(0)))).toEqual([0, 0]);
    layer.eval();
    expect(await numbers(await run(tensor([1, 2]), key(0)))).toEqual([1, 2]);
    layer.train();
    await run(tensor([1, 2]), key(1));
    expect(explain(run).compiles).toBe(2);
  });

  it('needs a key in a compiled function', async () => {
    const layer = new Dropout();
    await expect(jit((x: Tensor) => layer.forward(x))(ones)).rejects.toThrow(/Dropout: no random key/);
  });
});

describe('BatchNorm', () => {
  it('updates its statistics in a compiled function, with a batch of any size', async () => {
    const layer = new BatchNorm2d({ numFeatures: 1, momentum: 0.5 });
    const run = jit((x: Tensor) => layer.forward(x), { dynamicAxes: [['batch']] });
    await run(tensor([1, 3, 1, 3], { shape: [2, 1, 1, 2] }));
    // Mean 2; variance over n − 1: 4/3.
    expect(await numbers(layer.runningMean!)).toEqual([1]);
    expect((await numbers(layer.runningVar!))[0]).toBeCloseTo(0.5 + 2 / 3, 6);
    await run(tensor([1, 3], { shape: [1, 1, 1, 2] }));
    // Mean 2; variance 2.
    expect(await numbers(layer.runningMean!)).toEqual([1.5]);
    expect((await numbers(layer.runningVar!))[0]).toBeCloseTo((0.5 + 2 / 3) / 2 + 1, 6);
    expect(await item(layer.numBatchesTracked!)).toBe(2);
    expect(explain(run).compiles).toBe(1);
  });

  it('has running statistics that converge to those of the data', async () => {
    const layer = new BatchNorm1d({ numFeatures: 1, momentum: null });
    for (const batch of [
      [1, 2],
      [3, 4],
      [5, 6],
    ]) {
      await evaluate(layer.forward(tensor(batch, { shape: [2, 1] })), ...Object.values(layer.stateDict()));
    }
    expect((await numbers(layer.runningMean!))[0]).toBeCloseTo(3.5, 6);
    expect((await numbers(layer.runningVar!))[0]).toBeCloseTo(0.5, 6);
  });

  it('keeps its statistics readable after the output was read', async () => {
    const layer = new BatchNorm1d({ numFeatures: 1 });
    await data(layer.forward(tensor([[1], [3]])));
    expect((await numbers(layer.runningMean!))[0]).toBeCloseTo(0.2, 6);
    await data(layer.forward(tensor([[1], [3]])));
    expect((await numbers(layer.runningMean!))[0]).toBeCloseTo(0.38, 6);
  });

  it('changes nothing in evaluation', async () => {
    const layer = new BatchNorm1d({ numFeatures: 2 }).eval();
    const before = layer.stateDict();
    await data(layer.forward(tensor([[1, 2]])));
    expect(layer.stateDict()).toEqual(before);
  });
});

describe('shapes known only when the graph runs', () => {
  it.each<[string, () => { forward(x: Tensor): Tensor }, number[]]>([
    ['Linear', () => new Linear({ inFeatures: 4, outFeatures: 2 }), [4]],
    ['Conv2d', () => new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: 3, padding: 'same' }), [1, 5, 5]],
    [
      'ConvTranspose2d',
      () => new ConvTranspose2d({ inChannels: 1, outChannels: 2, kernelSize: 2, stride: 2 }),
      [1, 3, 3],
    ],
    ['AdaptiveAvgPool2d', () => new AdaptiveAvgPool2d({ outputSize: [2, 3] }), [2, 5, 4]],
    ['LayerNorm', () => new LayerNorm({ normalizedShape: [2, 3] }), [2, 3]],
    ['Flatten', () => new Flatten(), [2, 3]],
  ])('%s takes any batch with one compilation', async (_, make, shape) => {
    const layer = make();
    const run = jit((x: Tensor) => layer.forward(x), { dynamicAxes: [['batch']] });
    for (const batch of [3, 1]) {
      const x = tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, batch) }, (__, i) => Math.sin(i)),
        {
          shape: [batch, ...shape],
        },
      );
      const difference = await numbers(sub(await run(x), layer.forward(x)));
      expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-6);
    }
    expect(explain(run).compiles).toBe(1);
  });
});

describe('bad input', () => {
  const bad: [string, () => unknown][] = [
    ['features of Linear', () => new Linear({ inFeatures: 3, outFeatures: 2 }).forward(zeros(4, 5))],
    ['a scalar for Linear', () => new Linear({ inFeatures: 3, outFeatures: 2 }).forward(tensor(1))],
    [
      'integers for Linear',
      () => new Linear({ inFeatures: 1, outFeatures: 2 }).forward(tensor([1], { dtype: 'int32' })),
    ],
    ['a size of 0', () => new Linear({ inFeatures: 0, outFeatures: 2 })],
    [
      'channels of Conv2d',
      () => new Conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 }).forward(zeros(1, 1, 8, 8)),
    ],
    [
      'an image without batch',
      () => new Conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 }).forward(zeros(3, 8, 8)),
    ],
    ['groups that do not divide', () => new Conv2d({ inChannels: 3, outChannels: 4, kernelSize: 3, groups: 2 })],
    ['a fractional kernel', () => new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 1.5 })],
    ['features of BatchNorm1d', () => new BatchNorm1d({ numFeatures: 3 }).forward(zeros(2, 4))],
    ['one value per channel', () => new BatchNorm2d({ numFeatures: 3 }).forward(zeros(1, 3, 1, 1))],
    ['axes of BatchNorm2d', () => new BatchNorm2d({ numFeatures: 3 }).forward(zeros(2, 3))],
    ['sizes of LayerNorm', () => new LayerNorm({ normalizedShape: [2, 3] }).forward(zeros(4, 3, 2))],
    ['too few axes for LayerNorm', () => new LayerNorm({ normalizedShape: [2, 3] }).forward(zeros(3))],
    ['floats as indices', () => new Embedding({ numEmbeddings: 3, embeddingDim: 2 }).forward(tensor([0, 1]))],
    ['a padding row outside', () => new Embedding({ numEmbeddings: 3, embeddingDim: 2, paddingIndex: 3 })],
    ['a probability above 1', () => new Dropout({ p: 1.5 })],
    ['no axis to flatten', () => new Flatten().forward(tensor([1, 2]))],
    ['an output of size 0', () => new AdaptiveAvgPool2d({ outputSize: [0, 1] })],
  ];

  it.each(bad)('%s', (_, run) => {
    let message = '';
    try {
      run();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^\w+: .* Got .*; expected .*/);
  });

  it('names the option and the numbers', () => {
    expect(bad[0]![1]).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Linear: x does not fit inFeatures. Got x [4,5]; expected [..., inFeatures] with x.shape[-1] equal to inFeatures (3). Change inFeatures or the layer before.]`,
    );
    expect(bad[4]![1]).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Conv2d: x does not fit inChannels. Got x [1,1,8,8]; expected [batch, channels, height, width] with x.shape[1] equal to inChannels (3). Change inChannels or the layer before.]`,
    );
    expect(bad[9]![1]).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: BatchNorm2d: one value per channel has no variance. Got x [1,3,1,1] in training; expected a larger batch or image. Drop the last batch of one example, or call model.eval().]`,
    );
    expect(bad[13]![1]).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: Embedding: indices are not integers. Got float32 [2]; expected int32. Use tensor(data, { dtype: 'int32' }) or cast(indices, 'int32').]`,
    );
  });

  it('is found before a parameter of another shape is taken over', () => {
    const layer = new Linear({ inFeatures: 3, outFeatures: 2 });
    const state = { weight: zeros(2, 2), bias: zeros(2) };
    expect(() => layer.loadStateDict(state)).toThrow(/weight/);
    expect(() => layer.forward(mul(zeros(1, 3), 1))).not.toThrow();
  });
});
