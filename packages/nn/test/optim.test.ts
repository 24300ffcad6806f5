import { nodeBackend } from '@gai/backend-node';
import { data, explain, item, jit, mean, mul, setDefaultBackend, square, sub, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Module, Parameter, adam, adamW, chain, clipByGlobalNorm, clipByValue, sgd, trainStep } from '../src/index.ts';
import type { Optimizer } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

/** Two parameters under `Σ (w − x)²`-like losses: gradients that change from step to step. */
class Pair extends Module {
  readonly weight = new Parameter(tensor([1, -2, 3]), 'weight');
  readonly bias = new Parameter(tensor([0.5]), 'bias');
  forward(x: Tensor): Tensor {
    return mul(sub(this.weight, x), this.bias);
  }
}

type Numbers = Record<'weight' | 'bias', number[]>;

const inputAt = (step: number): number[] => [Math.sin(step), Math.cos(step), 0.1 * step];

/** The same loss and its gradient in float64. */
function gradientOf({ weight, bias }: Numbers, x: readonly number[]): Numbers {
  const b = bias[0]!;
  const difference = weight.map((w, i) => w - x[i]!);
  return {
    weight: difference.map((d) => (2 * d * b * b) / 3),
    bias: [difference.reduce((total, d) => total + 2 * d * d * b, 0) / 3],
  };
}

async function run(optimizer: Optimizer, steps = 10): Promise<Numbers> {
  const model = new Pair();
  const step = trainStep(
    { models: { model }, optimizers: { model: optimizer } },
    (models, { x }: { x: Tensor }) => ({
      losses: { model: mean(square(models.model.forward(x))) },
    }),
    { dynamicAxes: null },
  );
  for (let index = 0; index < steps; index++) await step({ x: tensor(inputAt(index)) });
  const read = async (tensor: Tensor): Promise<number[]> => Array.from(await data(tensor), Number);
  return { weight: await read(model.weight), bias: await read(model.bias) };
}

/** Ten steps of a rule in float64. `update` changes one element and its state. */
function reference(
  update: (at: { name: string; value: number; gradient: number; state: number[]; step: number }) => number,
  prepare: (gradients: Numbers) => Numbers = (gradients) => gradients,
): Numbers {
  const values: Numbers = { weight: [1, -2, 3], bias: [0.5] };
  const states = { weight: [[], [], []] as number[][], bias: [[]] as number[][] };
  for (let index = 0; index < 10; index++) {
    const gradients = prepare(gradientOf(values, inputAt(index)));
    for (const name of ['weight', 'bias'] as const) {
      values[name] = values[name].map((value, i) =>
        update({ name, value, gradient: gradients[name][i]!, state: states[name][i]!, step: index + 1 }),
      );
    }
  }
  return values;
}

const close = (values: Numbers): object => ({
  weight: values.weight.map((value) => expect.closeTo(value, 5) as number),
  bias: values.bias.map((value) => expect.closeTo(value, 5) as number),
});

/** PyTorch's Adam, written from its documentation. */
const adamRule =
  (settings: { lr: number; decay: number; decoupled: boolean; b1?: number; b2?: number; eps?: number }) =>
  ({ value, gradient, state, step }: { value: number; gradient: number; state: number[]; step: number }): number => {
    const { lr, decay, decoupled, b1 = 0.9, b2 = 0.999, eps = 1e-8 } = settings;
    const g = decoupled ? gradient : gradient + decay * value;
    const kept = decoupled ? value * (1 - lr * decay) : value;
    state[0] = b1 * (state[0] ?? 0) + (1 - b1) * g;
    state[1] = b2 * (state[1] ?? 0) + (1 - b2) * g * g;
    return kept - (lr * (state[0] / (1 - b1 ** step))) / (Math.sqrt(state[1] / (1 - b2 ** step)) + eps);
  };

describe('optimizers over ten steps equal their rules in float64', () => {
  it('sgd', async () => {
    expect(await run(sgd({ learningRate: 0.1 }))).toEqual(
      close(reference(({ value, gradient }) => value - 0.1 * gradient)),
    );
  });

  it.each([false, true])('sgd with momentum and weight decay, nesterov %s', async (nesterov) => {
    const rule = reference(({ value, gradient, state }) => {
      const g = gradient + 0.01 * value;
      state[0] = state.length === 0 ? g : 0.9 * state[0]! + g;
      return value - 0.05 * (nesterov ? g + 0.9 * state[0] : state[0]);
    });
    const optimizer = sgd({ learningRate: 0.05, momentum: 0.9, nesterov, weightDecay: 0.01 });
    expect(await run(optimizer)).toEqual(close(rule));
  });

  it('adam, with weight decay in the gradient', async () => {
    const rule = adamRule({ lr: 0.05, decay: 0.1, decoupled: false });
    expect(await run(adam({ learningRate: 0.05, weightDecay: 0.1 }))).toEqual(close(reference(rule)));
  });

  it('adamW, decoupled', async () => {
    const rule = adamRule({ lr: 0.05, decay: 0.1, decoupled: true, b1: 0.8, b2: 0.99, eps: 1e-6 });
    const optimizer = adamW({ learningRate: 0.05, weightDecay: 0.1, b1: 0.8, b2: 0.99, eps: 1e-6 });
    expect(await run(optimizer)).toEqual(close(reference(rule)));
  });

  it('a group has settings of its own', async () => {
    const rule = reference(({ name, ...at }) =>
      adamRule(name === 'bias' ? { lr: 0.2, decay: 0, decoupled: true } : { lr: 0.05, decay: 0.1, decoupled: true })(
        at,
      ),
    );
    const groups = [{ parameters: /bias$/, learningRate: 0.2, weightDecay: 0 }];
    expect(await run(adamW({ learningRate: 0.05, weightDecay: 0.1, groups }))).toEqual(close(rule));
  });

  it('clipping by the common norm, as clip_grad_norm_', async () => {
    const rule = reference(
      ({ value, gradient }) => value - 0.1 * gradient,
      (gradients) => {
        const norm = Math.hypot(...gradients.weight, ...gradients.bias);
        const factor = Math.min(1, 0.5 / (norm + 1e-6));
        return { weight: gradients.weight.map((g) => g * factor), bias: gradients.bias.map((g) => g * factor) };
      },
    );
    expect(await run(chain(clipByGlobalNorm(0.5), sgd({ learningRate: 0.1 })))).toEqual(close(rule));
  });

  it('clipping by value', async () => {
    const cut = (g: number): number => Math.max(-0.3, Math.min(0.3, g));
    const rule = reference(({ value, gradient }) => value - 0.1 * cut(gradient));
    expect(await run(chain(clipByValue(0.3), sgd({ learningRate: 0.1 })))).toEqual(close(rule));
  });

  it('a schedule changes the rate at every step', async () => {
    const schedule = (step: number): number => 0.1 / (1 + step);
    const rule = reference(({ value, gradient, step }) => value - (0.1 / step) * gradient);
    expect(await run(sgd({ learningRate: schedule }))).toEqual(close(rule));
  });

  it('refuses a learning rate that is none', () => {
    expect(() => sgd({ learningRate: -1 })).toThrow('not a learning rate. Got -1');
    expect(() => adamW({ learningRate: NaN })).toThrow('not a learning rate');
  });
});

it('a compiled function asks again for the training mode', async () => {
  const model = new Pair();
  const f = jit((x: Tensor) => (model.training ? sum(model.forward(x)) : sum(x)));
  const x = tensor([1, 2, 3]);
  await f(x);
  model.eval();
  expect(await item(await f(x))).toBe(6);
  model.train();
  await f(x);
  expect(explain(f).compiles).toBe(2);
});

it("keeps Adam's moments of dead units out of the denormal numbers", async () => {
  const rule = adam();
  const step = jit((parameter: Tensor, m: Tensor, v: Tensor) => {
    const dead = { name: 'w', parameter, gradient: mul(parameter, 0), slots: { m, v } };
    const scalars = { eps: tensor(1e-8), stepSize0: tensor(1e-3), keep0: tensor(1) };
    return rule.update([dead], scalars)[0]!.slots['m']!;
  });
  const start = [1e-3, -1e-3, 1e-30, 1e-38, 2.8e-45, 0];
  const [parameter, v] = [tensor([1, 1, 1, 1, 1, 1]), tensor([1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6])];
  const decayed = Math.fround(Math.fround(0.9) * Math.fround(1e-3));
  let m = tensor(start);
  for (let done = 0; done < 1000; done++) {
    m = await step(parameter, m, v);
    if (done === 0) expect(Array.from(await data(m), Number).slice(0, 2)).toEqual([decayed, -decayed]);
  }
  const left = Array.from(await data(m), Number);
  expect(left.filter((value) => value !== 0 && Math.abs(value) < 1.1755e-38)).toEqual([]); // the least normal number
  expect(left.every((value) => Math.abs(value) < 1e-35)).toBe(true);
  expect(left.slice(3)).toEqual([0, 0, 0]);
});
