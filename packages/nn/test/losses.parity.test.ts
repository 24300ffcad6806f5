import { grad, mul, setDefaultBackend, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import * as losses from '../src/losses/index.ts';
import { expectClose, pack, readFixture, unpack, unpackAll } from './fixture.ts';
import type { Packed } from './fixture.ts';

interface LossCase {
  readonly name: string;
  readonly kind: 'crossEntropy' | 'nll' | 'mse' | 'mae' | 'huber' | 'bceWithLogits' | 'klDiv';
  readonly options: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, Packed>>;
  readonly outputs: Packed;
  readonly targets: Packed;
  readonly cotangent: Packed;
  readonly value: Packed;
  readonly gradient: Packed;
}

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe('losses agree with PyTorch', () => {
  const cases = readFixture<LossCase[]>('losses.json');

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const loss: (outputs: Tensor, targets: Tensor, options: object) => Tensor = losses[one.kind];
    const options = { ...one.options, ...unpackAll(one.tensors) };
    const [outputs, targets] = [unpack(one.outputs), unpack(one.targets)];
    await expectClose(loss(outputs, targets, options), one.value, 'value');
    const total = (x: Tensor): Tensor => sum(mul(loss(x, targets, options), unpack(one.cotangent)));
    await expectClose(grad(total)(outputs), one.gradient, 'gradient');
  });

  it('covers every loss', () => {
    const functions = Object.keys(losses).sort();
    expect([...new Set(cases.map(({ kind }) => kind as string))].sort()).toEqual(functions);
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
