import { data, grad, greater, jit, mul, setDefaultBackend, sum, tensor, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  clippedSurrogate,
  clippedValueLoss,
  gae,
  hostClippedSurrogate,
  hostClippedValueLoss,
  hostGae,
  hostKlEstimate,
  hostWhiten,
  klEstimate,
  whiten,
} from '@gai/rl/losses';
import { expectClose, expectNumbers, torch, unpack } from './torch.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** Gradients of a loss by central differences of its host form. */
function differences(loss: (x: Float64Array) => number, at: readonly number[]): number[] {
  return at.map((_, index) => {
    const moved = (by: number): number => loss(Float64Array.from(at, (value, i) => (i === index ? value + by : value)));
    return (moved(1e-6) - moved(-1e-6)) / 2e-6;
  });
}

describe('gae', () => {
  test.each(torch.gae)('γ $gamma, λ $lambda', async ({ gamma, lambda, truncations, ...one }) => {
    const { rewards, values, nextValues, terminations } = one;
    const numEnvs = rewards.shape[1]!;
    const host = hostGae(
      {
        rewards: rewards.data,
        values: values.data,
        nextValues: nextValues.data,
        terminations: terminations.data,
        truncations: truncations?.data,
      },
      { gamma, lambda, numEnvs },
    );
    expectNumbers(host.advantages, one.advantages);
    expectNumbers(host.returns, one.returns);
    const run = jit((...inputs: Tensor[]) => {
      const [r, v, n, e, c] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor | undefined];
      return gae({ rewards: r, values: v, nextValues: n, terminations: e, truncations: c }, { gamma, lambda });
    });
    const cut = truncations === null ? [] : [unpack(truncations)];
    const graph = await run(unpack(rewards), unpack(values), unpack(nextValues), unpack(terminations), ...cut);
    await expectClose(graph.advantages, one.advantages);
    await expectClose(graph.returns, one.returns);
  });

  test('λ = 1 is the discounted return, and what follows an end does not count, whatever it is', async () => {
    const inputs = {
      rewards: [1, 2, 4, 8],
      values: [0, 0, 0, 0],
      nextValues: [0, NaN, 0, 32],
      terminations: [0, 1, 0, 0],
    };
    const options = { gamma: 0.5, lambda: 1 };
    // The last two: 4 + 0.5·(8 + 0.5·32) = 16, 8 + 0.5·32 = 24.
    expect([...hostGae(inputs, options).returns]).toEqual([2, 2, 16, 24]);
    const tensors = Object.fromEntries(Object.entries(inputs).map(([name, list]) => [name, tensor(list)])) as Record<
      keyof typeof inputs,
      Tensor
    >;
    await expectClose(gae(tensors, options).returns, { shape: [4], data: [2, 2, 16, 24] });
  });

  test('bad arguments', () => {
    const inputs = { rewards: [1, 1], values: [0], nextValues: [0, 0], terminations: [0, 0] };
    expect(() => hostGae(inputs)).toThrow('hostGae: the lengths differ. Got 1 values beside 2 rewards');
    expect(() => hostGae({ ...inputs, values: [0, 0] }, { numEnvs: 3 })).toThrow('Got 2 rewards for numEnvs 3');
    expect(() => hostGae({ ...inputs, values: [0, 0] }, { lambda: 2 })).toThrow('lambda 2');
    for (const numEnvs of [-1, 0, 0.5, NaN]) {
      const call = (): unknown => hostGae({ ...inputs, values: [0, 0] }, { numEnvs });
      expect(call).toThrow(`hostGae: numEnvs is out of range. Got numEnvs ${numEnvs}; expected an integer ≥ 1.`);
    }
    const two = tensor([1, 1]);
    expect(() => gae({ rewards: two, values: tensor([1]), nextValues: two, terminations: two })).toThrow(
      'gae: the shapes differ. Got values [1] beside rewards [2]',
    );
  });
});

describe('clippedSurrogate and klEstimate', () => {
  test.each(torch.surrogate)('ε $clipRange', async ({ clipRange, logProb, oldLogProb, advantages, kl, ...wanted }) => {
    const lists = { logProb: logProb.data, oldLogProb: oldLogProb.data, advantages: advantages.data };
    const host = hostClippedSurrogate(lists, { clipRange });
    expectNumbers([host.loss], wanted.loss);
    expectNumbers([host.clipFraction], wanted.clipFraction);
    const others = { oldLogProb: unpack(oldLogProb), advantages: unpack(advantages) };
    const graph = clippedSurrogate({ logProb: unpack(logProb), ...others }, { clipRange: tensor(clipRange) });
    await expectClose(graph.loss, wanted.loss);
    await expectClose(graph.clipFraction, wanted.clipFraction);
    const loss = (x: Tensor): Tensor => clippedSurrogate({ logProb: x, ...others }, { clipRange }).loss;
    await expectClose(grad(loss)(unpack(logProb)), wanted.gradient, 1e-4);
    const moved = differences((x) => hostClippedSurrogate({ ...lists, logProb: x }, { clipRange }).loss, logProb.data);
    expectNumbers(moved, wanted.gradient, 1e-4);
    for (const estimator of ['k1', 'k2', 'k3'] as const) {
      expectNumbers(hostKlEstimate(lists, { estimator }), kl[estimator].value);
      const estimate = (x: Tensor): Tensor => klEstimate({ logProb: x, oldLogProb: others.oldLogProb }, { estimator });
      await expectClose(estimate(unpack(logProb)), kl[estimator].value);
      await expectClose(grad((x: Tensor) => sum(estimate(x)))(unpack(logProb)), kl[estimator].gradient, 1e-4);
    }
  });

  test('steps that a mask leaves out count for nothing, whatever they hold', async () => {
    const inputs = { logProb: [0.3, NaN, -0.2], oldLogProb: [0, 1, 0], advantages: [1, 5, -2] };
    const mask = [1, 0, 1];
    const without = (list: readonly number[]): number[] => list.filter((_, index) => mask[index] === 1);
    const short = {
      logProb: without(inputs.logProb),
      oldLogProb: without(inputs.oldLogProb),
      advantages: without(inputs.advantages),
    };
    const wanted = hostClippedSurrogate(short);
    expect(hostClippedSurrogate({ ...inputs, mask })).toEqual(wanted);
    const graph = clippedSurrogate({
      logProb: tensor(inputs.logProb),
      oldLogProb: tensor(inputs.oldLogProb),
      advantages: tensor(inputs.advantages),
      mask: tensor(mask),
    });
    await expectClose(graph.loss, { shape: [], data: [wanted.loss] });
    await expectClose(graph.clipFraction, { shape: [], data: [wanted.clipFraction] });
  });

  test('bad arguments', () => {
    const inputs = { logProb: tensor([0, 0]), oldLogProb: tensor([[0], [0]]), advantages: tensor([0, 0]) };
    expect(() => clippedSurrogate(inputs)).toThrow('Got oldLogProb [2,1] beside logProb [2]');
    expect(() => klEstimate({ logProb: tensor([0]), oldLogProb: tensor([0]) }, { estimator: 'k4' as 'k3' })).toThrow(
      "klEstimate: no such estimator. Got 'k4'; expected 'k1', 'k2' or 'k3'.",
    );
  });
});

describe('clippedValueLoss', () => {
  test.each(torch.value)('ε $clipRange, pessimistic $isPessimistic', async (one) => {
    const { values, oldValues, returns, isPessimistic } = one;
    const options = { clipRange: one.clipRange ?? undefined, isPessimistic };
    const lists = { values: values.data, oldValues: oldValues.data, returns: returns.data };
    expectNumbers([hostClippedValueLoss(lists, options)], one.loss);
    const others = { oldValues: unpack(oldValues), returns: unpack(returns) };
    const loss = (x: Tensor): Tensor => clippedValueLoss({ values: x, ...others }, options);
    await expectClose(loss(unpack(values)), one.loss);
    await expectClose(grad(loss)(unpack(values)), one.gradient, 1e-4);
    const moved = differences((x) => hostClippedValueLoss({ ...lists, values: x }, options), values.data);
    expectNumbers(moved, one.gradient, 1e-4);
  });
});

describe('whiten', () => {
  test.each(torch.whiten)('as torch does, with its gradient', async ({ x, value, weights, gradient }) => {
    expectNumbers(hostWhiten(x.data), value);
    await expectClose(whiten(unpack(x)), value);
    await expectClose(grad((y: Tensor) => sum(mul(whiten(y), unpack(weights))))(unpack(x)), gradient, 1e-4);
    const numbers = x.data;
    const padded = { x: [...numbers, 1000, -7], mask: [...numbers.map(() => 1), 0, 0] };
    expectNumbers(hostWhiten(padded.x, { mask: padded.mask }).slice(0, numbers.length), value);
    const graph = whiten(tensor(padded.x), { mask: tensor(padded.mask) });
    expectNumbers(Array.from(await data(graph), Number).slice(0, numbers.length), value, 1e-5);
  });
});

describe('padding that is no number', () => {
  const mask = [1, 0, 1, 0, 1];
  const numbers = (a: number, b: number, c: number): number[] => [a, NaN, b, Infinity, c];
  const isKept = (_: unknown, index: number): boolean => mask[index] === 1;
  type Lists = Readonly<Record<string, readonly number[]>>;
  const tensorsOf = (lists: Lists): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, tensor([...list])]));
  const surrogate: Lists = {
    logProb: numbers(0.1, -0.2, 0.9),
    oldLogProb: numbers(0, 0.1, 0),
    advantages: numbers(1, -2, 3),
  };
  const values: Lists = { values: numbers(1, -2, 3), oldValues: numbers(0.9, -1, 3.1), returns: numbers(2, 2, 2) };
  const whitened: Lists = { x: numbers(1, 4, -2), weights: [1, 7, 2, 7, 5] };
  const cases: readonly [string, Lists, (inputs: Record<string, Tensor>) => Tensor][] = [
    ['clippedSurrogate', surrogate, (inputs) => clippedSurrogate(inputs as never).loss],
    ['clippedValueLoss', values, (inputs) => clippedValueLoss(inputs as never)],
    ['clippedValueLoss, clipped', values, (inputs) => clippedValueLoss(inputs as never, { clipRange: 0.2 })],
    [
      'clippedValueLoss, pessimistic',
      values,
      (inputs) => clippedValueLoss(inputs as never, { clipRange: 0.2, isPessimistic: true }),
    ],
    [
      'whiten',
      whitened,
      ({ x, weights, mask: counts }) => {
        const scaled = whiten(x!, { mask: counts });
        return sum(mul(counts === undefined ? scaled : where(greater(counts, 0), scaled, 0), weights!));
      },
    ],
  ];
  test.each(cases)('%s: counts for nothing, and no gradient comes of it', async (_, lists, loss) => {
    const short = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.filter(isKept)]));
    const padded = { ...tensorsOf(lists), mask: tensor(mask) };
    const wanted = await data(loss(tensorsOf(short)));
    await expectClose(loss(padded), { shape: [], data: [...wanted].map(Number) });
    for (const name of Object.keys(lists)) {
      const gradientOf = (inputs: Record<string, Tensor>): Promise<ArrayLike<number | bigint>> =>
        data(grad((x: Tensor) => loss({ ...inputs, [name]: x }))(inputs[name]!));
      const gradient = Array.from(await gradientOf(padded), Number);
      const expected = Array.from(await gradientOf(tensorsOf(short)), Number);
      expectNumbers(gradient.filter(isKept), { shape: [3], data: expected }, 1e-5);
      expect(gradient.every((slope, index) => mask[index] === 1 || slope === 0)).toBe(true);
    }
  });

  test('whiten scales what counts as the host does', async () => {
    const x = [...whitened.x!];
    const graph = Array.from(await data(whiten(tensor(x), { mask: tensor(mask) })), Number);
    expectNumbers(graph.filter(isKept), { shape: [3], data: [...hostWhiten(x, { mask })].filter(isKept) }, 1e-5);
  });
});

test('options that there are not are refused', () => {
  const one = tensor([1]);
  const steps = { rewards: one, values: one, nextValues: one, terminations: one };
  const listed = { rewards: [1], values: [1], nextValues: [1], terminations: [1] };
  const ratios = { logProb: one, oldLogProb: one, advantages: one };
  const misspelt = (name: string): never => ({ [name]: 1 }) as never;
  expect(() => gae(steps, misspelt('lamda'))).toThrow(
    "gae: no such option. Got 'lamda'; expected one of gamma, lambda. Did you mean 'lambda'?",
  );
  expect(() => hostGae(listed, misspelt('numEnv'))).toThrow("Did you mean 'numEnvs'?");
  expect(() => clippedSurrogate(ratios, misspelt('clip'))).toThrow("Did you mean 'clipRange'?");
  expect(() => hostClippedSurrogate({ logProb: [1], oldLogProb: [1], advantages: [1] }, misspelt('clip'))).toThrow(
    "hostClippedSurrogate: no such option. Got 'clip'",
  );
  const targets = { values: one, oldValues: one, returns: one };
  expect(() => clippedValueLoss(targets, misspelt('pessimistic'))).toThrow("Did you mean 'isPessimistic'?");
  expect(() => hostClippedValueLoss({ values: [1], oldValues: [1], returns: [1] }, misspelt('range'))).toThrow(
    "hostClippedValueLoss: no such option. Got 'range'",
  );
  expect(() => klEstimate(ratios, misspelt('estimate'))).toThrow("Did you mean 'estimator'?");
  expect(() => hostKlEstimate({ logProb: [1], oldLogProb: [1] }, misspelt('estimate'))).toThrow(
    'hostKlEstimate: no such',
  );
  expect(() => whiten(one, misspelt('masks'))).toThrow("Did you mean 'mask'?");
  expect(() => hostWhiten([1, 2], misspelt('masks'))).toThrow('hostWhiten: no such option');
});
