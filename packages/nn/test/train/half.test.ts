import { nodeBackend } from '@gai/backend-node';
import { cast, data, mean, mul, setDefaultBackend, square, sub, tensor, toArray } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Module, Parameter, adamW, chain, clipByGlobalNorm, ema, sgd, trainStep } from '../../src/index.ts';
import type { Optimizer } from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

class Weights extends Module {
  readonly w: Parameter;
  readonly v: Parameter;
  constructor(dtype: DType) {
    super();
    this.w = new Parameter(cast(tensor([1, -2, 3]), dtype));
    this.v = new Parameter(cast(tensor([0.5]), dtype));
  }
  forward(x: Tensor): Tensor {
    return mul(sub(this.w, cast(x, this.w.dtype)), this.v);
  }
}

function make(dtype: DType, optimizer: Optimizer, masterWeights = false) {
  const model = new Weights(dtype);
  const step = trainStep(
    { models: { model }, optimizers: { model: optimizer } },
    (models, { x }: { x: Tensor }) => ({ losses: { model: mean(square(models.model.forward(x))) } }),
    { dynamicAxes: null, masterWeights },
  );
  const read = async () => (await toArray(model.w)) as number[];
  return { model, step, read };
}

const x = { x: tensor([0.25, 1, -1]) };

describe('parameters of other dtypes train', () => {
  it.each(['float16', 'float64'] as const)('%s, as float32 ones do', async (dtype) => {
    for (const optimizer of [
      sgd({ learningRate: 0.05, momentum: 0.9 }),
      chain(clipByGlobalNorm(1), ema(adamW({ learningRate: 0.05 }))),
    ]) {
      const [single, other] = [make('float32', optimizer), make(dtype, optimizer)];
      for (let index = 0; index < 5; index++) {
        await single.step(x);
        await other.step(x);
      }
      const digits = dtype === 'float16' ? 2 : 5;
      expect(await other.read()).toEqual((await single.read()).map((value) => expect.closeTo(value, digits) as number));
      const { tensors } = other.step.state();
      const slots = Object.entries(tensors).filter(([name]) => name.startsWith('optimizer.'));
      expect(slots.length).toBeGreaterThan(0);
      expect(new Set(slots.map(([, { dtype: found }]) => found))).toEqual(
        new Set([dtype === 'float64' ? 'float64' : 'float32']),
      );
      const again = make(dtype, optimizer);
      again.step.load(other.step.state());
      await Promise.all([again.step(x), other.step(x)]);
      expect(await again.read()).toEqual(await other.read());
    }
  });

  it('small updates of float16 weights add up in master weights, and are lost without', async () => {
    const small = () => sgd({ learningRate: 2e-5 });
    const [plain, exact, reference] = [
      make('float16', small()),
      make('float16', small(), true),
      make('float32', small()),
    ];
    for (let index = 0; index < 200; index++) for (const { step } of [plain, exact, reference]) await step(x);
    const [wanted] = (await reference.read()).slice(1);
    expect(Math.abs(wanted! + 2)).toBeGreaterThan(1.5e-3);
    expect((await plain.read())[1]).toBe(-2);
    expect((await exact.read())[1]).toBeCloseTo(wanted!, 2.7);
    expect((await exact.read())[1]).not.toBe(-2);
    expect(exact.step.state().tensors['optimizer.master.model.w']!.dtype).toBe('float32');
  });

  it('weights given from outside are taken, whatever the master weights were', async () => {
    const { model, step, read } = make('float16', sgd({ learningRate: 0 }), true);
    await step(x);
    model.w.assign(cast(tensor([7, 8, 9]), 'float16'));
    await step(x);
    expect(await read()).toEqual([7, 8, 9]);
    expect([...(await data(step.state().tensors['optimizer.master.model.w']!))]).toEqual([7, 8, 9]);
  });

  it('an update that does not fit in float16 is refused', async () => {
    const { step, read } = make('float16', sgd({ learningRate: 1e6 }));
    await expect(step(x)).rejects.toThrow('an updated weight or buffer is not finite');
    expect(await read()).toEqual([1, -2, 3]);
  });
});
