import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { DataLoader } from './data-loader.ts';
import type { DataLoaderOptions } from './data-loader.ts';
import { dataset } from './dataset.ts';
import { normalize } from './transforms/normalize.ts';
import { pipeline } from './transforms/pipeline.ts';

type Numbered = { id: number };

const numbered = (n: number) => dataset({ id: Int32Array.from({ length: n }, (_, i) => i) });

/** Records the rows of every batch on the host, where they can be read without a backend. */
function recorder(n: number, options: DataLoaderOptions<Numbered> = {}) {
  const seen: number[][] = [];
  const loader = new DataLoader<Numbered>(numbered(n), {
    ...options,
    map: (batch) => {
      seen.push([...batch.id.data]);
      return batch;
    },
  });
  return { loader, seen };
}

/** A loader of nine batches that writes down which ones `map` began. */
function slow(prefetch: number) {
  const started: number[] = [];
  const loader = numbered(9).loader({
    batchSize: 1,
    prefetch,
    map: async (batch, { index }) => {
      started.push(index);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return batch;
    },
  });
  return { started, loader };
}

const drain = (loader: Iterable<unknown>): number => [...loader].length;

describe('DataLoader', () => {
  it('makes tensors of the columns and keeps lists', async () => {
    const data = dataset({
      x: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      y: Int32Array.of(0, 1, 2),
      name: ['a', 'b', 'c'],
    });
    const batches = [...data.batch(2)];
    expectTypeOf(batches[0]!).toEqualTypeOf<{ x: Tensor; y: Tensor; name: string[] }>();
    expect(batches.map(({ x, y, name }) => [x.shape, x.dtype, y.shape, y.dtype, name])).toEqual([
      [[2, 2], 'float32', [2], 'int32', ['a', 'b']],
      [[1, 2], 'float32', [1], 'int32', ['c']],
    ]);
    const names: string[][] = [];
    for await (const batch of data.batch(2)) names.push(batch.name);
    expect(names).toEqual([['a', 'b'], ['c']]);
  });

  it('visits every row once per epoch, in a new order each time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 80 }),
        fc.maxSafeInteger(),
        (n, batchSize, seed) => {
          const { loader, seen } = recorder(n, { batchSize, seed, shuffle: true });
          expect(drain(loader)).toBe(loader.length);
          expect(seen.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
          expect(seen.slice(0, -1).every((rows) => rows.length === batchSize)).toBe(true);
        },
      ),
    );
    const { loader, seen } = recorder(50, { batchSize: 50, shuffle: true });
    drain(loader);
    drain(loader);
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it('keeps the order without shuffle, and drops the small batch when asked to', () => {
    const { loader, seen } = recorder(5, { batchSize: 2, dropLast: true });
    expect(loader.length).toBe(2);
    expect([drain(loader), drain(loader)]).toEqual([2, 2]);
    expect(seen).toEqual([
      [0, 1],
      [2, 3],
      [0, 1],
      [2, 3],
    ]);
  });

  it('has an order that is a pure function of seed and epoch', () => {
    const options = { batchSize: 8, shuffle: true, seed: 11 };
    const a = recorder(40, options).loader;
    const b = recorder(40, options).loader;
    drain(a);
    drain(a);
    expect(a.order(5)).toEqual(b.order(5));
    expect(a.order(5)).not.toEqual(a.order(6));
    expect(a.order(5)).not.toEqual(recorder(40, { ...options, seed: 12 }).loader.order(5));
  });

  it('resumes bitwise from every position, random numbers of map included', async () => {
    const make = () => {
      const log: number[][] = [];
      const loader = numbered(23).loader({
        batchSize: 4,
        shuffle: true,
        seed: 9,
        map: (batch, { epoch, index, random }) => {
          log.push([epoch, index, random.uint32(), ...batch.id.data]);
          return batch;
        },
      });
      return { loader, log };
    };
    const whole = make();
    const states = [whole.loader.state()];
    for (let epoch = 0; epoch < 3; epoch++) for await (const _ of whole.loader) states.push(whole.loader.state());
    expect(whole.log.length).toBe(18);
    for (const [cut, state] of states.entries()) {
      const { loader, log } = make();
      loader.load(JSON.parse(JSON.stringify(state)) as typeof state);
      while (loader.state().epoch < 3) for await (const _ of loader);
      expect(log).toEqual(whole.log.slice(cut));
    }
  });

  it('goes on after a break, and starts over after reset', () => {
    const { loader, seen } = recorder(6, { batchSize: 2 });
    for (const _ of loader) break;
    expect(loader.state()).toEqual({ epoch: 0, position: 2, seed: 0 });
    expect(drain(loader)).toBe(2);
    expect(loader.state()).toEqual({ epoch: 1, position: 0, seed: 0 });
    loader.reset();
    for (const _ of loader) break;
    expect(seen).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [0, 1],
    ]);
  });

  it('walks any epoch without moving', async () => {
    const { loader, seen } = recorder(6, { batchSize: 6, shuffle: true });
    for await (const _ of loader.epoch(4));
    expect(seen).toEqual([[...loader.order(4)]]);
    expect(loader.state().epoch).toBe(0);
  });

  it('gives map fresh copies', () => {
    const data = dataset({ x: Float32Array.of(1, 2) });
    const loader = data.loader({ map: (batch) => (batch.x.data.fill(0), batch) });
    drain(loader);
    expect([...data.column('x').data]).toEqual([1, 2]);
  });

  it('fits where batches of tensors are expected, as in the training functions', () => {
    const data = dataset({ x: [[1]], y: Int32Array.of(0) });
    interface Source<B> {
      loader(options: { readonly batchSize: number }): AsyncIterable<B>;
    }
    expectTypeOf(data).toExtend<Source<{ x: Tensor; y: Tensor }>>();
    expectTypeOf(data.batch(1)).toExtend<AsyncIterable<{ x: Tensor; y: Tensor }>>();
  });

  it('lets map change the columns', () => {
    const data = dataset({ x: Float32Array.of(1, 2) });
    const loader = data.loader<{ twice: number }>({
      map: ({ x }) => ({ twice: { ...x, data: Float32Array.from(x.data, (value) => 2 * value) } }),
    });
    for (const { twice } of loader) expect(twice.shape).toEqual([2]);
  });

  it('waits for an asynchronous map, which a plain loop refuses', async () => {
    const loader = numbered(3).loader({ map: (batch) => Promise.resolve(batch) });
    let batches = 0;
    for await (const { id } of loader) batches += id.shape.length;
    expect(batches).toBe(1);
    expect(() => drain(loader)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: DataLoader: map is asynchronous in a synchronous loop. Got a promise; expected a batch. Use for await.]`,
    );
  });

  it('prefetches: the same batches in the same order, from every position, whatever time each takes', async () => {
    type Noted = { id: number; note: string };
    const run = async (prefetch: number, from = { epoch: 0, position: 0, seed: 9 }): Promise<unknown[]> => {
      const log: unknown[] = [];
      const loader = numbered(23).loader<Noted>({
        batchSize: 4,
        shuffle: true,
        seed: 9,
        prefetch,
        map: async (batch, { index, random }) => {
          for (let ticks = (index * 7) % 5; ticks > 0; ticks--) await Promise.resolve();
          return { ...batch, note: Array.from(batch.id.data, (id) => `${id} ${random.uint32()}`) };
        },
      });
      loader.load(from);
      while (loader.state().epoch < 2) for await (const { note } of loader) log.push([loader.state(), note]);
      return log;
    };
    const plain = await run(0);
    expect(plain.length).toBe(12);
    for (const prefetch of [1, 3, 50]) {
      expect(await run(prefetch)).toEqual(plain);
      expect(await run(prefetch, { epoch: 0, position: 12, seed: 9 })).toEqual(plain.slice(3));
    }
  });

  it('works ahead by as many batches as asked, and no further', async () => {
    const { started, loader } = slow(3);
    const seen: number[] = [];
    for await (const _ of loader) {
      seen.push(started.length);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([4, 5]);
    expect(loader.state()).toEqual({ epoch: 0, position: 2, seed: 0 });
    for await (const _ of loader) break;
    expect(started.slice(5)).toEqual([2, 3, 4, 5]); // goes on with the third batch, not where it had worked ahead to
    expect([...slow(0).loader.order(0)].length).toBe(9);
  });

  it('throws a failure of map when its batch is due', async () => {
    const loader = numbered(6).loader({
      batchSize: 1,
      prefetch: 4,
      map: (batch, { index }) => {
        if (index === 2) throw new RangeError('third');
        return batch;
      },
    });
    let batches = 0;
    const loop = async (): Promise<void> => {
      for await (const _ of loader) batches++;
    };
    await expect(loop()).rejects.toThrow('third');
    expect(batches).toBe(2);
    expect(loader.state().position).toBe(2);
  });

  it('loads the state of a run with another seed', () => {
    const { loader } = recorder(10, { batchSize: 5, seed: 1 });
    loader.load({ epoch: 2, position: 5, seed: 77 });
    expect(loader.state()).toEqual({ epoch: 2, position: 5, seed: 77 });
    expect(drain(loader)).toBe(1);
  });

  it.each<[string, () => unknown, string]>([
    ['an empty set', () => numbered(3).take(0).loader(), 'the data set is empty'],
    ['a batch size of 0', () => numbered(3).loader({ batchSize: 0 }), 'Got 0; expected an integer ≥ 1'],
    ['a batch size of 1.5', () => numbered(3).loader({ batchSize: 1.5 }), 'Got 1.5'],
    ['a prefetch of -1', () => numbered(3).loader({ prefetch: -1 }), 'prefetch is no number of batches. Got -1'],
    ['no full batch', () => numbered(3).loader({ batchSize: 4, dropLast: true }), 'Got batch size 4 and 3 rows'],
    ['a seed of NaN', () => numbered(3).loader({ seed: NaN }), 'Got NaN'],
    ['a position past the end', () => numbered(3).loader().load({ epoch: 0, position: 32, seed: 0 }), 'position 32'],
    [
      'a position inside a batch',
      () => numbered(9).batch(2).load({ epoch: 0, position: 3, seed: 0 }),
      'multiple of the batch size 2',
    ],
    ['a negative epoch', () => numbered(3).loader().reset(-1), 'Got epoch -1'],
    [
      'a state without a seed',
      () =>
        numbered(3)
          .loader()
          .load({ epoch: 0, position: 0 } as never),
      'Got undefined',
    ],
  ])('refuses %s', (_, act, message) => {
    expect(act).toThrow(DataError);
    expect(act).toThrow(message);
    expect(act).toThrow(/^[\w.]+: [^\n]*\. Got [^\n]*; expected [^\n]*\. [A-Z][^\n]*\.$/);
  });

  it('gathers a batch in a small multiple of the time of a plain copy', () => {
    const images = dataset({ x: { data: new Float32Array(2000 * 784), shape: [2000, 1, 28, 28] } });
    const rows = images.loader({ batchSize: 64, shuffle: true }).order(0).subarray(0, 64);
    const flat = images.gather(rows).x.data;
    const time = (act: () => unknown) => {
      const start = performance.now();
      act();
      return performance.now() - start;
    };
    let [gather, copy] = [Infinity, Infinity];
    for (let i = 0; i < 500; i++) {
      gather = Math.min(
        gather,
        time(() => images.gather(rows)),
      );
      copy = Math.min(
        copy,
        time(() => flat.slice()),
      );
    }
    expect(gather).toBeLessThan(8 * copy); // one object per row or number would be far beyond
  });
});

describe('transforms', () => {
  const two = dataset({ x: { data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), shape: [2, 2, 1, 2] } });

  it('normalises channel by channel', () => {
    const batch = normalize({ mean: [1, 2], std: [0.5, 2] })(two.gather());
    expect([...batch.x.data]).toEqual([-2, 0, 0, 0.5, 6, 8, 2, 2.5]);
    expect([...normalize({ mean: [1], std: [2] })(two.gather()).x.data]).toEqual([-0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3]);
  });

  it('refuses deviations and columns that do not fit', () => {
    expect(() => normalize({ mean: [0], std: [0] })).toThrow('std [0]; expected');
    expect(() => normalize({ mean: [0, 0, 0], std: [1, 1, 1] })(two.gather())).toThrow(
      'Got 2 in shape [2,2,1,2]; expected 3',
    );
    expect(() => normalize({ mean: [0], std: [1], column: 'y' })(two.gather())).toThrow("no float column 'y'");
  });

  it('chains maps, waiting where one is asynchronous', async () => {
    const add = (n: number) => (batch: { x: { data: { [i: number]: unknown } } }) => {
      batch.x.data[0] = Number(batch.x.data[0]) * 10 + n;
      return batch as ReturnType<typeof two.gather>;
    };
    const steps = pipeline<{ x: ReturnType<typeof two.get>['x'] }>(add(1), async (batch) => add(2)(batch), add(3));
    const batch = await steps(two.gather(), undefined as never);
    expect(batch.x.data[0]).toBe(123);
    expect(
      pipeline<{ x: ReturnType<typeof two.get>['x'] }>(add(1))(two.gather(), undefined as never),
    ).not.toBeInstanceOf(Promise);
  });
});
