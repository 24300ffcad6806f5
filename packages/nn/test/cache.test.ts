import {
  concat,
  data,
  evaluate,
  explain,
  gather,
  jit,
  scaledDotProductAttention,
  setDefaultBackend,
  slice,
  spec,
  tensor,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { KeyValueCache } from '../src/index.ts';
import type { CacheView, KeysValues } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const OPTIONS = { layers: 2, heads: 1, depth: 2 };

/** `[batch, 1, time, 2]`, every number `value`. */
const filled = (batch: number, time: number, value: number): Tensor =>
  tensor(new Float32Array(batch * time * 2).fill(value), { shape: [batch, 1, time, 2] });

const rows = (batch: number, time: number, value: number): KeysValues[] =>
  [0, 1].map((layer) => ({
    key: filled(batch, time, value + 10 * layer),
    value: filled(batch, time, -value - 10 * layer),
  }));

/** The filled numbers of a row of the first layer's keys, one per place. */
async function keysOf(cache: KeyValueCache, row = 0): Promise<number[]> {
  const { key } = cache.view().past(0);
  const all = await data(key as Tensor);
  return Array.from({ length: cache.lengths[row]! }, (_, place) => Number(all[(row * cache.capacity + place) * 2]));
}

describe('a window over tokens of which some do not count', () => {
  const [BATCH, TIME] = [3, 9];
  const KEPT = [
    [0, 0, 1, 1, 1, 1, 0, 1, 1],
    [1, 0, 1, 0, 1, 0, 0, 0, 1],
    [1, 1, 1, 1, 1, 1, 1, 1, 1],
  ];
  const numbers = (seed: number, heads: number): Tensor =>
    tensor(
      Float32Array.from({ length: BATCH * heads * TIME * 2 }, (_, index) => Math.sin(seed + 7 * index)),
      { shape: [BATCH, heads, TIME, 2] },
    );
  const [query, key, value] = [numbers(1, 2), numbers(2, 1), numbers(3, 1)];
  const rounded = async (x: Tensor): Promise<number[]> =>
    [...(await data(x))].map((one) => Number(Number(one).toFixed(5)));

  it.each([1, 2, 3, 9])('of %d reaches in each row what it reaches in that row alone', async (window) => {
    const cache = new KeyValueCache({ layers: 1, heads: 1, depth: 2, batch: BATCH });
    const found: Tensor[] = [];
    for (const [from, to] of [
      [0, 5],
      [5, 8],
      [8, 9],
    ] as const) {
      const part = (x: Tensor): Tensor => slice(x, [null, null, [from, to]]);
      const kept = tensor(
        KEPT.map((row) => row.slice(from, to)),
        { dtype: 'int32' },
      );
      const view = cache.view();
      const added = { key: part(key), value: part(value) };
      found.push(view.attend(0, part(query), added, { kept, window }));
      await evaluate(found.at(-1)!);
      await cache.append(view.rows());
    }
    const all = concat(found, { axis: 2 });
    for (const [row, flags] of KEPT.entries()) {
      const places = flags.flatMap((flag, place) => (flag === 1 ? [place] : []));
      const alone = (x: Tensor): Tensor =>
        gather(slice(x, [[row, row + 1]]), tensor(places, { dtype: 'int32' }), { axis: 2 });
      const expected = scaledDotProductAttention(alone(query), alone(key), alone(value), {
        isCausal: true,
        enableGqa: true,
        window,
      });
      expect(await rounded(alone(all))).toEqual(await rounded(expected));
    }
  });

  it('is refused where it is none', () => {
    const view = new KeyValueCache({ layers: 1, heads: 1, depth: 2, batch: BATCH }).view();
    const kept = tensor(KEPT, { dtype: 'int32' });
    expect(() => view.attend(0, query, { key, value }, { kept, window: 0 })).toThrow(
      'CacheView: window is not a number of keys. Got 0',
    );
  });
});

describe('KeyValueCache', () => {
  it('is empty at first, and grows in steps', async () => {
    const cache = new KeyValueCache({ ...OPTIONS, batch: 2 });
    expect([cache.lengths, cache.capacity, cache.bytes]).toEqual([[0, 0], 0, 0]);
    await cache.append(rows(2, 3, 1), [3, 1]);
    await cache.append(rows(2, 1, 2));
    expect(cache.lengths).toEqual([4, 2]);
    expect(await keysOf(cache, 0)).toEqual([1, 1, 1, 2]);
    expect(await keysOf(cache, 1)).toEqual([1, 2]);
    expect(cache.capacity).toBe(32);
    expect(cache.bytes).toBe(2 * 2 * 2 * 32 * 2 * 4);
    await cache.append(rows(2, 1000, 3));
    expect(cache.capacity).toBe(1024);
    expect((await keysOf(cache, 1)).slice(0, 4)).toEqual([1, 2, 3, 3]);
  });

  it('writes in place, and copies only what a fork still needs', async () => {
    const base = new KeyValueCache(OPTIONS);
    await base.append(rows(1, 2, 1));
    const memory = await data(base.view().past(0).key as Tensor);
    await base.append(rows(1, 1, 2));
    expect(await data(base.view().past(0).key as Tensor)).toBe(memory);
    const fork = base.fork();
    expect(await data(fork.view().past(0).key as Tensor)).toBe(memory);
    await fork.append(rows(1, 1, 3));
    await base.append(rows(1, 1, 4));
    expect(await keysOf(fork)).toEqual([1, 1, 2, 3]);
    expect(await keysOf(base)).toEqual([1, 1, 2, 4]);
    expect(await data(base.view().past(0).key as Tensor)).toBe(memory);
    expect(await data(fork.view().past(0).key as Tensor)).not.toBe(memory);
  });

  it('takes what two steps add at the same time', async () => {
    for (const memory of ['host', 'device'] as const) {
      const cache = new KeyValueCache({ ...OPTIONS, memory });
      await Promise.all([cache.append(rows(1, 2, 1)), cache.append(rows(1, 1, 2)), cache.append(rows(1, 1, 3))]);
      expect(await keysOf(cache)).toEqual([1, 1, 2, 3]);
    }
  });

  it('takes what a step adds while an append is on its way', async () => {
    for (const memory of ['host', 'device'] as const) {
      for (let turns = 0; turns < 8; turns += 1) {
        const cache = new KeyValueCache({ ...OPTIONS, memory });
        const first = cache.append(rows(1, 2, 1));
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        await Promise.all([first, cache.append(rows(1, 1, 2))]);
        expect(await keysOf(cache)).toEqual([1, 1, 2]);
      }
    }
  });

  it('a fork whose other half is gone writes in place', async () => {
    const base = new KeyValueCache(OPTIONS);
    await base.append(rows(1, 2, 1));
    const memory = await data(base.view().past(0).key as Tensor);
    const fork = base.fork();
    base.dispose();
    expect([base.lengths, base.bytes]).toEqual([[0], 0]);
    await fork.append(rows(1, 1, 2));
    expect(await data(fork.view().past(0).key as Tensor)).toBe(memory);
  });

  it('a view keeps what it saw while the cache grows', async () => {
    const cache = new KeyValueCache(OPTIONS);
    await cache.append(rows(1, 2, 1));
    const view = cache.view();
    await cache.append(rows(1, 1, 2));
    expect([...(await data(view.lengths))]).toEqual([2]);
    expect([...(await data(view.positions(2)))]).toEqual([2, 3]);
    expect([...(await data(view.keyPositions(1)))].filter((position) => Number(position) < 2 ** 30)).toEqual([0, 1, 2]);
  });

  it('describes itself for a compiled function', () => {
    const cache = new KeyValueCache({ ...OPTIONS, valueDepth: 3 });
    const { key, value } = cache.specs({ batch: 'rows', past: 'past' }).past(1) as KeysValues;
    expect([key, value].map(({ shape }) => shape.map(String).join())).toEqual(['rows,1,past,2', 'rows,1,past,3']);
    expect((cache.specs().past(0) as KeysValues).key.shape).toEqual([1, 1, 0, 2]);
  });

  it('refuses what does not fit', async () => {
    const cache = new KeyValueCache(OPTIONS);
    await cache.append(rows(1, 2, 1));
    const view = cache.view();
    const other = new KeyValueCache({ ...OPTIONS, depth: 4 });
    const one = filled(1, 1, 1);
    view.attend(0, one, { key: one, value: one });
    const messages = [
      () => new KeyValueCache({ ...OPTIONS, heads: 0 }),
      () => cache.truncate([3]),
      () => view.attend(0, one, { key: one, value: one }),
      () => view.attend(2, one, { key: one, value: one }),
      () => view.attendCross(0, one),
      () => view.rows(),
    ].map((make) => {
      try {
        make();
      } catch (error) {
        return String(error);
      }
      return 'nothing';
    });
    expect(messages.join('\n')).toMatchInlineSnapshot(`
      "ArgumentError: KeyValueCache: heads is not a size. Got 0; expected a whole number of at least 1.
      ArgumentError: KeyValueCache.truncate: the lengths do not fit. Got [3]; expected for each row a whole number of at most its length ([2]). Append to make rows longer.
      GraphError: CacheView: layer 0 attends twice. Got new keys for a layer that has some; expected one call per layer and step. Count the layers from 0 on, or take past(0) for more attention to the same keys.
      ArgumentError: CacheView: there is no such layer. Got 2; expected a number below 2. Make the cache with as many layers as the model has.
      ArgumentError: CacheView: no keys of an encoder. Got attendCross on a cache without them; expected setCross before. Call cache.setCross(...) with the encoder's keys and values.
      GraphError: CacheView: a layer has no new keys. Got none for layer 1 of 2; expected attend(...) once per layer. Make the cache with as many layers as the model has."
    `);
    await expect(cache.gather([1])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: KeyValueCache.gather: there are no such rows. Got [1]; expected at least one whole number from 0 to 0.]`,
    );
    await expect(cache.gather([])).rejects.toThrow('there are no such rows');
    await expect(KeyValueCache.concat([cache, other])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: KeyValueCache.concat: the caches do not fit. Got {"layers":2,"heads":1,"depth":2,"valueDepth":2,"dtype":"float32"} and {"layers":2,"heads":1,"depth":4,"valueDepth":4,"dtype":"float32"}; expected at least one, of equal sizes. Join caches of one model.]`,
    );
    await expect(cache.append(rows(2, 1, 1))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: KeyValueCache: the rows do not fit. Got 2 layers, key float32 [2,1,1,2] and value float32 [2,1,1,2] in layer 0; expected 2 layers of float32 [1,1,time,2] and [1,1,time,2]. Return view.rows() from the step.]`,
    );
    await expect(cache.append(rows(1, 1, 1), [2])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: KeyValueCache: the counts do not fit. Got [2]; expected 1 whole numbers from 0 to 1, one per row.]`,
    );
    expect(cache.lengths).toEqual([2]);
  });

  it('refuses what is not a list, in one line', async () => {
    const cache = new KeyValueCache(OPTIONS);
    const one = filled(1, 1, 1);
    const attempts: (() => unknown)[] = [
      () => new KeyValueCache(undefined as never),
      () => cache.append(rows(1, 1, 1), 1 as never),
      () => cache.append(one as never),
      () => cache.append([{ key: one }] as never),
      () => cache.append(undefined as never),
      () => cache.setCross(one as never),
      () => cache.setCross(rows(1, 1, 1), 1 as never),
      () => cache.gather(tensor([0]) as never),
      () => cache.gather(0 as never),
      () => cache.truncate(tensor([0]) as never),
      () => KeyValueCache.concat(cache as never),
      () => KeyValueCache.concat([cache, {}] as never),
    ];
    const messages: string[] = [];
    for (const attempt of attempts) {
      try {
        await attempt();
        messages.push('nothing');
      } catch (error) {
        messages.push(String(error));
      }
    }
    expect(messages.join('\n')).toMatchInlineSnapshot(`
      "ArgumentError: KeyValueCache: the options object does not fit. Got undefined; expected { layers, heads, depth, valueDepth, … }. Look at how KeyValueCache is called.
      ArgumentError: KeyValueCache.append: counts does not fit. Got 1; expected a list of whole numbers. Look at how KeyValueCache.append is called.
      ArgumentError: KeyValueCache: rows does not fit. Got a tensor; expected a list with { key, value } for each layer, both tensors. Look at how KeyValueCache is called.
      ArgumentError: KeyValueCache: rows does not fit. Got an array; expected a list with { key, value } for each layer, both tensors. Look at how KeyValueCache is called.
      ArgumentError: KeyValueCache: rows does not fit. Got undefined; expected a list with { key, value } for each layer, both tensors. Look at how KeyValueCache is called.
      ArgumentError: KeyValueCache: rows does not fit. Got a tensor; expected a list with { key, value } for each layer, both tensors. Look at how KeyValueCache is called.
      ArgumentError: KeyValueCache.append: counts does not fit. Got 1; expected a list of whole numbers. Look at how KeyValueCache.append is called.
      ArgumentError: KeyValueCache.gather: rows does not fit. Got a tensor; expected a list of whole numbers. Look at how KeyValueCache.gather is called.
      ArgumentError: KeyValueCache.gather: rows does not fit. Got 0; expected a list of whole numbers. Look at how KeyValueCache.gather is called.
      ArgumentError: KeyValueCache.truncate: lengths does not fit. Got a tensor; expected a list of whole numbers. Look at how KeyValueCache.truncate is called.
      ArgumentError: KeyValueCache.concat: caches does not fit. Got an object; expected a list of caches. Look at how KeyValueCache.concat is called.
      ArgumentError: KeyValueCache.concat: caches does not fit. Got an array; expected a list of caches. Look at how KeyValueCache.concat is called."
    `);
  });
});

it.each(['host', 'device'] as const)(
  'a cache with room from the beginning, in the memory of the %s',
  async (memory) => {
    const cache = new KeyValueCache({ layers: 1, heads: 1, depth: 2, batch: 2, memory, capacity: 1 });
    const step = jit(
      (x: Tensor, view: CacheView) => ({ y: view.attend(0, x, { key: x, value: x }), rows: view.rows() }),
      { specs: { x: spec([2, 1, 'time', 2]), view: cache.specs({ past: 'past' }) } },
    );
    const x = tensor([
      [
        [
          [1, 0],
          [0, 2],
        ],
      ],
      [
        [
          [3, 1],
          [1, 1],
        ],
      ],
    ]);
    const { y, rows } = await step(x, cache.view());
    const plain = await data(scaledDotProductAttention(x, x, x, { isCausal: true }));
    for (const [at, value] of (await data(y)).entries()) expect(value).toBeCloseTo(Number(plain[at]), 6);
    await cache.append(rows, [2, 1]);
    expect(cache.lengths).toEqual([2, 1]);
    await cache.append((await step(x, cache.view())).rows);
    expect(cache.lengths).toEqual([4, 3]);
    expect(explain(step).compiles).toBe(1);
    expect(() => new KeyValueCache({ layers: 1, heads: 1, depth: 2, capacity: -1 })).toThrow(
      /capacity does not fit. Got -1/,
    );
  },
);
