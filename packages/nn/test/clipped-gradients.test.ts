import {
  add,
  backward,
  clippedGradients,
  data,
  explain,
  flip,
  jit,
  linear,
  matmul,
  mean,
  mul,
  onesLike,
  relu,
  setDefaultBackend,
  slice,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  zerosLike,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BatchNorm2d,
  Conv2d,
  Embedding,
  Flatten,
  GroupNorm,
  LayerNorm,
  Linear,
  MaxPool2d,
  Module,
  MultiheadAttention,
  ReLU,
  RMSNorm,
  Sequential,
  crossEntropy,
  manualSeed,
} from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

const waves = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => Math.sin(index * 1.7 + 0.3)),
    { shape },
  );
const integers = (below: number, ...shape: number[]): Tensor =>
  tensor(
    Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => (index * 7 + 1) % below),
    { shape },
  );

/** A block of a transformer over tokens, and the next token from the mean of its outputs. */
class Block extends Module {
  readonly embedding = new Embedding({ numEmbeddings: 11, embeddingDim: 8 });
  readonly norm1 = new LayerNorm({ normalizedShape: 8 });
  readonly attention = new MultiheadAttention({ embedDim: 8, numHeads: 2, batchFirst: true });
  readonly norm2 = new RMSNorm({ normalizedShape: 8 });
  readonly up = new Linear({ inFeatures: 8, outFeatures: 16 });
  readonly down = new Linear({ inFeatures: 16, outFeatures: 8 });
  readonly head = new Linear({ inFeatures: 8, outFeatures: 5 });
  forward(tokens: Tensor): Tensor {
    const x = this.embedding.forward(tokens);
    const normal = this.norm1.forward(x);
    const y = add(x, this.attention.forward(normal, normal, normal, { isCausal: true }));
    const z = add(y, this.down.forward(relu(this.up.forward(this.norm2.forward(y)))));
    return this.head.forward(mean(z, { axis: 1 }));
  }
}

const MODELS: Record<string, () => { model: Module; x: Tensor }> = {
  'layers of units': () => ({
    model: new Sequential(
      new Linear({ inFeatures: 6, outFeatures: 9 }),
      new ReLU(),
      new Linear({ inFeatures: 9, outFeatures: 5 }),
    ),
    x: waves(4, 6),
  }),
  convolutions: () => ({
    model: new Sequential(
      new Conv2d({ inChannels: 2, outChannels: 4, kernelSize: 3, padding: 1 }),
      new GroupNorm({ numGroups: 2, numChannels: 4 }),
      new ReLU(),
      new MaxPool2d({ kernelSize: 2 }),
      new Conv2d({ inChannels: 4, outChannels: 6, kernelSize: 3, stride: 2, padding: 1, groups: 2, bias: false }),
      new Flatten(),
      new Linear({ inFeatures: 24, outFeatures: 5 }),
    ),
    x: waves(4, 2, 8, 8),
  }),
  'a block of a transformer': () => ({ model: new Block(), x: integers(11, 4, 6) }),
};

const numbers = async (x: Tensor): Promise<number[]> => Array.from(await data(x), Number);

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 4));
}

/** The gradient of each example alone, all parameters in one list. */
async function oneByOne(lossesOf: (x: Tensor, y: Tensor) => Tensor, wrt: readonly Tensor[], [x, y]: [Tensor, Tensor]) {
  const alone = jit((one: Tensor, label: Tensor) => {
    const losses = lossesOf(one, label);
    return backward([losses], [onesLike(losses)], wrt).map((gradient, index) => gradient ?? zerosLike(wrt[index]!));
  });
  const found: number[][] = [];
  for (let at = 0; at < Number(x.shape[0]); at += 1) {
    const gradients = await alone(slice(x, [[at, at + 1]]), slice(y, [[at, at + 1]]));
    found.push((await Promise.all(gradients.map(numbers))).flat());
  }
  return found;
}

const normOf = (values: readonly number[]): number => Math.sqrt(values.reduce((total, value) => total + value ** 2, 0));

describe.each(Object.entries(MODELS))('clippedGradients of %s', (_, make) => {
  manualSeed(5);
  const { model, x } = make();
  const y = integers(5, 4);
  const wrt = model.parameters();
  const lossesOf = (given: Tensor, labels: Tensor): Tensor =>
    crossEntropy(model.forward(given) as Tensor, labels, { reduction: 'none' });

  it.each([Infinity, 0.8])('clips what the examples give one by one at %d, and adds it up', async (maxNorm) => {
    const singles = await oneByOne(lossesOf, wrt, [x, y]);
    const step = jit((given: Tensor, labels: Tensor) =>
      clippedGradients(lossesOf(given, labels), { wrt, batch: [given, labels], maxNorm }),
    );
    const { gradients, norms } = await step(x, y);
    expectClose(await numbers(norms), singles.map(normOf));
    const clipped = singles.map((values) => values.map((value) => value * Math.min(1, maxNorm / normOf(values))));
    const expected = clipped[0]!.map((__, index) => clipped.reduce((total, values) => total + values[index]!, 0));
    expectClose((await Promise.all(gradients.map(numbers))).flat(), expected);
    if (maxNorm !== Infinity) expect(Math.max(...singles.map(normOf))).toBeGreaterThan(maxNorm);
  });

  it('takes batches of any size without compiling again', async () => {
    const step = jit(
      (given: Tensor, labels: Tensor) =>
        clippedGradients(lossesOf(given, labels), { wrt, batch: [given, labels], maxNorm: 1 }).norms,
      { dynamicAxes: [['batch'], ['batch']] },
    );
    const whole = await numbers(await step(x, y));
    const part = await numbers(await step(slice(x, [[0, 3]]), slice(y, [[0, 3]])));
    expectClose(part, whole.slice(0, 3));
    expect(explain(step).compiles).toBe(1);
  });
});

describe('clippedGradients refuses', () => {
  const x = waves(4, 6);
  const w = waves(5, 6);
  const clip = (losses: Tensor, wrt: readonly Tensor[], batch: readonly Tensor[] = [x]): unknown =>
    clippedGradients(losses, { wrt, batch, maxNorm: 1 });

  it('what mixes examples: statistics over the batch, a sum over it, a reversal of it', () => {
    const images = waves(4, 2, 3, 3);
    const layer = new BatchNorm2d({ numFeatures: 2 });
    const normal = sum(mul(layer.forward(images), 2), { axis: [1, 2, 3] });
    expect(() => clip(normal, layer.parameters(), [images])).toThrow("'batchNorm' is not known to keep examples apart");
    const y = linear(x, w);
    expect(() => clip(sum(sub(y, mean(y, { axis: 0, keepDims: true })), { axis: 1 }), [w])).toThrow("'mean'");
    expect(() => clip(flip(sum(y, { axis: 1 })), [w])).toThrow('is not known to keep examples apart');
    expect(() => clip(sum(matmul(y, y, { transposeB: true }), { axis: 1 }), [w])).toThrow("'matmul'");
  });

  it('time before batch, where the rows of an example are not neighbours', () => {
    const steps = waves(3, 4, 6); // [time, batch, features]
    expect(() => clip(sum(linear(steps, w), { axis: [0, 2] }), [w], [steps])).toThrow('not one loss per example');
    const turned = transpose(waves(4, 3, 6), [1, 0, 2]);
    expect(() => clip(sum(linear(turned, w), { axis: [0, 2] }), [w], [turned])).toThrow('clippedGradients');
  });

  it('a parameter in two places, and one that is computed with', () => {
    const square = waves(6, 6);
    const twice = sum(linear(tanh(linear(x, square)), square), { axis: 1 });
    expect(() => clip(twice, [square])).toThrow('parameter 0 [6,6] is used twice');
    expect(() => clip(sum(linear(x, mul(w, 2)), { axis: 1 }), [w])).toThrow("the result of 'mul'");
    const halves = [slice(w, [[0, 3]]), slice(w, [[2, 5]])].map((part) => sum(linear(x, part), { axis: 1 }));
    expect(() => clip(add(halves[0]!, halves[1]!), [w])).toThrow('is used twice');
  });

  it('a loss of the whole batch, and a norm of 0', () => {
    expect(() => clip(sum(linear(x, w)), [w])).toThrow('not one loss per example. Got losses []');
    const losses = sum(linear(x, w), { axis: 1 });
    expect(() => clippedGradients(losses, { wrt: [w], batch: [x], maxNorm: 0 })).toThrow('maxNorm does not fit. Got 0');
  });
});

describe('a batch that the losses do not depend on', () => {
  it('is refused: the gradients would be zeros', () => {
    const [w, x, other] = [tensor([1, 2]), tensor([3, 4]), tensor([3, 4])];
    const losses = mul(sum(w), x);
    expect(() => clippedGradients(losses, { wrt: [w], batch: [other], maxNorm: 1 })).toThrow(
      /^clippedGradients: the losses do not depend on the batch\. Got losses \[2\]/,
    );
  });
});
