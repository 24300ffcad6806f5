import { cumsum, full, item, jit, mean, setDefaultBackend, slice, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, expect, it } from 'vitest';
import { webBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await webBackend({ device: 'wasm' })));

it('sums of many float32 numbers are right to 1e-6', async () => {
  const ones = await jit(() => full([20_000_000], 1))();
  expect(await item(await jit((x: Tensor) => sum(x))(ones))).toBe(20_000_000);
  const tenths = await jit(() => full([1_000_000], 0.1))();
  const tenth = Math.fround(0.1);
  expect(Math.abs((await item(await jit((x: Tensor) => mean(x))(tenths))) / tenth - 1)).toBeLessThan(1e-6);
  const last = await jit((x: Tensor) => sum(slice(cumsum(x), [[-1, null]])))(tenths);
  expect(Math.abs((await item(last)) / (tenth * 1_000_000) - 1)).toBeLessThan(1e-6);
});
