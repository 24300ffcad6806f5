import { readFileSync } from 'node:fs';
import { at, data, grad, jit, mul, reshape, setDefaultBackend, spec, sum, tensor, toArray } from '@gai/core';
import type { Index, Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { describe, expect, it } from 'vitest';

setDefaultBackend(await nodeBackend({ device: 'cpu' }));

interface Row {
  readonly shape: number[];
  readonly index: Index[];
  readonly result: number[];
  readonly values: number[];
}

/** Made by NumPy: fixtures/indexing.py. */
const table = JSON.parse(readFileSync(new URL('fixtures/indexing.json', import.meta.url), 'utf8')) as Row[];
const counting = (shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, place) => place),
    { shape },
  );
const nameOf = ({ shape, index }: Row): string => `[${shape}] ${JSON.stringify(index)}`;
const list = async (x: Tensor): Promise<number[]> => Array.from(await data(x), Number);

/** As the row says, with every list as a tensor. */
const withTensors = (index: readonly Index[]): Index[] =>
  index.map((each) => {
    if (!Array.isArray(each)) return each;
    const isMask = typeof each.flat(Infinity)[0] === 'boolean';
    return tensor(each as number[], { dtype: isMask ? 'bool' : 'int32' });
  });

describe('at picks what NumPy picks', () => {
  it.each(table.map((row) => [nameOf(row), row] as const))('%s', async (_, { shape, index, result, values }) => {
    const y = at(counting(shape), ...index);
    expect(y.shape).toEqual(result);
    expect(await list(y)).toEqual(values);
    const z = at(counting(shape), ...withTensors(index));
    expect(z.shape).toEqual(result);
    expect(await list(z)).toEqual(values);
  });

  it('in compiled functions, with indices as arguments too', async () => {
    for (const { shape, index, values } of table) {
      const isList = index.map((each) => Array.isArray(each) && typeof each.flat(Infinity)[0] !== 'boolean');
      const lists = withTensors(index).filter((_, place) => isList[place]);
      const pick = jit((x: Tensor, given: readonly Tensor[]) => {
        const left = [...given];
        return at(x, ...index.map((each, place) => (isList[place] ? left.shift()! : each)));
      });
      expect(await list(await pick(counting(shape), lists as Tensor[]))).toEqual(values);
    }
  });

  it('and the gradient goes back to where it was taken', async () => {
    for (const { shape, index, values } of table) {
      const x = counting(shape);
      const weights = tensor(values.map((_, place) => place + 1));
      const slope = grad((a: Tensor) => sum(mul(reshape(at(a, ...index), [-1]), weights)))(x);
      const expected = Array.from({ length: (await data(x)).length }, () => 0);
      values.forEach((place, order) => (expected[place]! += order + 1));
      expect(await list(slope)).toEqual(expected);
    }
  });

  it('on axes with names', async () => {
    const last = jit((x: Tensor) => at(x, '..., -1'), { specs: { x: spec(['batch', 'time']) } });
    expect(await toArray(await last(tensor([[1, 2, 3]])))).toEqual([3]);
    const both = jit((x: Tensor, i: Tensor, j: Tensor) => at(x, i, j), {
      specs: { x: spec(['batch', 'time']), i: spec(['n'], 'int32'), j: spec(['n'], 'int32') },
    });
    const ints = (...values: number[]): Tensor => tensor(values, { dtype: 'int32' });
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(await toArray(await both(x, ints(0, -1), ints(-1, 0)))).toEqual([3, 4]);
    await expect((async () => toArray(await both(x, ints(0, 0), ints(0, 3))))()).rejects.toThrow(
      /Got the index 6; expected -6 to 5/,
    );
  });

  it('with int64, of which none stands for another', async () => {
    const long = (...values: bigint[]): Tensor => tensor(BigInt64Array.from(values));
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const both = jit((a: Tensor, i: Tensor, j: Tensor) => at(a, i, j), {
      specs: { x: spec(['batch', 'time']), i: spec(['n'], 'int64'), j: spec(['n'], 'int64') },
    });
    expect(await toArray(await both(x, long(0n, -1n), long(-1n, 0n)))).toEqual([3, 4]);
    await expect((async () => toArray(await both(x, long(0n), long(2n ** 32n))))()).rejects.toThrow('Got the index 6');
    const known = jit((a: Tensor) => at(a, long(0n, -1n), long(-1n, 0n)), { specs: { x: spec(['batch', 'time']) } });
    expect(await toArray(await known(x))).toEqual([3, 4]);
    expect(await toArray(at(x, long(0n, -1n), long(-1n, 0n)))).toEqual([3, 4]);
  });
});
