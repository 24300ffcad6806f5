import { data, setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, expect, it } from 'vitest';
import { Linear, adamW, averagedWeights, ema, fit, loadAverages, mse, reduceOnPlateau, sgd } from '../../src/index.ts';
import type { Callback } from '../../src/index.ts';
import { tensor } from '@gai/core';
import type { Tensor } from '@gai/core';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const batches = [
  { x: tensor([[1], [2]]), y: tensor([[2], [4]]) },
  { x: tensor([[3], [-1]]), y: tensor([[6], [-2]]) },
];
const numbers = async (x: Tensor): Promise<number[]> => [...(await data(x))].map(Number);

it('a fit ends with the averages', async () => {
  const model = new Linear({ inFeatures: 1, outFeatures: 1 });
  let averages: Readonly<Record<string, Tensor>> = {};
  let last: number[] = [];
  const watch: Callback = {
    name: 'watch',
    onEpochEnd: async (context) => {
      averages = averagedWeights(context.checkpoint());
      last = await numbers(model.weight.value);
    },
  };
  const optimizer = ema(adamW({ learningRate: 0.1 }), { decay: 0.9 });
  await fit(model, { train: batches, loss: mse, optimizer, epochs: 4, callbacks: [watch, loadAverages()] });
  expect(await numbers(model.weight.value)).toEqual(await numbers(averages['weight']!));
  expect(await numbers(model.weight.value)).not.toEqual(last);
});

it('a plateau lowers the rate of a fit', async () => {
  const model = new Linear({ inFeatures: 1, outFeatures: 1 });
  const plateau = reduceOnPlateau({ initial: 0.1, factor: 0.5, patience: 0, monitor: 'loss', threshold: 0.9 });
  await fit(model, {
    train: batches,
    loss: mse,
    optimizer: sgd({ learningRate: plateau.schedule }),
    epochs: 3,
    callbacks: [plateau],
  });
  expect(plateau.schedule()).toBeLessThan(0.1);
  const unknown = reduceOnPlateau({ initial: 0.1, monitor: 'f1' });
  await expect(fit(model, { train: batches, loss: mse, callbacks: [unknown] })).rejects.toThrow("'f1' is not logged");
});
