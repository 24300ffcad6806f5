import { nodeBackend } from '@gai/backend-node';
import { add, data, mean, setDefaultBackend, square, stopGradient, sub, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchNorm1d, Linear, Module, adamW, mse, sgd, trainStep } from '../../src/index.ts';
import type { TrainState } from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

class Tower extends Module {
  base = new Linear({ inFeatures: 2, outFeatures: 2 });
  adapter = new Linear({ inFeatures: 2, outFeatures: 1 });
  forward(x: Tensor): Tensor {
    return this.adapter.forward(this.base.forward(x));
  }
}

interface Pair {
  readonly x: Tensor;
  readonly y: Tensor;
}

const pair: Pair = { x: tensor([[1, 2]]), y: tensor([[3]]) };
const numbers = async (x: Tensor): Promise<number[]> => [...(await data(x))].map(Number);

const stepOf = (model: Module, options = {}) =>
  trainStep(
    { models: { model }, optimizers: { model: adamW({ learningRate: 0.1 }) } },
    (models, { x, y }: Pair) => ({ losses: { model: mse(models.model.forward(x) as Tensor, y) } }),
    options,
  );

describe('parameters that become trainable later', () => {
  it('are trained from the next step on when thawed, also in several steps per run, with fresh slots', async () => {
    for (const many of [false, true]) {
      const model = new Tower();
      model.base.requiresGrad(false);
      const step = stepOf(model);
      const run = () => (many ? step.many([pair, pair]) : step(pair));
      const before = await numbers(model.base.weight);
      await run();
      expect(await numbers(model.base.weight)).toEqual(before);
      model.base.requiresGrad(true);
      await run();
      expect(await numbers(model.base.weight)).not.toEqual(before);
      expect(Object.keys(step.state().tensors)).toContain('optimizer.m.model.base.weight');
    }
  });

  it('are trained when their module was replaced or added', async () => {
    const model = new Tower();
    const step = stepOf(model);
    await step(pair);
    const [old, fresh] = [model.adapter, new Linear({ inFeatures: 2, outFeatures: 1 })];
    model.adapter = fresh;
    const before = [await numbers(old.weight), await numbers(fresh.weight)];
    await step(pair);
    expect(await numbers(old.weight)).toEqual(before[0]);
    expect(await numbers(fresh.weight)).not.toEqual(before[1]);
    // Adam's first step after zero moments is the rate, whatever the gradient: the slots are the new module's own.
    const [moved] = (await numbers(fresh.weight)).map((value, index) => Math.abs(value - before[1]![index]!));
    expect(moved).toBeGreaterThan(0.05);
  });
});

describe('a trainable parameter that nothing would update is refused', () => {
  const make = (optimizers: object, losses: (a: Linear, b: Linear, x: Tensor) => Record<string, Tensor | null>) => {
    const models = {
      a: new Linear({ inFeatures: 1, outFeatures: 1 }),
      b: new Linear({ inFeatures: 1, outFeatures: 1 }),
    };
    const step = trainStep({ models, optimizers }, (given, { x }: { x: Tensor }) => ({
      losses: losses(given.a, given.b, x),
    }));
    return { models, run: () => step({ x: tensor([[1]]) }) };
  };
  const ofBoth = (a: Linear, b: Linear, x: Tensor) => ({ a: mean(square(b.forward(a.forward(x)))) });

  it('without an optimizer; null, or freezing it, says that this is meant', async () => {
    const without = make({ a: sgd() }, ofBoth);
    await expect(without.run()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: trainStep: the model 'b' has no optimizer. Got 2 trainable parameters ('weight' is the first); expected an optimizer, or none to train. Give it one, freeze it with requiresGrad(false), or say optimizers: { b: null }.]`,
    );
    without.models.b.requiresGrad(false);
    await without.run();
    without.models.b.requiresGrad(true);
    await expect(without.run()).rejects.toThrow("the model 'b' has no optimizer");
    await make({ a: sgd(), b: null }, ofBoth).run();
  });

  it('without a loss; null says that it is not updated', async () => {
    await expect(make({ a: sgd(), b: sgd() }, ofBoth).run()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: trainStep: no loss for the model 'b'. Got trainable parameters ('weight' is the first) and an optimizer; expected losses.b. Return it, or null where the model is not updated in this step.]`,
    );
    const skipping = make({ a: sgd(), b: sgd() }, (a, b, x) => ({ ...ofBoth(a, b, x), b: null }));
    const before = await numbers(skipping.models.b.weight);
    const { losses } = await skipping.run();
    expect(losses['b']).toBe(null);
    expect(await numbers(skipping.models.b.weight)).toEqual(before);
  });

  it('from outside the models; a frozen one and one without a gradient are no matter', async () => {
    const stray = new Linear({ inFeatures: 1, outFeatures: 1 });
    const both = { a: sgd(), b: null };
    await expect(make(both, (a, _, x) => ({ a: mean(stray.forward(a.forward(x))) })).run()).rejects.toThrow(
      "trainStep: the loss 'a' depends on a parameter that no model holds. Got the trainable parameter",
    );
    await make(both, (a, _, x) => ({ a: mean(sub(a.forward(x), stopGradient(stray.forward(x)))) })).run();
    stray.requiresGrad(false);
    await make(both, (a, _, x) => ({ a: mean(stray.forward(a.forward(x))) })).run();
  });

  it('in two models that both update it', async () => {
    const model = new Linear({ inFeatures: 1, outFeatures: 1 });
    const step = trainStep(
      { models: { a: model, b: model }, optimizers: { a: sgd(), b: sgd() } },
      ({ a, b }, { x }: { x: Tensor }) => ({ losses: { a: mean(a.forward(x)), b: mean(b.forward(x)) } }),
    );
    await expect(step({ x: tensor([[1]]) })).rejects.toThrow(
      "the parameter 'weight' is in two models. Got it in 'a' and 'b'",
    );
  });
});

describe('state({ trained: true })', () => {
  const adapted = () => {
    const model = new Tower();
    model.base.requiresGrad(false);
    return { model, step: stepOf(model) };
  };

  it('holds what is trained and its slots, and goes back into a model with the same base', async () => {
    const { model, step } = adapted();
    await step(pair);
    const state = step.state({ trained: true });
    expect(Object.keys(state.tensors).sort()).toEqual([
      'model.adapter.bias',
      'model.adapter.weight',
      'optimizer.m.model.adapter.bias',
      'optimizer.m.model.adapter.weight',
      'optimizer.v.model.adapter.bias',
      'optimizer.v.model.adapter.weight',
    ]);
    const again = adapted();
    again.model.base.loadStateDict(model.base.stateDict());
    again.step.load(state);
    expect(again.step.step).toBe(1);
    await Promise.all([step(pair), again.step(pair)]);
    expect(await numbers(again.model.adapter.weight)).toEqual(await numbers(model.adapter.weight));
  });

  it('refuses by name what does not fit, and changes nothing', async () => {
    const { step } = adapted();
    await step(pair);
    const state = step.state({ trained: true });
    const { model, step: other } = adapted();
    const before = await numbers(model.adapter.weight);
    const changed = (change: Record<string, Tensor | undefined>): TrainState => ({
      ...state,
      tensors: Object.fromEntries(
        Object.entries({ ...state.tensors, ...change }).filter(
          (entry): entry is [string, Tensor] => entry[1] !== undefined,
        ),
      ),
    });
    for (const [strange, message] of [
      [changed({ 'model.adapter.weight': undefined }), "the state lacks 'model.adapter.weight'"],
      [changed({ 'model.head.weight': tensor([1]) }), "'model.head.weight' has no place"],
      [
        changed({ 'model.adapter.bias': tensor([1, 2]) }),
        "'model.adapter.bias' does not fit. Got float32 [2]; expected float32 [1]",
      ],
      [changed({ 'optimizer.m.model.adapter.bias': undefined }), "the state lacks 'optimizer.m.model.adapter.bias'"],
      [changed({ 'optimizer.v.model.adapter.bias': tensor([1, 2]) }), "'optimizer.v.model.adapter.bias' does not fit"],
      [changed({ 'optimizer.w.model.adapter.bias': tensor([1]) }), "'optimizer.w.model.adapter.bias' has no place"],
      [{ ...state, step: -5 }, 'the number of updates is none. Got step -5'],
    ] as const) {
      expect(() => other.load(strange)).toThrow(message);
      expect(() => other.check(strange)).toThrow(message);
      expect(await numbers(model.adapter.weight)).toEqual(before);
    }
    model.base.requiresGrad(true);
    expect(() => other.load(state)).toThrow("the state lacks 'model.base.weight'");
    const whole = adapted();
    expect(() => whole.step.load({ ...state, trained: false })).toThrow(
      "trainStep.load: the state lacks 'model.base.weight'",
    );
  });

  it('has the buffers that steps have assigned, also after it was loaded', async () => {
    class Normed extends Tower {
      bn = new BatchNorm1d({ numFeatures: 1 });
      override forward(x: Tensor): Tensor {
        return this.bn.forward(super.forward(x));
      }
    }
    const two = { x: tensor([[1, 2], [3, 5]]), y: tensor([[3], [4]]) }; // prettier-ignore
    const step = stepOf(new Normed());
    const has = (state: TrainState): boolean => 'model.bn.running_mean' in state.tensors;
    expect(has(step.state({ trained: true }))).toBe(false);
    await step(two);
    const state = step.state({ trained: true });
    const other = stepOf(new Normed());
    other.load(state);
    expect([has(state), has(other.state({ trained: true }))]).toEqual([true, true]);
  });
});

it('a ragged last batch in many is bitwise what single steps are, and a failure in it undoes all', async () => {
  const make = () => {
    const model = new Tower();
    for (const [index, parameter] of model.parameters().entries()) {
      const count = parameter.shape.reduce<number>((product, size) => product * Number(size), 1);
      parameter.assign(
        tensor(
          Float32Array.from({ length: count }, (_, at) => Math.sin(at + index)),
          { shape: parameter.shape.map(Number) },
        ),
      );
    }
    return { model, step: stepOf(model) };
  };
  const rows = (count: number, last = 1): Pair => ({
    x: tensor(
      Float32Array.from({ length: 2 * count }, (_, at) => (at === 0 ? last : Math.cos(at))),
      { shape: [count, 2] },
    ),
    y: tensor(new Float32Array(count), { shape: [count, 1] }),
  });
  const [one, several] = [make(), make()];
  const batches = [rows(4), rows(4), rows(3), rows(4), rows(1)];
  const losses: number[] = [];
  for (const batch of batches) losses.push(...(await numbers((await one.step(batch)).losses.model)));
  const result = await several.step.many(batches);
  expect(await numbers(result.losses.model)).toEqual(losses);
  expect(result.gradientNorm.shape).toEqual([5]);
  expect(await numbers(several.model.base.weight)).toEqual(await numbers(one.model.base.weight));
  const before = await numbers(several.model.base.weight);
  await expect(several.step.many([rows(4), rows(4), rows(3, NaN)])).rejects.toThrow(
    "the loss 'model' is not finite. Got NaN at step 8; expected a finite number. Nothing was updated: the weights are those of step 5.",
  );
  expect([several.step.step, await numbers(several.model.base.weight)]).toEqual([5, before]);
  const next = await several.step(rows(2));
  expect(await numbers(next.losses.model)).toEqual(await numbers((await one.step(rows(2))).losses.model));
});

it('refuses results of ragged batches that have no common shape', async () => {
  const model = new Linear({ inFeatures: 1, outFeatures: 1 });
  const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, (models, { x }: { x: Tensor }) => {
    const y = models.model.forward(x);
    return { losses: { model: mean(y) }, y };
  });
  const before = await numbers(model.weight);
  await expect(step.many([{ x: tensor([[1], [2]]) }, { x: tensor([[1]]) }])).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: trainStep.many: the results of several batches cannot be joined. Got [1,2,1] and [1,1,1] at .y; expected tensors with a first axis to join along, and equal sizes along the others. Pad the batches to one length, or return less.]`,
  );
  expect([step.step, await numbers(model.weight)]).toEqual([0, before]);
});

describe('what is assigned, not only loss and gradient, must be finite', () => {
  const line = () => new Linear({ inFeatures: 1, outFeatures: 1 });
  const given = { x: tensor([[1]]), y: tensor([[1e3]]) };

  it('weights after too large a step, in one step and in several', async () => {
    for (const many of [false, true]) {
      const model = line();
      const before = await numbers(model.weight);
      const step = trainStep(
        { models: { model }, optimizers: { model: sgd({ learningRate: 3e38 }) } },
        (models, { x, y }: Pair) => ({ losses: { model: mse(models.model.forward(x), y) } }),
      );
      await expect(many ? step.many([given, given]) : step(given)).rejects.toThrow(
        'trainStep: an updated weight or buffer is not finite',
      );
      expect([step.step, await numbers(model.weight)]).toEqual([0, before]);
    }
  });

  it('the rate a schedule gives', async () => {
    const model = line();
    const before = await numbers(model.weight);
    const step = trainStep(
      { models: { model }, optimizers: { model: adamW({ learningRate: (at) => (at < 2 ? 0 : NaN) }) } },
      (models, { x, y }: Pair) => ({ losses: { model: mse(models.model.forward(x), y) } }),
    );
    await step.many([given, given]);
    await expect(step(given)).rejects.toThrow("Got stepSize0 = NaN for 'model' at step 3; expected a finite float32");
    await expect(step.many([given, given])).rejects.toMatchObject({ details: { nonFinite: true, step: 3 } });
    expect(await numbers(model.weight)).toEqual(before);
  });

  it('running statistics of a finite input', async () => {
    class Normed extends Module {
      readonly bn = new BatchNorm1d({ numFeatures: 1 });
      forward(x: Tensor): Tensor {
        return this.bn.forward(x);
      }
    }
    const model = new Normed();
    const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, (models, { x }: { x: Tensor }) => ({
      losses: { model: mean(add(models.model.forward(x), 1)) },
    }));
    const large = { x: tensor([[1e30], [-1e30]]) };
    await expect(step(large)).rejects.toThrow('an updated weight or buffer is not finite');
    expect(await numbers(model.bn.running_var!)).toEqual([1]);
  });
});
