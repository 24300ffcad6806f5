import { add, data, mul, setDefaultBackend, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Linear,
  Module,
  Parameter,
  adamW,
  chain,
  clipByGlobalNorm,
  ema,
  fit,
  muon,
  sgd,
  trainStep,
} from '../src/index.ts';
import type { MuonOptions, Optimizer, TrainStep } from '../src/index.ts';
import { expectClose, readFixture, unpack, unpackAll } from './fixture.ts';
import type { Packed } from './fixture.ts';

type Named = Readonly<Record<'wide' | 'tall' | 'square' | 'bias', Packed>>;

interface Fixture {
  readonly start: Named;
  readonly gradients: readonly Named[];
  readonly cases: readonly { readonly options: MuonOptions; readonly result: Named }[];
}

const fixture = readFixture<Fixture>('muon.json');
beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

/** Four parameters whose gradients are the batch. */
class Four extends Module {
  readonly wide = new Parameter(unpack(fixture.start.wide));
  readonly tall = new Parameter(unpack(fixture.start.tall));
  readonly square = new Parameter(unpack(fixture.start.square));
  readonly bias = new Parameter(unpack(fixture.start.bias));
  forward(batch: Readonly<Record<string, Tensor>>): Tensor {
    return [...this.namedParameters()].map(([name, one]) => sum(mul(one, batch[name]!))).reduce((a, b) => add(a, b));
  }
}

type Step = TrainStep<Record<string, Tensor>, { losses: { model: Tensor } }>;

function build(optimizer: Optimizer): { model: Four; step: Step } {
  const model = new Four();
  const step = trainStep(
    { models: { model }, optimizers: { model: optimizer } },
    (models, batch: Record<string, Tensor>) => ({ losses: { model: models.model.forward(batch) } }),
    { dynamicAxes: null },
  );
  return { model, step };
}

async function train(optimizer: Optimizer): Promise<Four> {
  const { model, step } = build(optimizer);
  for (const gradients of fixture.gradients) await step(unpackAll(gradients));
  return model;
}

const numbers = async (x: Tensor): Promise<number[]> => [...(await data(x))].map(Number);

describe('muon', () => {
  it.each(fixture.cases.map((one) => [JSON.stringify(one.options), one] as const))(
    'takes ten steps as PyTorch does, with AdamW for the bias: %s',
    async (_, { options, result }) => {
      const model = await train(muon(options));
      for (const [name, value] of model.namedParameters())
        await expectClose(value.value, result[name as keyof Named], name);
    },
  );

  it('keeps one slot for a matrix, and those of the others for the rest', async () => {
    const { step } = build(ema(muon({ matrices: /wide|tall/, others: sgd({ momentum: 0.9, learningRate: 0.1 }) })));
    await step(unpackAll(fixture.gradients[0]!));
    const slots = Object.keys(step.state().tensors).filter((name) => name.startsWith('optimizer.'));
    expect(slots.sort()).toEqual([
      ...['bias', 'square', 'tall', 'wide'].map((name) => `optimizer.average.model.${name}`),
      ...['bias', 'square', 'tall', 'wide'].map((name) => `optimizer.momentum.model.${name}`),
    ]);
    const adam = build(muon());
    await adam.step(unpackAll(fixture.gradients[0]!));
    const found = Object.keys(adam.step.state().tensors).filter((name) => name.startsWith('optimizer.'));
    expect(found.sort()).toEqual([
      'optimizer.m.model.bias',
      'optimizer.momentum.model.square',
      'optimizer.momentum.model.tall',
      'optimizer.momentum.model.wide',
      'optimizer.v.model.bias',
    ]);
  });

  it('goes on from a saved state, bit for bit', async () => {
    const optimizer = (): Optimizer => chain(clipByGlobalNorm(1), muon({ learningRate: 0.05 }));
    const whole = build(optimizer());
    for (const gradients of fixture.gradients) await whole.step(unpackAll(gradients));
    const [start, rest] = [build(optimizer()), build(optimizer())];
    for (const gradients of fixture.gradients.slice(0, 4)) await start.step(unpackAll(gradients));
    rest.step.load(start.step.state());
    for (const gradients of fixture.gradients.slice(4)) await rest.step(unpackAll(gradients));
    for (const [name, value] of whole.model.namedParameters()) {
      expect(await numbers(rest.model.namedParameters().get(name)!.value)).toEqual(await numbers(value.value));
    }
  });

  it('has groups among its matrices', async () => {
    const model = await train(muon({ groups: [{ parameters: 'wide', learningRate: 0 }] }));
    await expectClose(model.wide.value, fixture.start.wide, 'wide');
    expect(await numbers(model.tall.value)).not.toEqual(fixture.start.tall.data);
  });

  it('asks the others for nothing where all are matrices', async () => {
    const others: Optimizer = {
      ...sgd({ learningRate: 1 }),
      update: (items, ...rest) => {
        if (items.length === 0) throw new Error('nothing to update');
        return sgd({ learningRate: 1 }).update(items, ...rest);
      },
    };
    const weight = new Linear({ inFeatures: 2, outFeatures: 2, bias: false });
    const before = await numbers(weight.weight.value);
    await fit(weight, {
      train: [{ x: tensor([[1, 2]]), y: tensor([[0, 0]]) }],
      loss: (y) => sum(mul(y, y)),
      dynamicAxes: null,
      optimizer: muon({ others }),
    });
    expect(await numbers(weight.weight.value)).not.toEqual(before);
  });

  it('takes the filters of a convolution as rows of one matrix', async () => {
    class Filters extends Module {
      readonly weight = new Parameter(
        tensor([
          [
            [
              [1, 0],
              [0, 0],
            ],
          ],
          [
            [
              [0, 0],
              [0, 1],
            ],
          ],
        ]),
      );
      forward(x: Tensor): Tensor {
        return sum(mul(this.weight, x));
      }
    }
    const model = new Filters();
    const gradient = tensor([
      [
        [
          [3, 0],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [0, 1],
        ],
      ],
    ]);
    await fit(model, {
      train: [{ x: gradient, y: tensor(0) }],
      loss: (y) => y,
      dynamicAxes: null,
      optimizer: muon({ weightDecay: 0, learningRate: 0.1 }),
    });
    const [first, , , , , , , second] = await numbers(model.weight.value);
    // Both filters move by about the learning rate, however large their gradients are.
    for (const moved of [1 - first!, 1 - second!]) expect(Math.abs(moved - 0.1)).toBeLessThan(0.05);
  });

  it.each([
    [{ momentum: 1 }, 'momentum is out of range'],
    [{ steps: 0 }, 'no Newton-Schulz steps'],
    [{ adjust: 'rms' as never }, 'no such adjustment'],
    [{ others: adamW as never }, 'the optimizer is none'],
    [{ others: muon() }, "Got 'muon+adamW'; expected an optimizer of another kind"],
    [{ others: chain(clipByGlobalNorm(1), muon()) }, 'others are updated by muon too'],
    [{ learningRate: -1 }, 'not a learning rate'],
    [{ weightDecay: -1 }, 'not a weight decay'],
  ])('refuses %o', (options, part) => {
    expect(() => muon(options)).toThrow(part);
  });
});
