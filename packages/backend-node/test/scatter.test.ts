import {
  evaluate,
  data,
  full,
  gather,
  grad,
  jit,
  mul,
  scatter,
  scatterAdd,
  scatterMax,
  setDefaultBackend,
  sum,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 2 })));

/** Indices of which each occurs hundreds of times; ONNX Runtime's ScatterND loses some of them on two threads. */
const indices = tensor(Int32Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 50));

describe('indices that occur often, on two threads', () => {
  it('counts them all', async () => {
    const count = jit((places: Tensor) => scatterAdd(full([50, 128], 0), places, full([20_000, 128], 1)));
    for (let run = 0; run < 20; run += 1) {
      const totals = await data(await count(indices));
      expect(totals.every((total) => total === 400)).toBe(true);
    }
  });

  it('gives the same bits every time', async () => {
    const weights = tensor(
      Float32Array.from({ length: 20_000 }, (_, index) => Math.sin(index)),
      { shape: [20_000, 1] },
    );
    const loss = (table: Tensor): Tensor => sum(mul(gather(table, indices), weights));
    const gradients = [];
    for (let run = 0; run < 5; run += 1) {
      const gradient = grad(loss)(full([50, 128], 0.5));
      await evaluate(gradient);
      gradients.push(await data(gradient));
    }
    for (const gradient of gradients) expect(gradient).toEqual(gradients[0]);
  });

  it('keeps the last of several updates, and the largest', async () => {
    const updates = tensor(
      Float32Array.from({ length: 20_000 }, (_, index) => (index * 31) % 20_000),
      { shape: [20_000, 1] },
    );
    const [last, largest] = [new Map<number, number>(), new Map<number, number>()];
    const [places, values] = [await data(indices), await data(updates)];
    places.forEach((place, index) => {
      const value = Number(values[index]);
      last.set(Number(place), value);
      largest.set(Number(place), Math.max(value, largest.get(Number(place)) ?? 0));
    });
    const table = full([50, 64], 0);
    const both = jit((u: Tensor) => [scatter(table, indices, u), scatterMax(table, indices, u)]);
    for (let run = 0; run < 5; run += 1) {
      for (const [index, result] of (await both(updates)).entries()) {
        const expected = index === 0 ? last : largest;
        const found = await data(result);
        expect(found.every((value, place) => value === expected.get(Math.floor(place / 64)))).toBe(true);
      }
    }
  });
});
