import { cast, data, grad, isTensor, setDefaultBackend, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { key } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BatchNorm1d,
  BatchNorm2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Embedding,
  GELU,
  GRU,
  GroupNorm,
  InstanceNorm2d,
  LSTM,
  LayerNorm,
  Linear,
  MaxPool2d,
  MultiheadAttention,
  PReLU,
  RMSNorm,
  Softmax,
  Upsample,
  withRandomKey,
} from '../src/index.ts';
import type { Module } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const filled = (shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => Math.sin(i + 1)),
    { shape },
  );
const first = (output: unknown): Tensor => (isTensor(output) ? output : (output as { output: Tensor }).output);
const numbers = async (x: Tensor): Promise<number[]> => Array.from(await data(cast(x, 'float32')), Number);

type Maker = () => Module;
const LAYERS: [string, Maker, number[]][] = [
  ['Linear', () => new Linear({ inFeatures: 4, outFeatures: 3 }), [2, 4]],
  ['Conv1d', () => new Conv1d({ inChannels: 2, outChannels: 3, kernelSize: 3 }), [2, 2, 5]],
  ['Conv2d', () => new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: 3, padding: 1 }), [1, 2, 5, 5]],
  ['ConvTranspose2d', () => new ConvTranspose2d({ inChannels: 2, outChannels: 3, kernelSize: 2 }), [1, 2, 3, 3]],
  ['BatchNorm1d', () => new BatchNorm1d({ numFeatures: 3 }), [4, 3]],
  ['BatchNorm2d', () => new BatchNorm2d({ numFeatures: 2, momentum: null }), [2, 2, 3, 3]],
  ['LayerNorm', () => new LayerNorm({ normalizedShape: 4 }), [2, 4]],
  ['RMSNorm', () => new RMSNorm({ normalizedShape: 4 }), [2, 4]],
  ['GroupNorm', () => new GroupNorm({ numGroups: 2, numChannels: 4 }), [2, 4, 3]],
  ['InstanceNorm2d', () => new InstanceNorm2d({ numFeatures: 2, affine: true }), [1, 2, 3, 3]],
  ['MultiheadAttention', () => new MultiheadAttention({ embedDim: 4, numHeads: 2, batchFirst: true }), [1, 3, 4]],
  [
    'MultiheadAttention with dropout',
    () => new MultiheadAttention({ embedDim: 4, numHeads: 2, dropout: 0.1 }),
    [3, 1, 4],
  ],
  ['LSTM', () => new LSTM({ inputSize: 4, hiddenSize: 3, bidirectional: true }), [3, 2, 4]],
  ['GRU', () => new GRU({ inputSize: 4, hiddenSize: 3, numLayers: 2 }), [3, 2, 4]],
  ['PReLU', () => new PReLU({ numParameters: 2 }), [2, 2]],
  ['GELU', () => new GELU(), [2, 3]],
  ['Softmax', () => new Softmax({ axis: -1 }), [2, 3]],
  ['Dropout', () => new Dropout({ p: 0.5 }), [2, 3]],
  ['MaxPool2d', () => new MaxPool2d({ kernelSize: 2 }), [1, 2, 4, 4]],
  ['Upsample', () => new Upsample({ scaleFactor: 2, mode: 'bilinear' }), [1, 2, 2, 2]],
];

describe.each(['float16'] as const)('layers in %s', (dtype) => {
  it.each(LAYERS)('%s runs in training and evaluation, with gradients', async (_, make, shape) => {
    const x = filled(shape);
    for (const training of [false, true]) {
      const layer = make().train(training);
      const whole = first(withRandomKey(key(0), () => layer.forward(x)));
      const expected = await numbers(whole);
      const state = layer.stateDict();
      const small = make().train(training).to(dtype);
      small.loadStateDict(state);
      const run = (v: Tensor): Tensor => first(withRandomKey(key(0), () => small.forward(v)));
      const found = run(cast(x, dtype));
      expect(found.dtype).toBe(dtype);
      const values = await numbers(found);
      for (const [index, value] of values.entries()) {
        expect(Math.abs(value - expected[index]!)).toBeLessThan(0.02 * (1 + Math.abs(expected[index]!)));
      }
      const slope = grad((v: Tensor) => sum(run(v)))(cast(x, dtype));
      expect(slope.dtype).toBe(dtype);
      expect((await numbers(slope)).every(Number.isFinite)).toBe(true);
    }
  });

  it('keeps the running statistics of batch norm', async () => {
    const norms = [new BatchNorm1d({ numFeatures: 2 }), new BatchNorm1d({ numFeatures: 2 }).to(dtype)] as const;
    const x = tensor([
      [1, 20],
      [3, 28],
    ]);
    norms[0].forward(x);
    norms[1].forward(cast(x, dtype));
    expect(norms[1].running_var!.dtype).toBe(dtype);
    for (const name of ['running_mean', 'running_var'] as const) {
      const [expected, found] = await Promise.all(norms.map((norm) => numbers(norm[name]!)));
      found!.forEach((value, index) => expect(value).toBeCloseTo(expected![index]!, 2));
    }
  });

  it('Embedding', async () => {
    const table = new Embedding({ numEmbeddings: 3, embeddingDim: 2 }).to(dtype);
    expect(table.forward(tensor([0, 2], { dtype: 'int32' })).dtype).toBe(dtype);
  });
});
