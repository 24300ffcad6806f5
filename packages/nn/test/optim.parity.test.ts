import { add, data, mul, setDefaultBackend, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Module,
  Parameter,
  adagrad,
  adam,
  adamW,
  adamax,
  averagedWeights,
  ema,
  lion,
  nadam,
  reduceOnPlateau,
  rmsprop,
  sgd,
  trainStep,
  withWeights,
} from '../src/index.ts';
import type { Callback, FitContext, Optimizer, TrainStep } from '../src/index.ts';
import * as optim from '../src/optim/index.ts';
import { expectClose, readFixture, unpack } from './fixture.ts';
import type { Packed } from './fixture.ts';

type Kind = 'sgd' | 'adam' | 'adamW' | 'rmsprop' | 'adagrad' | 'adamax' | 'nadam' | 'lion';

interface OptimizerFixture {
  readonly start: readonly [Packed, Packed];
  readonly gradients: readonly (readonly [Packed, Packed])[];
  readonly cases: readonly { kind: Kind; options: object; result: readonly [Packed, Packed] }[];
}

const fixture = readFixture<OptimizerFixture>('optimizers.json');
const make: Readonly<Record<Kind, (options: object) => Optimizer>> = {
  sgd,
  adam,
  adamW,
  rmsprop,
  adagrad,
  adamax,
  nadam,
  lion,
};

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

/** Two parameters whose gradients are the batch. */
class Pair extends Module {
  readonly first = new Parameter(unpack(fixture.start[0]));
  readonly second = new Parameter(unpack(fixture.start[1]));
  forward(a: Tensor, b: Tensor): Tensor {
    return add(sum(mul(this.first, a)), sum(mul(this.second, b)));
  }
}

type Gradients = { readonly a: Tensor; readonly b: Tensor };
const given = fixture.gradients.map(([a, b]): Gradients => ({ a: unpack(a), b: unpack(b) }));

function build(optimizer: Optimizer): { model: Pair; step: TrainStep<Gradients, { losses: { model: Tensor } }> } {
  const model = new Pair();
  const step = trainStep(
    { models: { model }, optimizers: { model: optimizer } },
    (models, { a, b }: Gradients) => ({ losses: { model: models.model.forward(a, b) } }),
    { dynamicAxes: null },
  );
  return { model, step };
}

async function train(optimizer: Optimizer, batches: readonly Gradients[] = given): Promise<Pair> {
  const { model, step } = build(optimizer);
  for (const batch of batches) await step(batch);
  return model;
}

const numbers = async (x: Tensor): Promise<number[]> => [...(await data(x))].map(Number);

describe('optimizers over ten steps agree with PyTorch (lion with its paper)', () => {
  it.each(fixture.cases.map((one) => [one.kind, JSON.stringify(one.options), one] as const))(
    '%s %s',
    async (kind, _, one) => {
      const model = await train(make[kind](one.options));
      await expectClose(model.first.value, one.result[0], 'first');
      await expectClose(model.second.value, one.result[1], 'second');
    },
  );

  it.each(Object.entries(make))('%s has groups, and frozen ones stay', async (_, optimizer) => {
    const model = await train(optimizer({ learningRate: 0.1, groups: [{ parameters: 'second', learningRate: 0 }] }));
    await expectClose(model.second.value, fixture.start[1], 'second');
    expect(await numbers(model.first.value)).not.toEqual(fixture.start[0].data);
  });
});

describe('ema', () => {
  /** The average of the first parameter after ten steps of size 0.1, in float64. */
  function reference(decayAt: (step: number) => number): number[] {
    let value = [...fixture.start[0].data];
    let average = [...value];
    fixture.gradients.forEach(([gradient], index) => {
      value = value.map((each, at) => each - 0.1 * gradient.data[at]!);
      const decay = decayAt(index + 1);
      average = average.map((each, at) => decay * each + (1 - decay) * value[at]!);
    });
    return average;
  }

  it.each([
    ['without warm-up', { decay: 0.8 }, () => 0.8],
    ['with warm-up', { decay: 0.5, warmup: true }, (step: number) => Math.min(0.5, step / (step + 9))],
  ] as const)('keeps the average of the weights, %s', async (_, options, decayAt) => {
    const { model, step } = build(ema(sgd({ learningRate: 0.1 }), options));
    for (const batch of given) await step(batch);
    const plain = await train(sgd({ learningRate: 0.1 }));
    expect(await numbers(model.first.value)).toEqual(await numbers(plain.first.value));
    const averages = averagedWeights(step.state());
    expect(Object.keys(averages)).toEqual(['first', 'second']);
    const found = await numbers(averages['first']!);
    reference(decayAt).forEach((value, index) => expect(found[index]).toBeCloseTo(value, 5));
  });

  it('measures with the averages and goes back to the weights, also after an error', async () => {
    const { model, step } = build(ema(sgd({ learningRate: 0.1 }), { decay: 0.9 }));
    for (const batch of given) await step(batch);
    const before = await numbers(model.first.value);
    const averages = averagedWeights(step.state());
    const inside = await withWeights(model, averages, () => numbers(model.first.value));
    expect(inside).toEqual(await numbers(averages['first']!));
    expect(await numbers(model.first.value)).toEqual(before);
    const failing = withWeights(model, averages, () => {
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await numbers(model.first.value)).toEqual(before);
  });

  it('goes on from a saved state', async () => {
    const optimizer = (): Optimizer => ema(adam({ learningRate: 0.1 }), { decay: 0.7 });
    const whole = build(optimizer());
    for (const batch of given) await whole.step(batch);
    const [start, rest] = [build(optimizer()), build(optimizer())];
    for (const batch of given.slice(0, 4)) await start.step(batch);
    rest.step.load(start.step.state());
    for (const batch of given.slice(4)) await rest.step(batch);
    const [a, b] = [whole, rest].map(({ step }) => averagedWeights(step.state())['second']!);
    expect(await numbers(a!)).toEqual(await numbers(b!));
  });

  it('says what is missing', async () => {
    const { step } = build(sgd());
    expect(() => averagedWeights(step.state())).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: averagedWeights: no averages. Got a state without 'optimizer.average.model.…'; expected one of a step with ema(optimizer) for 'model'. Wrap the optimizer.]`,
    );
    expect(() => ema(sgd(), { decay: 2 })).toThrow('ema: decay is out of range. Got 2');
  });
});

describe('schedules agree with PyTorch', () => {
  interface Schedules {
    readonly schedules: readonly { kind: string; options: object; values: readonly number[] }[];
    readonly plateau: readonly {
      mode: 'min' | 'max';
      options: object;
      numbers: readonly number[];
      values: readonly number[];
    }[];
  }
  const { schedules, plateau } = readFixture<Schedules>('schedules.json');
  const makers = optim as unknown as Readonly<Record<string, (options: object) => (step: number) => number>>;

  it.each(schedules.map((one) => [one.kind, JSON.stringify(one.options), one] as const))('%s %s', (kind, _, one) => {
    const schedule = makers[kind]!(one.options);
    one.values.forEach((value, step) => expect(schedule(step)).toBeCloseTo(value, 9));
  });

  it.each(plateau.map((one) => [one.mode, JSON.stringify(one.options), one] as const))(
    'plateau %s %s',
    (mode, _, one) => {
      const callback = reduceOnPlateau({ initial: 1, monitor: 'value', mode, ...one.options });
      const context = { history: [] } as unknown as FitContext;
      void callback.onFitBegin!(context);
      const values = one.numbers.map((value) => {
        void callback.onEpochEnd!(context, { value });
        return callback.schedule();
      });
      values.forEach((value, index) => expect(value).toBeCloseTo(one.values[index]!, 9));
      // A run that goes on from a checkpoint has the same rate.
      void (callback as Callback).onFitBegin!({
        history: one.numbers.map((value) => ({ value })),
      } as unknown as FitContext);
      expect(callback.schedule()).toBeCloseTo(one.values.at(-1)!, 9);
    },
  );

  it('refuses what is out of range', () => {
    expect(() => optim.oneCycleSchedule({ max: 1, steps: 10, warmupShare: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: oneCycleSchedule: warmupShare is out of range. Got 1; expected a number between 0 and 1.]`,
    );
    expect(() => optim.cosineRestartsSchedule({ initial: 1, steps: 0 })).toThrow('steps is out of range. Got 0');
    expect(() => reduceOnPlateau({ initial: 1, factor: 1 })).toThrow('factor is out of range. Got 1');
  });
});

it('a plateau changes the rate of a compiled step, which does not compile again', async () => {
  const plateau = reduceOnPlateau({ initial: 0.5, factor: 0.5, patience: 0, monitor: 'loss' });
  const { model, step } = build(sgd({ learningRate: plateau.schedule }));
  await step(given[0]!);
  const before = await numbers(model.first.value);
  for (const loss of [1, 1]) void plateau.onEpochEnd!({} as FitContext, { loss });
  await step(given[1]!);
  const after = await numbers(model.first.value);
  const gradient = await numbers(given[1]!.a);
  after.forEach((value, index) => expect(value).toBeCloseTo(before[index]! - 0.25 * gradient[index]!, 5));
});
