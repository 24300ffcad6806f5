import { at, cast, data, grad, iota, jit, mul, setDefaultBackend, sum, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { key } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { Bernoulli, Categorical, DiagonalGaussian, MultiCategorical, SquashedGaussian } from '@gai/rl/distributions';
import { expectClose, torch, unpack } from './torch.ts';
import type { DistributionCase } from './torch.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

type Any = Bernoulli | Categorical | DiagonalGaussian | MultiCategorical | SquashedGaussian;

function make({ kind, mask, nvec }: DistributionCase, parameters: readonly Tensor[]): Any {
  const [first, second] = parameters as [Tensor, Tensor];
  const options = { mask: mask === undefined ? undefined : unpack(mask) };
  if (kind === 'Categorical') return new Categorical(first, options);
  if (kind === 'MultiCategorical') return new MultiCategorical(first, nvec!, options);
  if (kind === 'Bernoulli') return new Bernoulli(first);
  return kind === 'DiagonalGaussian' ? new DiagonalGaussian(first, second) : new SquashedGaussian(first, second);
}

/** Each row counts differently, as in the fixture, so that no gradient can be another row's. */
const weighted = (rows: Tensor): Tensor => sum(mul(rows, cast(tensor([1, 2, 3, 4]), 'float32')));

describe('distributions agree with PyTorch', () => {
  test.each(torch.distributions.map((one, index) => [`${one.kind} ${index}`, one] as const))(
    '%s',
    async (_name, one) => {
      const parameters = one.parameters.map(unpack);
      const action = unpack(one.action);
      const distribution = make(one, parameters);
      await expectClose(distribution.logProb(action), one.logProb, 2e-5);
      await expectClose(cast(distribution.mode(), 'float32'), one.mode);
      const gradients = (value: (d: Any) => Tensor): Tensor[] =>
        parameters.map((_, at) =>
          grad((x: Tensor) =>
            weighted(
              value(
                make(
                  one,
                  parameters.map((p, i) => (i === at ? x : p)),
                ),
              ),
            ),
          )(parameters[at]!),
        );
      for (const [index, gradient] of gradients((d) => d.logProb(action)).entries())
        await expectClose(gradient, one.logProbGradients[index]!, 1e-4);
      if (one.entropy === undefined) {
        expect(() => distribution.entropy()).toThrow('there is no closed form');
        return;
      }
      await expectClose(distribution.entropy(), one.entropy);
      for (const [index, gradient] of gradients((d) => d.entropy()).entries())
        await expectClose(gradient, one.entropyGradients![index]!, 1e-4);
      const other = make(one, one.others.map(unpack));
      await expectClose((distribution as Categorical).kl(other as Categorical), one.kl!);
      await expectClose((distribution as Categorical).kl(distribution as Categorical), {
        shape: [4],
        data: [0, 0, 0, 0],
      });
    },
  );
});

test('options that there are not are refused', () => {
  const misspelt = { masks: tensor([[1, 0]]) } as never;
  expect(() => new Categorical(tensor([[0, 0]]), misspelt)).toThrow("Categorical: no such option. Got 'masks'");
  expect(() => new MultiCategorical(tensor([[0, 0]]), [2], misspelt)).toThrow(
    "MultiCategorical: no such option. Got 'masks'",
  );
});

const ROWS = 4000;
/** Many equal rows: as many draws in one run. */
const rows = (numbers: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: ROWS * numbers.length }, (_, i) => numbers[i % numbers.length]!),
    {
      shape: [ROWS, numbers.length],
    },
  );
const meanOf = (list: ArrayLike<number>): number => Array.from(list).reduce((a, b) => a + b, 0) / list.length;

describe('samples', () => {
  test('Categorical: as often as likely, never what is forbidden, the same for the same key', async () => {
    const mask = tensor(
      Int32Array.from({ length: ROWS * 3 }, (_, i) => (i % 3 === 1 ? 0 : 1)),
      { shape: [ROWS, 3] },
    );
    const choice = new Categorical(rows([0, 5, Math.log(3)]), { mask });
    const drawn = Array.from(await data(choice.sample(key(1))), Number);
    expect(new Set(drawn)).toEqual(new Set([0, 2]));
    expect(Math.abs(meanOf(drawn) / 2 - 0.75)).toBeLessThan(0.03);
    expect(Array.from(await data(choice.sample(key(1))), Number)).toEqual(drawn);
    expect(Array.from(await data(choice.sample(key(2))), Number)).not.toEqual(drawn);
  });

  test('MultiCategorical: its choices are independent', async () => {
    const both = new MultiCategorical(rows([0, 0, 0, 0]), [2, 2]);
    const sample = both.sample(key(3));
    expect([...sample.shape]).toEqual([ROWS, 2]);
    const pairs = Array.from(await data(sample), Number);
    const same = meanOf(Array.from({ length: ROWS }, (_, i) => (pairs[2 * i] === pairs[2 * i + 1] ? 1 : 0)));
    expect(Math.abs(same - 0.5)).toBeLessThan(0.03);
  });

  test('Bernoulli', async () => {
    const drawn = Array.from(await data(new Bernoulli(rows([Math.log(4)])).sample(key(4))), Number);
    expect(Math.abs(meanOf(drawn) - 0.8)).toBeLessThan(0.03);
  });

  test('from noise of several steps: each entry is a sample of its own, by the same law', async () => {
    const small = (logits: number[]): Tensor => tensor(Array.from({ length: 250 }, () => logits));
    const three = Math.log(3);
    for (const [one, expected] of [
      [new Categorical(small([0, three])), [0.75]],
      [new MultiCategorical(small([0, three, three, 0]), [2, 2]), [0.75, 0.25]],
      [new Bernoulli(small([three])), [0.75]],
      [new DiagonalGaussian(small([1]), tensor([Math.log(0.5)])), [1]],
    ] as const) {
      const draw = jit((k: Tensor) => {
        const noise = one.noise(k, 8);
        return Array.from({ length: 8 }, (_, step) => cast(one.sampleFrom(at(noise, step)), 'float32'));
      });
      const steps = await Promise.all((await draw(key(7))).map(async (drawn) => [...(await data(drawn))].map(Number)));
      expect(steps[1]).not.toEqual(steps[0]);
      const all = steps.flat();
      expected.forEach((mean, part) => {
        const own = all.filter((_, index) => index % expected.length === part);
        expect(Math.abs(meanOf(own) - mean), one.constructor.name).toBeLessThan(0.04);
      });
    }
  });

  test('Gaussians: moments, bounds, and log-densities of what was drawn', async () => {
    const normals = new DiagonalGaussian(rows([1]), tensor([Math.log(0.5)]));
    const drawn = Array.from(await data(normals.sample(key(5))), Number);
    const mean = meanOf(drawn);
    expect(Math.abs(mean - 1)).toBeLessThan(0.03);
    expect(Math.abs(Math.sqrt(meanOf(drawn.map((x) => (x - mean) ** 2))) - 0.5)).toBeLessThan(0.03);
    const squashed = new SquashedGaussian(rows([1]), tensor([Math.log(0.5)]));
    const run = jit((k: Tensor) => {
      const [action, logProb] = squashed.sampleWithLogProb(k);
      return { action, logProb, again: squashed.logProb(action) };
    });
    const { action, logProb, again } = await run(key(5));
    const actions = Array.from(await data(action), Number);
    actions.forEach((a, i) => expect(a).toBeCloseTo(Math.tanh(drawn[i]!), 4));
    expect(actions.every((a) => a > -1 && a < 1)).toBe(true);
    await expectClose(again, { shape: [ROWS], data: Array.from(await data(logProb), Number) }, 1e-3);
    // E[1 / p(a)] over what is drawn is the length of the interval, 2.
    const inverse = Array.from(await data(logProb), Number).map((value) => Math.exp(-value));
    expect(meanOf(inverse)).toBeGreaterThan(1);
    expect(meanOf(inverse)).toBeLessThan(2.2);
  });

  test('gradients flow through a drawn action', async () => {
    const loss = (mean: Tensor): Tensor => sum(new DiagonalGaussian(mean, tensor([0])).sample(key(6)));
    expect(await toArray(grad(loss)(tensor([[0.3], [2]])))).toEqual([[1], [1]]);
  });
});

test('bad arguments', () => {
  const logits = tensor([[0, 0, 0]]);
  expect(() => new Categorical(logits, { mask: iota(3) })).toThrow(
    'Categorical: the mask does not fit. Got [3] for logits [1,3]',
  );
  expect(() => new MultiCategorical(logits, [2, 2])).toThrow('Got [1,3] for nvec [2,2]; expected 4 on the last axis');
  expect(() => new DiagonalGaussian(logits, tensor([0, 0]))).toThrow(
    'Got [2] for mean [1,3]; expected that shape or [3]',
  );
});
