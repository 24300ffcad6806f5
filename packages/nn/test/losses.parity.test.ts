import { grad, mul, setDefaultBackend, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import * as losses from '../src/losses/index.ts';
import { expectClose, pack, readFixture, unpack, unpackAll } from './fixture.ts';
import type { Packed } from './fixture.ts';

/** Losses of more than outputs and targets. */
const SEVERAL = ['tripletMargin', 'contrastive', 'cosineEmbedding'] as const;

interface LossCase {
  readonly name: string;
  readonly kind: Exclude<keyof typeof losses, (typeof SEVERAL)[number]>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, Packed>>;
  readonly outputs: Packed;
  readonly targets: Packed;
  readonly cotangent: Packed;
  readonly value: Packed;
  readonly gradient: Packed;
}

/** A loss of several tensors, with a gradient for each of the inputs. */
interface SeveralCase {
  readonly name: string;
  readonly kind: (typeof SEVERAL)[number];
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Packed[];
  readonly targets: Packed | null;
  readonly cotangent: Packed;
  readonly value: Packed;
  readonly gradients: readonly Packed[];
}

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe('losses agree with PyTorch', () => {
  const cases = [...readFixture<LossCase[]>('losses.json'), ...readFixture<LossCase[]>('losses-more.json')];
  const several = readFixture<SeveralCase[]>('losses-several.json');

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const loss: (outputs: Tensor, targets: Tensor, options: object) => Tensor = losses[one.kind];
    const options = { ...one.options, ...unpackAll(one.tensors) };
    const [outputs, targets] = [unpack(one.outputs), unpack(one.targets)];
    await expectClose(loss(outputs, targets, options), one.value, 'value');
    const total = (x: Tensor): Tensor => sum(mul(loss(x, targets, options), unpack(one.cotangent)));
    await expectClose(grad(total)(outputs), one.gradient, 'gradient');
  });

  it.each(several.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const loss: (...given: never[]) => Tensor = losses[one.kind];
    const targets = one.targets === null ? [] : [unpack(one.targets)];
    const run = (inputs: Tensor[]): Tensor => loss(...([...inputs, ...targets, one.options] as never[]));
    const inputs = one.inputs.map(unpack);
    await expectClose(run(inputs), one.value, 'value');
    const gradients = grad((given: Tensor[]) => sum(mul(run(given), unpack(one.cotangent))))(inputs);
    for (const [index, gradient] of gradients.entries()) {
      await expectClose(gradient, one.gradients[index]!, `gradient ${index}`);
    }
  });

  it('covers every loss', () => {
    const functions = Object.keys(losses).sort();
    const kinds: string[] = [...cases, ...several].map(({ kind }) => kind);
    expect([...new Set(kinds)].sort()).toEqual(functions);
  });
});

describe('example weights', () => {
  const labels = tensor([0, 2, 1], { dtype: 'int32' });
  const logits = tensor([
    [1, 2, 3],
    [0.5, -1, 0],
    [2, 2, -2],
  ]);
  const padded = { exampleWeights: tensor([1, 1, 0]) };

  it.each<[string, (outputs: Tensor, targets: Tensor, options?: losses.LossOptions) => Tensor, Tensor]>([
    ['crossEntropy', losses.crossEntropy, labels],
    ['nll', losses.nll, labels],
    ['mse', losses.mse, mul(logits, 0.3)],
    ['klDiv', (o, t, options) => losses.klDiv(o, t, { ...options, reduction: 'batchMean' }), mul(logits, 0.3)],
  ])('%s leaves out what only fills up the batch', async (_, loss, targets) => {
    const [two, twoTargets] = [unpack(await firstRows(logits, 2)), unpack(await firstRows(targets, 2))];
    const alone = await pack(loss(two, twoTargets));
    await expectClose(loss(logits, targets, padded), alone, 'value');
    const gradient = grad((x: Tensor) => loss(x, targets, padded))(logits);
    const expected = await pack(grad((x: Tensor) => loss(x, twoTargets))(two));
    await expectClose(gradient, { ...expected, shape: [3, 3], data: [...expected.data, 0, 0, 0] }, 'gradient');
  });
});

async function firstRows(x: Tensor, count: number): Promise<Packed> {
  const { shape, dtype, data } = await pack(x);
  const row = shape.slice(1).reduce((product, size) => product * size, 1);
  return { shape: [count, ...shape.slice(1)], dtype, data: data.slice(0, count * row) };
}
