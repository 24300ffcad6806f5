import { data, item, setDefaultBackend, spec, tensor, toOnnx } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { bernoulli, bits, key, normal, permutation, randint, uniform } from '@gai/core/random';
import { LeNet } from '@gai/cnn';
import { adamW, crossEntropy, manualSeed, sgd, trainStep } from '@gai/nn';
import { nodeBackend } from '@gai/backend-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webBackend } from '../src/index.ts';
import { losses } from './programs/losses.ts';

/** What is computed here must be what `@gai/backend-node` computes. */
describe('WebAssembly and Node', () => {
  let backends: readonly Backend[] = [];
  beforeAll(async () => {
    backends = [await nodeBackend({ device: 'cpu', threads: 1 }), await webBackend({ device: 'wasm' })];
  });
  afterAll(() => Promise.all(backends.map((backend) => backend.dispose())));

  /** What some work gives on each backend, Node first. */
  async function onBoth<T>(work: () => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    for (const backend of backends) {
      setDefaultBackend(backend);
      results.push(await work());
    }
    return results;
  }

  it.each<[string, () => Tensor]>([
    ['bits', () => bits(key(1), [1000])],
    ['uniform', () => uniform(key(2), [1000], { min: -3, max: 5 })],
    ['bernoulli', () => bernoulli(key(3), 0.3, [1000])],
    ['randint', () => randint(key(4), [1000], { max: 77 })],
    ['permutation', () => permutation(key(5), 1000)],
  ])('random %s are bit-identical', async (_, draw) => {
    const [node, wasm] = await onBoth(async () => data(draw()));
    expect(wasm).toEqual(node);
    expect(new Set(node as Int32Array).size).toBeGreaterThan(1);
  });

  it('normal numbers agree to the last digits', async () => {
    const [node, wasm] = (await onBoth(async () => data(normal(key(6), [1000])))) as Float32Array[];
    wasm!.forEach((value, index) => expect(Math.abs(value - node![index]!)).toBeLessThan(1e-6));
  });

  it('20 steps of a multilayer perceptron agree to 1e-4', async () => {
    const [node, wasm] = await onBoth(() => losses(20));
    expect(node!.at(-1)).toBeLessThan(0.8 * node![0]!);
    wasm!.forEach((loss, index) => expect(Math.abs(loss - node![index]!)).toBeLessThan(1e-4));
  });

  it('20 steps of a LeNet agree to 1e-4', async () => {
    const [node, wasm] = await onBoth(async () => {
      manualSeed(0);
      const step = trainStep(
        { models: { model: new LeNet({ channels: [4, 8] }) }, optimizers: { model: adamW({ learningRate: 1e-3 }) } },
        ({ model }, { x, y }: { x: Tensor; y: Tensor }) => ({ losses: { model: crossEntropy(model.forward(x), y) } }),
      );
      const x = uniform(key(9), [16, 1, 28, 28]);
      const y = tensor(Int32Array.from({ length: 16 }, (_, index) => index % 10));
      const seen: number[] = [];
      for (let done = 0; done < 20; done++) seen.push(await item((await step({ x, y })).losses.model));
      return seen;
    });
    expect(node!.at(-1)).toBeLessThan(node![0]!);
    wasm!.forEach((loss, index) => expect(Math.abs(loss - node![index]!)).toBeLessThan(1e-4));
  });

  it('several steps in one run are the steps one by one, bit for bit', async () => {
    setDefaultBackend(backends[1]!);
    const final = async (many: boolean): Promise<number[]> => {
      manualSeed(0);
      const model = new LeNet({ channels: [2, 4] });
      const step = trainStep(
        { models: { model }, optimizers: { model: sgd({ learningRate: 0.1 }) } },
        ({ model }, { x, y }: { x: Tensor; y: Tensor }) => ({ losses: { model: crossEntropy(model.forward(x), y) } }),
      );
      const batches = Array.from({ length: 4 }, (_, index) => ({
        x: uniform(key(index), [8, 1, 28, 28]),
        y: tensor(Int32Array.from({ length: 8 }, (_, row) => (row + index) % 10)),
      }));
      if (many) await step.many(batches);
      else for (const batch of batches) await step(batch);
      return [...((await data(model.fc.weight as unknown as Tensor)) as Float32Array)];
    };
    expect(await final(true)).toEqual(await final(false));
  });

  it('an untrained model exports to the same bytes', async () => {
    const [node, wasm] = await onBoth(async () => {
      manualSeed(0);
      return (await toOnnx(new LeNet({ channels: [2, 2] }), { x: spec(['batch', 1, 28, 28]) })).model;
    });
    expect(wasm).toEqual(node);
    expect(node!.length).toBeGreaterThan(1000);
  });
});
