import {
  cachedAttention,
  compile,
  jit,
  scaledDotProductAttention,
  setDefaultBackend,
  spec,
  tensor,
  toArray,
} from '@gai/core';
import type { AttentionOptions, Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

/** What Hugging Face's models add to the scores of padding. */
const LOWEST = -3.4028234663852886e38;

const column = (...values: number[]): Tensor => tensor(values, { shape: [1, 1, values.length, 1] });
const zeros = (count: number): Tensor => column(...Array.from({ length: count }, () => 0));

/** Attention to keys that all have the score 0: the mean of the values that are attended to. */
const attend = async (values: Tensor, mask: Tensor, options: AttentionOptions): Promise<unknown[]> => {
  const run = (v: Tensor, m: Tensor): Tensor =>
    scaledDotProductAttention(zeros(3), zeros(3), v, { ...options, mask: m, scale: 1 });
  const results = [run(values, mask), await jit(run)(values, mask)];
  return Promise.all(results.map(async (result) => ((await toArray(result)) as number[][][][]).flat(3)));
};

describe('a mask that adds the lowest number to every key a query may attend to', () => {
  it('does not bring back the keys after it', async () => {
    const padding = tensor([[LOWEST, LOWEST, 0]]);
    for (const found of await attend(column(1, 3, 100), padding, { isCausal: true }))
      expect(found).toEqual([1, 2, 100]);
  });

  it('does not bring back the keys outside the window', async () => {
    const padding = tensor([[0, LOWEST, LOWEST]]);
    const found = await attend(column(100, 1, 3), padding, { isCausal: true, window: 2 });
    for (const each of found) expect(each).toEqual([100, 100, 2]);
  });

  it('does not bring back what another part of the mask leaves out for good', async () => {
    const mask = tensor([[LOWEST, -Infinity, LOWEST]]);
    for (const found of await attend(column(1, 100, 3), mask, {})) expect(found).toEqual([2, 2, 2]);
  });

  it('does not reach places of a cache that are not filled', async () => {
    const run = (value: Tensor, mask: Tensor): Tensor => {
      const past = { key: column(0, 1e4), value: column(1, 1e30), lengths: tensor([1], { dtype: 'int32' }) };
      return cachedAttention(zeros(1), zeros(1), value, past, { mask });
    };
    const mask = tensor([[LOWEST, LOWEST, LOWEST]]);
    const compiled = await compile(run, { value: spec([1, 1, 1, 1]), mask: spec([1, 3]) });
    expect(await toArray(run(column(3), mask))).toEqual([[[[2]]]]);
    expect(await toArray(await compiled(column(3), mask))).toEqual([[[[2]]]]);
    await compiled.dispose();
  });
});
