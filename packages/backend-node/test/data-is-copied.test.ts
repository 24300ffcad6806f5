import { add, compile, constant, data, jit, setDefaultBackend, spec, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { WAYS } from './backends.ts';

/** Few numbers, which go into a run as a part of one array, and more than 8 KB, which go in alone. */
const SIZES = [
  ['small', 2],
  ['large', 4096],
] as const;

describe.each(WAYS)('what is written to an array changes no tensor made of it, %s', (_, worker) => {
  let backend: NodeBackend;
  beforeAll(async () => {
    backend = await nodeBackend({ device: 'cpu', threads: 1, worker });
    setDefaultBackend(backend);
  });
  afterAll(() => backend.dispose());

  describe.each(SIZES)('%s', (_size, count) => {
    /** Five arrays of ones: what is small goes in together from four on. */
    const make = (): { arrays: Float32Array[]; weights: Tensor[]; spoil: () => void } => {
      const arrays = Array.from({ length: 5 }, () => new Float32Array(count).fill(1));
      return { arrays, weights: arrays.map((array) => tensor(array)), spoil: () => arrays.forEach((a) => a.fill(100)) };
    };
    const total = (weights: readonly Tensor[]) => (x: Tensor) => weights.reduce((sum, w) => add(sum, w), x);
    const first = async (x: Promise<Tensor> | Tensor): Promise<number> => (await data(await x))[0] as number;

    it('read, captured before and after the first call, as an argument, and compiled', async () => {
      const { weights, spoil } = make();
      const run = jit(total(weights));
      const compiled = await compile(total(weights), { x: spec([]) });
      expect([await first(run(tensor(0))), await first(compiled(tensor(0)))]).toEqual([5, 5]);
      spoil();
      expect([await first(run(tensor(0))), await first(compiled(tensor(0)))]).toEqual([5, 5]);
      expect([await first(jit(total(weights))(tensor(0))), await first(weights[0]!)]).toEqual([5, 1]);
      expect([await first(jit((x: Tensor) => add(x, 1))(weights[0]!)), await first(add(weights[1]!, 1))]).toEqual([
        2, 2,
      ]);
      await compiled.dispose();
    });

    it('baked, while a run that takes it waits, and shared with other threads', async () => {
      const array = new Float32Array(count).fill(1);
      const table = constant(array);
      expect(await first(add(table, 1))).toBe(2);
      array.fill(5);
      expect(await first(add(table, 1))).toBe(2);
      expect(await first(add(constant(array), 1))).toBe(6);
      const waiting = jit((x: Tensor) => add(x, 1))(tensor(array));
      array.fill(7);
      expect(await first(waiting)).toBe(6);
      const shared = new Float32Array(new SharedArrayBuffer(4 * count)).fill(2);
      expect(await first(add(tensor(shared), 1))).toBe(3);
    });
  });

  it('nor does an array of JavaScript, which a compiled function takes as it is when it is traced', async () => {
    const rows = [1, 2];
    const [weight, run] = [tensor(rows), jit((x: Tensor) => add(x, tensor(rows)))];
    expect(await toArray(await run(tensor(0)))).toEqual([1, 2]);
    rows[0] = 9;
    expect([await toArray(await run(tensor(0))), await toArray(weight)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
