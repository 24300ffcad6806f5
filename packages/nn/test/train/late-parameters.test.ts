import { add, data, mul, setDefaultBackend, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Module,
  Parameter,
  adagrad,
  adam,
  adamW,
  adamax,
  averagedWeights,
  chain,
  clipByGlobalNorm,
  ema,
  loadCheckpoint,
  nadam,
  saveCheckpoint,
  trainStep,
} from '../../src/index.ts';
import type { Optimizer, TrainStep } from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

class Pair extends Module {
  early = new Parameter(tensor([1, -2]));
  late = new Parameter(tensor([3, 4, 5]));
  forward(x: Tensor): Tensor {
    return add(sum(mul(this.early, x)), sum(mul(this.late, x)));
  }
}

type Step = TrainStep<{ x: Tensor }, { losses: { model: Tensor } }>;

const stepOf = (model: Pair, optimizer: Optimizer, options: { accumulate?: number } = {}): Step =>
  trainStep(
    { models: { model }, optimizers: { model: optimizer } },
    ({ model: pair }, { x }: { x: Tensor }) => ({ losses: { model: pair.forward(sum(x)) } }),
    { dynamicAxes: null, ...options },
  );

const values = async (x: Tensor): Promise<number[]> => Array.from(await data(x), Number);

/** Where `late` goes in `count` updates of gradient 1, 2, …: alone from the start, or beside `early` after `before` steps. */
async function pathOf(optimizer: Optimizer, before: number, count = 3): Promise<number[][]> {
  const model = new Pair();
  model.late.requiresGrad = false;
  const step = stepOf(model, optimizer);
  for (let index = 0; index < before; index += 1) await step({ x: tensor([1]) });
  model.late.requiresGrad = true;
  const path: number[][] = [];
  for (let index = 0; index < count; index += 1) {
    await step({ x: tensor([index + 1]) });
    path.push(await values(model.late));
  }
  return path;
}

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  adam: () => adam({ learningRate: 0.1 }),
  adamW: () => adamW({ learningRate: 0.1, weightDecay: 0.1 }),
  adamax: () => adamax({ learningRate: 0.1 }),
  nadam: () => nadam({ learningRate: 0.1, momentumDecay: 0.1 }),
  adagrad: () => adagrad({ learningRate: 0.1, learningRateDecay: 0.5 }),
  'adam behind a clip that clips nothing': () => chain(clipByGlobalNorm(1e6), adam({ learningRate: 0.1 })),
};

describe('a parameter that is thawed after some steps', () => {
  it.each(Object.keys(optimizers))('is updated by %s as if training began with it', async (name) => {
    const make = optimizers[name]!;
    expect(await pathOf(make(), 7)).toEqual(await pathOf(make(), 0));
  });

  it('moves by the learning rate at first, as Adam does', async () => {
    const [first] = await pathOf(adam({ learningRate: 0.1 }), 12, 1);
    expect(first!.map((value) => Math.round(value * 1e5) / 1e5)).toEqual([2.9, 3.9, 4.9]);
  });

  it('is averaged from its own weights on', async () => {
    const model = new Pair();
    model.late.requiresGrad = false;
    const step = stepOf(model, ema(adam({ learningRate: 0.1 }), { decay: 0.9 }));
    for (let index = 0; index < 3; index += 1) await step({ x: tensor([1]) });
    model.late.requiresGrad = true;
    await step({ x: tensor([1]) });
    const average = await values(averagedWeights(step.state())['late']!);
    // 0.9 of what it was, and 0.1 of what became of it.
    expect(average.map((value) => Math.round(value * 1e5) / 1e5)).toEqual([2.99, 3.99, 4.99]);
  });

  it('goes on from a checkpoint as if nothing had happened', async () => {
    const train = async (step: Step, count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) await step({ x: tensor([index - 1.5]) });
    };
    const model = new Pair();
    model.late.requiresGrad = false;
    const step = stepOf(model, ema(adam({ learningRate: 0.1 })));
    await train(step, 4);
    model.late.requiresGrad = true;
    await train(step, 2);
    const folder = await mkdtemp(join(tmpdir(), 'gai-late-'));
    const path = join(folder, 'state.safetensors');
    await saveCheckpoint(path, { ...step.state(), progress: {} });
    const { progress, ...state } = await loadCheckpoint(path);
    await rm(folder, { recursive: true });
    expect([progress, state.updates]).toEqual([{}, { 'model.late': 2 }]);
    const other = new Pair();
    const resumed = stepOf(other, ema(adam({ learningRate: 0.1 })));
    resumed.load(state);
    await train(step, 3);
    await train(resumed, 3);
    expect(await values(other.late)).toEqual(await values(model.late));
    expect(await values(other.early)).toEqual(await values(model.early));
    expect(() => resumed.load({ ...state, updates: { 'model.late': 7 } })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: trainStep.load: the updates of 'model.late' are no count. Got 7; expected a whole number from 0 to 6. Nothing was changed. Use a state of this step's models and optimizers.]`,
    );
    expect(() => resumed.load({ ...state, updates: { 'model.none': 1 } })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: trainStep.load: 'model.none' has no place. Got its updates in the state; expected a name of this step. Nothing was changed. Use a state of this step's models and optimizers.]`,
    );
  });

  it('is updated the same in several steps of one run, and in parts', async () => {
    const results: number[][] = [];
    for (const [accumulate, together] of [
      [1, false],
      [1, true],
      [2, false],
    ] as const) {
      const model = new Pair();
      model.late.requiresGrad = false;
      const step = trainStep(
        { models: { model }, optimizers: { model: adam({ learningRate: 0.1 }) } },
        ({ model: pair }, { x }: { x: Tensor }) => ({
          losses: { model: { sum: sum(mul(x, pair.forward(tensor(1)))), count: tensor(1) } },
        }),
        { dynamicAxes: null, accumulate },
      );
      const batches = [1, 2, 3].map((value) => ({ x: tensor([value, -0.5]) }));
      for (const batch of batches) await step(batch);
      model.late.requiresGrad = true;
      if (together) await step.many(batches);
      else for (const batch of batches) await step(batch);
      results.push([...(await values(model.late)), ...(await values(model.early))]);
    }
    expect(results[1]).toEqual(results[0]);
    results[2]!.forEach((value, index) => expect(value).toBeCloseTo(results[0]![index]!, 5));
  });
});

describe('a model whose loss is null at times', () => {
  it('is updated and averaged by the count of its own updates', async () => {
    const [often, seldom] = [new Pair(), new Pair()];
    const step = trainStep(
      {
        models: { often, seldom },
        optimizers: { often: adam(), seldom: ema(adam({ learningRate: 0.1 }), { decay: 0.5 }) },
      },
      (models, { x, both }: { x: Tensor; both: boolean }) => ({
        losses: { often: models.often.forward(sum(x)), seldom: both ? models.seldom.forward(sum(x)) : null },
      }),
    );
    for (let index = 0; index < 4; index += 1) await step({ x: tensor([1]), both: false });
    await step({ x: tensor([1]), both: true });
    const rounded = (found: number[]): number[] => found.map((value) => Math.round(value * 1e5) / 1e5);
    expect(rounded(await values(seldom.early))).toEqual([0.9, -2.1]);
    expect(rounded(await values(averagedWeights(step.state(), 'seldom')['early']!))).toEqual([0.95, -2.05]);
    expect(step.state().updates).toEqual({ 'seldom.early': 1, 'seldom.late': 1 });
  });
});
