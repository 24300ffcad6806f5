import { add, data, mean, mul, square, sub, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { Linear } from '@gai/nn';
import { adam, sgd } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const layer = (weights: readonly number[]): Linear => {
  const made = new Linear({ inFeatures: weights.length, outFeatures: 1, bias: false });
  made.weight.assign(tensor([weights]));
  return made;
};

const numbers = async (x: Tensor): Promise<number[]> => Array.from(await data(x), Number);
const TAU = 0.25;

/** A critic that learns a target, an actor whose loss asks the critic, a copy that follows the critic. */
function parts() {
  const models = { critic: layer([0.5, -1]), actor: layer([0.3, 0.2]), copy: layer([1, 1]) };
  const loss = (critic: Linear, { x, y }: Batch) => mean(square(sub(critic.forward(x), y)));
  const ask = ({ actor, critic }: typeof models, { x }: Batch) =>
    mean(square(add(actor.forward(x), mul(2, critic.forward(x)))));
  const follow = ({ copy, critic }: typeof models) =>
    copy.weight.assign(add(mul(1 - TAU, copy.weight), mul(TAU, critic.weight)));
  return { models, loss, ask, follow };
}

type Batch = { readonly x: Tensor; readonly y: Tensor };

const batches: Batch[] = [0, 1, 2].map((at) => ({
  x: tensor([
    [1, at],
    [-1, 2],
  ]),
  y: tensor([[1], [at]]),
}));

function together() {
  const { models, loss, ask, follow } = parts();
  const setup = {
    models,
    optimizers: { critic: adam({ learningRate: 0.1 }), actor: sgd({ learningRate: 0.1 }), copy: null },
  };
  const step = trainStep(setup, (all: typeof models, batch: Batch, { afterUpdate }) => {
    afterUpdate(() => follow(all));
    return { losses: { critic: loss(all.critic, batch), actor: () => ask(all, batch) } };
  });
  return { models, step };
}

/** The same as separate steps, one model after the other. */
async function apart() {
  const { models, loss, ask, follow } = parts();
  const { critic, actor } = models;
  const first = trainStep(
    { models: { critic }, optimizers: { critic: adam({ learningRate: 0.1 }) } },
    (all, batch: Batch) => ({
      losses: { critic: loss(all.critic, batch) },
    }),
  );
  const second = trainStep(
    { models: { critic, actor }, optimizers: { critic: null, actor: sgd({ learningRate: 0.1 }) } },
    (all, batch: Batch) => ({ losses: { actor: ask({ ...models, ...all }, batch) } }),
  );
  const losses: number[][] = [];
  for (const batch of batches) {
    const one = await first(batch);
    const two = await second(batch);
    follow(models);
    losses.push([...(await numbers(one.losses.critic)), ...(await numbers(two.losses.actor))]);
  }
  return { models, losses };
}

describe('losses that are functions', () => {
  it('see the weights that the losses before them have made, and hooks those of all', async () => {
    const expected = await apart();
    const { models, step } = together();
    const losses: number[][] = [];
    for (const batch of batches) {
      const { losses: found } = await step(batch);
      losses.push([...(await numbers(found.critic)), ...(await numbers(found.actor))]);
    }
    losses.flat().forEach((value, at) => expect(value).toBeCloseTo(expected.losses.flat()[at]!, 5));
    for (const name of ['critic', 'actor', 'copy'] as const) {
      const wanted = await numbers(expected.models[name].weight);
      (await numbers(models[name].weight)).forEach((value, at) => expect(value, name).toBeCloseTo(wanted[at]!, 5));
    }
  });

  it('do in one run of several steps what they do in several runs', async () => {
    const [one, many] = [together(), together()];
    for (const batch of batches) await one.step(batch);
    await many.step.many(batches);
    expect(Object.keys(many.step.state().tensors)).toContain('copy.weight');
    for (const name of ['critic', 'actor', 'copy'] as const) {
      expect(await numbers(many.models[name].weight)).toEqual(await numbers(one.models[name].weight));
    }
  });

  it('are refused where a batch is gone through in parts, as hooks are', async () => {
    const { models, loss, ask } = parts();
    const setup = { models, optimizers: { critic: sgd(), actor: sgd(), copy: null } };
    const later = trainStep(
      setup,
      (all: typeof models, batch: Batch) => ({
        losses: { critic: loss(all.critic, batch), actor: () => ask(all, batch) },
      }),
      { accumulate: 2 },
    );
    await expect(later(batches[0]!)).rejects.toThrow("the loss 'actor' is a function");
    const hooked = trainStep(
      setup,
      (all: typeof models, batch: Batch, { afterUpdate }) => {
        afterUpdate(() => {});
        return { losses: { critic: loss(all.critic, batch), actor: null } };
      },
      { accumulate: 2 },
    );
    await expect(hooked(batches[0]!)).rejects.toThrow('afterUpdate was called');
  });
});
