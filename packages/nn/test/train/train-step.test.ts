import { nodeBackend } from '@gai/backend-node';
import {
  add,
  data,
  getDefaultBackend,
  item,
  mean,
  mul,
  setDefaultBackend,
  square,
  stopGradient,
  sub,
  sum,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { normal } from '@gai/core/random';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Linear, Module, Parameter, adamW, crossEntropy, mse, sgd, trainStep } from '../../src/index.ts';
import { batch, newNet } from './problem.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

const values = async (tensor: Tensor): Promise<number[]> => Array.from(await data(tensor), Number);

describe('trainStep', () => {
  it('is one run per step, whatever the batch size, and compiles once', async () => {
    const backend = getDefaultBackend();
    const load = backend.load.bind(backend);
    let runs = 0;
    const spy = vi.spyOn(backend, 'load').mockImplementation(async (model, options) => {
      const session = await load(model, options);
      const run = session.run.bind(session);
      session.run = (...args) => ((runs += 1), run(...args));
      return session;
    });
    const model = newNet();
    const step = trainStep(
      { models: { model }, optimizers: { model: adamW() } },
      (models, { x, y }: ReturnType<typeof batch>) => ({
        losses: { model: crossEntropy(models.model.forward(x), y) },
      }),
    );
    for (const size of [16, 16, 7, 16, 2]) await step(batch(size));
    expect({ loads: spy.mock.calls.length, runs, step: step.step }).toEqual({ loads: 1, runs: 5, step: 5 });
    spy.mockRestore();
  });

  it('lowers the loss, and the same seed gives the same weights bit for bit', async () => {
    const run = async (): Promise<{ losses: number[]; weights: number[] }> => {
      const model = newNet();
      const step = trainStep(
        { models: { model }, optimizers: { model: adamW({ learningRate: 0.02 }) } },
        (models, { x, y }: ReturnType<typeof batch>) => ({
          losses: { model: crossEntropy(models.model.forward(x), y) },
        }),
        { seed: 5 },
      );
      const losses: number[] = [];
      for (let index = 0; index < 40; index++) losses.push(await item((await step(batch())).losses.model));
      return { losses, weights: await values(model.fc1.weight) };
    };
    const [first, again] = [await run(), await run()];
    expect(first).toEqual(again);
    expect(first.losses.at(-1)!).toBeLessThan(first.losses[0]! / 2);
  });

  it('updates running statistics as PyTorch does: momentum 0.1, unbiased variance', async () => {
    const model = newNet();
    const given = batch(5);
    const hidden = await values(model.fc1.forward(given.x));
    const step = trainStep(
      { models: { model }, optimizers: { model: sgd({ learningRate: 0 }) } },
      (models, { x, y }: ReturnType<typeof batch>) => ({
        losses: { model: crossEntropy(models.model.forward(x), y) },
      }),
    );
    await step(given);
    const state = model.stateDict();
    const column = [0, 1, 2, 3, 4].map((row) => hidden[row * 8]!);
    const average = column.reduce((a, b) => a + b) / 5;
    const variance = column.reduce((total, v) => total + (v - average) ** 2, 0) / 4;
    expect((await values(state['bn.running_mean']!))[0]).toBeCloseTo(0.1 * average, 5);
    expect((await values(state['bn.running_var']!))[0]).toBeCloseTo(0.9 + 0.1 * variance, 5);
  });

  it('gives each model the gradient of its own loss (two players)', async () => {
    class Scale extends Module {
      readonly w = new Parameter(tensor([2]));
      forward(x: Tensor): Tensor {
        return mul(x, this.w);
      }
    }
    const [g, d] = [new Scale(), new Scale()];
    const optimizers = { g: sgd({ learningRate: 0.1 }), d: sgd({ learningRate: 0.1 }) };
    const step = trainStep({ models: { g, d }, optimizers }, (models, { x }: { x: Tensor }, { key }) => {
      const fake = models.g.forward(x);
      expect(normal(key, [1]).shape).toEqual([1]);
      return {
        losses: { g: sum(models.d.forward(fake)), d: sum(mul(models.d.forward(stopGradient(fake)), 3)) },
        fake,
      };
    });
    const { fake } = await step({ x: tensor([[1]]) });
    expect(await values(fake)).toEqual([2]);
    // dg/dw_g = x · w_d = 2; dd/dw_d = 3 · x · w_g = 6; both from the weights before the update.
    expect(await values(g.w)).toEqual([expect.closeTo(1.8, 6)]);
    expect(await values(d.w)).toEqual([expect.closeTo(1.4, 6)]);
  });

  it('leaves frozen parameters alone and keeps no state for them', async () => {
    const model = newNet();
    model.fc1.requiresGrad(false);
    const before = await values(model.fc1.weight);
    const step = trainStep(
      { models: { model }, optimizers: { model: adamW() } },
      (models, { x, y }: ReturnType<typeof batch>) => ({
        losses: { model: crossEntropy(models.model.forward(x), y) },
      }),
    );
    await step(batch());
    expect(await values(model.fc1.weight)).toEqual(before);
    const slots = Object.keys(step.state().tensors).filter((name) => name.startsWith('optimizer.'));
    expect(slots.filter((name) => name.includes('fc1'))).toEqual([]);
    expect(slots).toContain('optimizer.m.model.fc2.weight');
  });

  it('keeps the last good weights when the loss or the gradient is not finite', async () => {
    const model = new Linear({ inFeatures: 1, outFeatures: 1 });
    const step = trainStep(
      { models: { model }, optimizers: { model: sgd() } },
      (models, { x, y }: { x: Tensor; y: Tensor }) => ({
        losses: { model: mse(models.model.forward(x), y) },
      }),
    );
    await step({ x: tensor([[1]]), y: tensor([[1]]) });
    const before = await values(model.weight);
    await expect(step({ x: tensor([[NaN]]), y: tensor([[1]]) })).rejects.toThrow(
      "trainStep: the loss 'model' is not finite. Got NaN at step 2",
    );
    await expect(step({ x: tensor([[1e30]]), y: tensor([[1]]) })).rejects.toThrow('not finite');
    expect(await values(model.weight)).toEqual(before);
    expect(step.step).toBe(1);
  });

  it('refuses a loss of an unknown model, and one that is no scalar', async () => {
    const model = new Linear({ inFeatures: 1, outFeatures: 1 });
    const make = (losses: (x: Tensor) => Record<string, Tensor>) =>
      trainStep({ models: { model }, optimizers: { model: sgd() } }, (_, { x }: { x: Tensor }) => ({
        losses: losses(x),
      }));
    const x = tensor([[1]]);
    await expect(make((v) => ({ other: mean(v) }))({ x })).rejects.toThrow("'other' names no model with an optimizer");
    await expect(make((v) => ({ model: model.forward(v) }))({ x })).rejects.toThrow('is not a scalar');
  });

  it('keeps apart the losses of one graph that share work', async () => {
    const model = new Linear({ inFeatures: 2, outFeatures: 1, bias: false });
    const step = trainStep(
      { models: { model }, optimizers: { model: sgd({ learningRate: 1 }) } },
      (models, { x }: { x: Tensor }) => {
        const y = models.model.forward(x);
        return { losses: { model: mean(square(sub(y, 1))) }, doubled: add(y, y) };
      },
    );
    const w = await values(model.weight);
    await step({ x: tensor([[1, 0]]) });
    expect((await values(model.weight))[0]).toBeCloseTo(w[0]! - 2 * (w[0]! - 1), 5);
  });
});

describe('a function that returns no losses', () => {
  it.each([1, 2])('is refused in one line (accumulate %i)', async (accumulate) => {
    const model = new Linear({ inFeatures: 2, outFeatures: 1 });
    const compute = (async () => ({ losses: {} })) as never;
    const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, compute, { accumulate });
    await expect(step({ x: tensor([[1, 0]]) })).rejects.toThrow(
      /^trainStep: the function returns no losses\. Got undefined/,
    );
  });
});
