import {
  add,
  compile,
  data,
  dequantize,
  evaluate,
  grad,
  item,
  jit,
  mul,
  quantizeWeight,
  setDefaultBackend,
  spec,
  sub,
  sum,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { concatBytes, readSafetensors, toHostTensors, writeSafetensors } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Embedding,
  Linear,
  Module,
  QuantizedEmbedding,
  QuantizedLinear,
  ReLU,
  Sequential,
  manualSeed,
  quantize,
} from '../src/index.ts';
import { sgd } from '../src/optim/index.ts';
import { trainStep } from '../src/train/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

const waves = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => Math.sin(index * 1.7)),
    { shape },
  );

/** Root mean square of the difference, against that of the second. */
async function distance(a: Tensor, b: Tensor): Promise<number> {
  const [x, y] = [await data(a), await data(b)];
  let [error, size] = [0, 0];
  for (let index = 0; index < x.length; index += 1) {
    error += (Number(x[index]) - Number(y[index])) ** 2;
    size += Number(y[index]) ** 2;
  }
  return Math.sqrt(error / size);
}

describe('QuantizedLinear', () => {
  it.each([
    [8, 0.01],
    [4, 0.12],
  ] as const)('at %i bits is near the layer it was made from, and exactly its own matrix', async (bits, bound) => {
    manualSeed(1);
    const layer = new Linear({ inFeatures: 80, outFeatures: 24 });
    const quantized = await QuantizedLinear.from(layer, { bits });
    const x = waves(5, 80);
    const exact = new Linear({ inFeatures: 80, outFeatures: 24 });
    exact.loadStateDict({ weight: dequantize(quantized.weight), bias: layer.bias!.value });
    expect(await distance(quantized.forward(x), layer.forward(x))).toBeLessThan(bound);
    expect(await distance(quantized.forward(x), exact.forward(x))).toBeLessThan(1e-6);
  });

  it('compiled is as near as activations of 8 bits allow', async () => {
    manualSeed(1);
    const quantized = await QuantizedLinear.from(new Linear({ inFeatures: 256, outFeatures: 64 }), { bits: 8 });
    const x = waves(5, 256);
    await using run = await compile(quantized, { x: spec(['rows', 256]) });
    const error = await distance(await run(x), quantized.forward(x));
    expect(error).toBeLessThan(8e-3);
  });

  it('is saved and loaded with its state, zero points too', async () => {
    manualSeed(1);
    const layer = new Linear({ inFeatures: 40, outFeatures: 3 });
    const quantized = await QuantizedLinear.from(layer, { bits: 4, block: 16, symmetric: false });
    const state = quantized.stateDict();
    expect(Object.keys(state).sort()).toEqual(['bias', 'packed', 'scales', 'zeroPoints']);
    const file = readSafetensors(concatBytes(writeSafetensors(await toHostTensors(state))));
    const loaded = new QuantizedLinear({
      inFeatures: 40,
      outFeatures: 3,
      bits: 4,
      block: 16,
      extra: 'zeroPoints',
    });
    const read = [...file.tensors].map(([name, { data: values, dtype, shape }]) => [
      name,
      tensor(values, { dtype, shape }),
    ]);
    loaded.loadStateDict(Object.fromEntries(read) as Record<string, Tensor>);
    const x = waves(2, 40);
    expect(await data(loaded.forward(x))).toEqual(await data(quantized.forward(x)));
  });

  it('keeps whether the bias is trained, and the mode', async () => {
    const layer = new Linear({ inFeatures: 16, outFeatures: 2 }).requiresGrad(false).eval();
    const quantized = await QuantizedLinear.from(layer);
    expect(quantized.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([false]);
    expect(quantized.training).toBe(false);
    const plain = await QuantizedLinear.from(new Linear({ inFeatures: 16, outFeatures: 2, bias: false }));
    expect(plain.parameters()).toEqual([]);
  });

  it('refuses formats, weights and inputs that do not fit', async () => {
    expect(() => new QuantizedLinear({ inFeatures: 16, outFeatures: 2, block: 24 })).toThrow('blocks of 24');
    const weight = await quantizeWeight(waves(3, 16));
    expect(() => new QuantizedLinear({ inFeatures: 16, outFeatures: 2 }, weight)).toThrow(
      'Got [3,16]; expected [2,16]',
    );
    const layer = new QuantizedLinear({ inFeatures: 16, outFeatures: 3 }, weight);
    expect(() => layer.forward(waves(1, 17))).toThrow('QuantizedLinear');
  });
});

it('a small layer beside a frozen quantized base is trained through it', async () => {
  manualSeed(3);
  class Adapted extends Module {
    readonly down = new Linear({ inFeatures: 32, outFeatures: 4, bias: false });
    readonly up = new Linear({ inFeatures: 4, outFeatures: 32, bias: false });
    readonly head: QuantizedLinear;
    constructor(head: QuantizedLinear) {
      super();
      this.head = head;
    }
    forward(x: Tensor): Tensor {
      return this.head.forward(add(x, this.up.forward(this.down.forward(x))));
    }
  }
  const head = await QuantizedLinear.from(new Linear({ inFeatures: 32, outFeatures: 8 }).requiresGrad(false));
  const model = new Adapted(head);
  const before = await data(head.packed.value);
  const batch = { x: waves(16, 32), y: waves(16, 8) };
  const setup = { models: { model }, optimizers: { model: sgd({ learningRate: 0.01 }) } };
  const step = trainStep(setup, (models, batch: { x: Tensor; y: Tensor }) => {
    const error = sub(models.model.forward(batch.x), batch.y);
    return { losses: { model: sum(mul(error, error)) } };
  });
  const losses: number[] = [];
  for (let count = 0; count < 30; count += 1) losses.push(await item((await step(batch)).losses.model));
  expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.8);
  expect(await data(head.packed.value)).toEqual(before);
});

it('QuantizedEmbedding looks up what the table holds, and a tied head multiplies with it', async () => {
  manualSeed(2);
  const table = new Embedding({ numEmbeddings: 12, embeddingDim: 48 });
  const quantized = await QuantizedEmbedding.from(table, { bits: 8 });
  const indices = tensor(
    [
      [3, 0],
      [11, 3],
    ],
    { dtype: 'int32' },
  );
  expect(await distance(quantized.forward(indices), table.forward(indices))).toBeLessThan(0.01);
  const empty = new QuantizedEmbedding({ numEmbeddings: 12, embeddingDim: 48, bits: 8 });
  empty.loadStateDict(quantized.stateDict());
  const compiled = jit((at: Tensor) => empty.forward(at));
  expect(await data(await compiled(indices))).toEqual(await data(quantized.forward(indices)));
  expect(() => quantized.forward(waves(2))).toThrow('indices are not integers');
});

it('the gradient of a quantized layer is that of its matrix', async () => {
  const quantized = await QuantizedLinear.from(new Linear({ inFeatures: 40, outFeatures: 6 }), { bits: 4, block: 16 });
  const matrix = dequantize(quantized.weight);
  const x = waves(3, 40);
  const squares = (y: Tensor): Tensor => sum(mul(y, y));
  const through = grad((input: Tensor) => squares(quantized.forward(input)))(x);
  const exact = new Linear({ inFeatures: 40, outFeatures: 6 });
  exact.loadStateDict({ weight: matrix, bias: quantized.bias!.value });
  const wanted = grad((input: Tensor) => squares(exact.forward(input)))(x);
  await evaluate(through, wanted);
  expect(await distance(through, wanted)).toBeLessThan(1e-6);
});

describe('quantize', () => {
  class Tagger extends Module {
    readonly table = new Embedding({ numEmbeddings: 20, embeddingDim: 32 });
    readonly body = new Sequential(
      new Linear({ inFeatures: 32, outFeatures: 64 }),
      new ReLU(),
      new Linear({ inFeatures: 64, outFeatures: 32 }),
    );
    readonly head = new Linear({ inFeatures: 32, outFeatures: 4 });
    readonly twice: Module[] = [this.head];
    forward(tokens: Tensor): Tensor {
      return this.head.forward(this.body.forward(this.table.forward(tokens)) as Tensor);
    }
  }
  const tokens = tensor(
    [
      [3, 1],
      [19, 0],
    ],
    { dtype: 'int32' },
  );

  it('replaces the linear layers of a model that was compiled already', async () => {
    manualSeed(4);
    const model = new Tagger();
    const run = jit((at: Tensor) => model.forward(at));
    const before = tensor(Float32Array.from((await data(await run(tokens))) as Float32Array), { shape: [2, 2, 4] });
    const report = await quantize(model, { bits: 8 });
    expect(report.replaced).toEqual(['body.0', 'body.2', 'head']);
    expect(report.bytes.after / report.bytes.before).toBeLessThan(0.32);
    expect(model.head).toBeInstanceOf(QuantizedLinear);
    expect(model.twice[0]).toBe(model.head);
    const after = await run(tokens);
    expect(await distance(after, before)).toBeLessThan(0.02);
    expect(await distance(after, model.forward(tokens))).toBeLessThan(1e-6);
    expect(await distance(after, before)).toBeGreaterThan(1e-5);
  });

  it('keeps what is left out, and takes tables where asked', async () => {
    const model = new Tagger();
    const report = await quantize(model, { bits: 4, exclude: /head$/, embeddings: true });
    expect(report.replaced).toEqual(['table', 'body.0', 'body.2']);
    expect(model.head).toBeInstanceOf(Linear);
    expect(model.table).toBeInstanceOf(QuantizedEmbedding);
    const only = await quantize(new Tagger(), { include: /body\.2/ });
    expect(only.replaced).toEqual(['body.2']);
  });

  it('loads its own state into a model made the same way', async () => {
    const [one, two] = [new Tagger(), new Tagger()];
    await quantize(one);
    await quantize(two);
    two.loadStateDict(one.stateDict());
    expect(await data(two.forward(tokens))).toEqual(await data(one.forward(tokens)));
  });

  it('refuses a model without such layers', async () => {
    await expect(quantize(new Sequential(new ReLU()))).rejects.toThrow('quantize: no layer to replace. Got 1 modules');
    await expect(quantize(new Linear({ inFeatures: 1, outFeatures: 1 }))).rejects.toThrow('use QuantizedLinear.from');
  });
});
