import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Variable,
  add,
  argmax,
  avgPool2d,
  concat,
  conv2d,
  convTranspose2d,
  cumsum,
  data,
  debugPrint,
  exportOnnx,
  flip,
  gather,
  gelu,
  grad,
  layerNorm,
  logSoftmax,
  matmul,
  maxPool2d,
  mean,
  mul,
  oneHot,
  pad,
  relu,
  reshape,
  scatterAdd,
  setDefaultBackend,
  softmax,
  sort,
  spec,
  split,
  sub,
  sum,
  tanh,
  tensor,
  toOnnx,
  topK,
  variance,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import type { HostTensor } from '@gai/core/backend';
import { normal } from '@gai/core/random';
import { allClose } from '@gai/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { rejection } from './backends.ts';

let backend: NodeBackend;
let folder: string;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'gai-export-'))));
afterEach(() => rm(folder, { recursive: true }));

/** Numbers between −1 and 1, the same every time. */
function values(...shape: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, index) => Math.sin(index * 12.9898 + 1)),
    { shape },
  );
}

/** Runs a model file's bytes alone, by name: nothing of the graph that wrote it is left. */
async function run(
  model: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
  externalData?: ReadonlyMap<string, Uint8Array>,
): Promise<{ shape: readonly number[]; numbers: number[] }[]> {
  const session = await backend.load(model, { inputs: Object.keys(inputs), outputs, externalData });
  const given = Object.values(inputs).map(async (x): Promise<HostTensor> => ({
    dtype: x.dtype,
    shape: x.shape as number[],
    data: await data(x),
  }));
  const results = await session.run(await Promise.all(given));
  const read = results.map(async (result) => ({
    shape: result.shape,
    numbers: Array.from(await result.read(), Number),
  }));
  const found = await Promise.all(read);
  await session.release();
  return found;
}

const flat = async (x: Tensor): Promise<number[]> => Array.from(await data(x), Number);

describe('a model as a file', () => {
  it('gives what the function gives, for any batch, from the file alone', async () => {
    const [kernel, weight] = [values(4, 1, 3, 3), values(64, 10)];
    const net = (image: Tensor): Tensor => {
      const hidden = maxPool2d(gelu(conv2d(image, kernel, { padding: 1 })), { kernelSize: 2 });
      return logSoftmax(matmul(reshape(hidden, [-1, 64]), weight));
    };
    const path = join(folder, 'models', 'net.onnx');
    await exportOnnx(net, { image: spec(['batch', 1, 8, 8]) }, path);
    expect(await readdir(join(folder, 'models'))).toEqual(['net.onnx']);
    const model = await readFile(path);
    for (const batch of [1, 5]) {
      const image = values(batch, 1, 8, 8);
      const [output] = await run(model, { image }, ['output']);
      expect(output!.shape).toEqual([batch, 10]);
      expect(allClose(output!.numbers, await flat(net(image)), 1e-5)).toBe(true);
    }
  });

  it('has several inputs and outputs by name', async () => {
    const fn = (x: Tensor, { scale, table }: { scale: Tensor; table: Tensor }) => ({
      classes: argmax(x, { axis: 1 }),
      parts: split(mul(x, scale), 2, { axis: 1 }),
      rows: gather(table, argmax(x, { axis: 1 })),
    });
    const specs = { x: spec(['n', 4]), options: { scale: spec([]), table: spec([4, 2]) } };
    const { model, inputNames, outputNames } = await toOnnx(fn, specs);
    expect([inputNames, outputNames]).toEqual([
      ['x', 'options_scale', 'options_table'],
      ['classes', 'parts_0', 'parts_1', 'rows'],
    ]);
    const given = { x: values(3, 4), options_scale: tensor(3), options_table: values(4, 2) };
    const expected = fn(given.x, { scale: given.options_scale, table: given.options_table });
    const found = await run(model, given, outputNames);
    for (const [index, tensorOf] of [expected.classes, ...expected.parts, expected.rows].entries()) {
      expect(found[index]!.numbers).toEqual(await flat(tensorOf));
    }
  });

  it('holds captured tensors, lazy ones, single outputs of several, and variables as they are now', async () => {
    const w = new Variable(tensor([1, 2]), 'w');
    const [, tail] = split(tensor([1, 2, 3, 4]), 2);
    const lazy = add(tensor([1, 1]), 1);
    const fn = (x: Tensor): Tensor => add(add(mul(x, w), tail!), lazy);
    w.assign(mul(w, 10));
    const { model } = await toOnnx(fn, { x: spec([2]) });
    w.assign(tensor([0, 0]));
    expect((await run(model, { x: tensor([1, 1]) }, ['output']))[0]!.numbers).toEqual([15, 26]);
  });

  it('holds the weights of one moment, however often one gets a value that is not computed yet', async () => {
    const [w, b] = [new Variable(tensor([1, 2]), 'w'), new Variable(tensor([5, 5]), 'b')];
    let rounds = 3;
    // Every run that computes a value puts another one in its place, which is not computed.
    const later = (): Tensor =>
      debugPrint(mul(w, 10), 'w', {
        print: () => {
          if (rounds-- === 0) return;
          w.assign(later());
          b.assign(add(b, 1));
        },
      });
    w.assign(later());
    const { model } = await toOnnx((x: Tensor) => add(mul(x, w), b), { x: spec([2]) });
    expect(rounds).toBe(-1);
    expect((await run(model, { x: tensor([1, 1]) }, ['output']))[0]!.numbers).toEqual([10_008, 20_008]);
  });

  it('puts large weights beside itself', async () => {
    const [a, b] = [new Variable(values(300, 4), 'a'), new Variable(values(4), 'b')];
    const fn = (x: Tensor): Tensor => tanh(add(matmul(x, a), b));
    const path = join(folder, 'large.onnx');
    await exportOnnx(fn, { x: spec(['n', 300]) }, path, { externalDataThreshold: 1000 });
    const [model, weights = ''] = (await readdir(folder)).sort((one, other) => one.length - other.length);
    expect([model, weights]).toEqual(['large.onnx', expect.stringMatching(/^large\.onnx\.[0-9a-f]{16}\.data$/)]);
    expect((await stat(path)).size).toBeLessThan(1000);
    const beside = new Map([[weights, new Uint8Array(await readFile(join(folder, weights)))]]);
    const [output] = await run(await readFile(path), { x: values(2, 300) }, ['output'], beside);
    expect(allClose(output!.numbers, await flat(fn(values(2, 300))), 1e-5)).toBe(true);
  });

  it('may be a gradient, or use random numbers', async () => {
    const slope = grad((x: Tensor) => sum(mul(tanh(x), x)));
    const { model } = await toOnnx(slope, { x: spec(['n']) });
    expect(
      allClose((await run(model, { x: values(6) }, ['output']))[0]!.numbers, await flat(slope(values(6))), 1e-5),
    ).toBe(true);
    const noisy = (x: Tensor, key: Tensor): Tensor => add(x, normal(key, [4]));
    const given = { x: values(4), key: tensor(Uint32Array.of(1, 2)) };
    const file = await toOnnx(noisy, { x: spec([4]), key: spec([2], 'uint32') });
    expect(
      allClose((await run(file.model, given, ['output']))[0]!.numbers, await flat(noisy(given.x, given.key)), 1e-5),
    ).toBe(true);
  });

  it('leaves the old file where it cannot be written', async () => {
    const path = join(folder, 'net.onnx');
    await exportOnnx((x: Tensor) => mul(x, 2), { x: spec([2]) }, path);
    const before = await readFile(path);
    await rejection(exportOnnx((x: Tensor) => mul(x, 3), { x: spec([2]) }, join(path, 'below-a-file.onnx')));
    expect(await readFile(path)).toEqual(before);
  });

  it('needs a backend with files', async () => {
    const bare = Object.create(backend, { name: { value: 'bare' }, storage: { value: undefined } }) as NodeBackend;
    setDefaultBackend(bare);
    try {
      expect((await rejection(exportOnnx((x: Tensor) => x, { x: spec([2]) }, 'x.onnx'))).message).toMatchInlineSnapshot(
        `"exportOnnx: the backend 'bare' has no files. Got path 'x.onnx'; expected a backend with storage. Use toOnnx(...) and save the bytes yourself."`,
      );
    } finally {
      setDefaultBackend(backend);
    }
  });
});

describe('what the portable target writes', () => {
  const cases: Record<string, (x: Tensor) => Tensor> = {
    softmax: (x) => softmax(x),
    layerNorm: (x) => layerNorm(x, { weight: values(6), bias: values(6) }),
    variance: (x) => variance(x, { axis: 1, keepDims: true }),
    sort: (x) => sort(x).values,
    topK: (x) => topK(x, 2).values,
    cumsum: (x) => cumsum(x, { axis: 1 }),
    flip: (x) => flip(x),
    pad: (x) =>
      pad(x, [
        [1, 1],
        [0, 2],
      ]),
    oneHot: (x) => oneHot(argmax(x, { axis: 1 }), 6),
    scatterAdd: (x) =>
      scatterAdd(
        x,
        tensor([0, 0], { dtype: 'int32' }),
        tensor([
          [1, 1, 1, 1, 1, 1],
          [2, 2, 2, 2, 2, 2],
        ]),
      ),
    centered: (x) => sub(x, mean(x, { axis: 0 })),
    pooled: (x) => avgPool2d(reshape(x, [-1, 1, 2, 3]), { kernelSize: [2, 2], stride: 1, padding: 1 }),
    transposed: (x) => convTranspose2d(reshape(x, [-1, 1, 2, 3]), values(1, 2, 2, 2), { stride: 2 }),
    joined: (x) => concat([x, relu(x)], { axis: 1 }),
    slopeOfPool: (x) =>
      grad((v: Tensor) => sum(mul(maxPool2d(v, { kernelSize: 2, stride: 1 }), 3)))(reshape(x, [-1, 1, 2, 3])),
    slopeOfConv: (x) => grad((v: Tensor) => sum(conv2d(reshape(x, [-1, 1, 2, 3]), v)))(values(2, 1, 2, 2)),
  };
  it.each(Object.keys(cases))('%s: runs alone with the same result, for two batch sizes', async (name) => {
    const fn = cases[name]!;
    const { model } = await toOnnx(fn, { x: spec(['batch', 6]) });
    expect(Buffer.from(model).includes('com.microsoft')).toBe(false);
    for (const batch of [2, 3]) {
      const x = values(batch, 6);
      const [output] = await run(model, { x }, ['output']);
      expect(allClose(output!.numbers, await flat(fn(x)), 1e-5)).toBe(true);
    }
  });
});
