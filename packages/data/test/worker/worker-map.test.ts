import { describe, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { dataset } from '../../src/index.ts';
import { workerMap } from '../../src/node.ts';
import { map as sameThread } from '../helpers/slow-map.mjs';

const module = new URL('../helpers/slow-map.mjs', import.meta.url);
type Numbered = { id: number };
type Noted = { id: number; note: string };

const numbered = (n: number) => dataset({ id: Int32Array.from({ length: n }, (_, i) => i) });

async function notes(loader: AsyncIterable<{ id: Tensor; note: string[] }>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { note } of loader) seen.push(...note);
  return seen;
}

describe('workerMap', () => {
  it('gives the batches of the same thread in the same order, and resumes from everywhere', async () => {
    const options = { batchSize: 3, shuffle: true, seed: 5 };
    const here = numbered(20).loader<Noted>({ ...options, map: sameThread });
    const expected = [...(await notes(here)), ...(await notes(here))];
    await using map = workerMap<Numbered, Noted>(module, { workers: 2 });
    const loader = numbered(20).loader<Noted>({ ...options, map, prefetch: 3 });
    expect([...(await notes(loader)), ...(await notes(loader))]).toEqual(expected);
    for (const cut of [1, 4, 9]) {
      const first = numbered(20).loader<Noted>({ ...options, map, prefetch: 3 });
      let left = cut;
      while (left > 0) for await (const _ of first) if (--left === 0) break;
      const rest = numbered(20).loader<Noted>({ ...options, map, prefetch: 2 });
      rest.load(JSON.parse(JSON.stringify(first.state())));
      const got: string[] = [];
      while (rest.state().epoch < 2) got.push(...(await notes(rest)));
      expect(got).toEqual(expected.slice(cut));
    }
  });

  it('keeps the order when batches take different times', async () => {
    await using map = workerMap<Numbered, Numbered>(module, { workers: 2, name: 'uneven' });
    const seen: number[] = [];
    const loader = numbered(12).loader({
      batchSize: 2,
      prefetch: 4,
      map: async (batch, context) => {
        const out = await map(batch, context);
        return out;
      },
    });
    for await (const { id } of loader) seen.push(Number(id.shape[0]));
    expect(seen).toEqual([2, 2, 2, 2, 2, 2]);
    expect(loader.state()).toEqual({ epoch: 1, position: 0, seed: 0 });
  });

  it('tells of failures when their batch is due', async () => {
    await using map = workerMap<Numbered, Numbered>(module, { name: 'failing' });
    const loader = numbered(6).loader({ batchSize: 2, prefetch: 5, map });
    let seen = 0;
    const error: unknown = await (async () => {
      for await (const _ of loader) seen++;
    })().catch((caught: unknown) => caught);
    expect(seen).toBe(1);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message.replace(/file:\S*\//, '<path>/')).toMatchInlineSnapshot(
      `"workerMap: the map failed in its worker. Got 'no luck' from <path>/slow-map.mjs; expected a batch. Correct the module; without workerMap its error shows directly."`,
    );
    expect(loader.state().position).toBe(2);
  });

  it.each<[string, () => { close(): Promise<void> }, string]>([
    ['a module that is not there', () => workerMap(new URL('./none.mjs', import.meta.url)), 'Cannot find module'],
    ['a name that is not exported', () => workerMap(module, { name: 'nothing' }), "exports no function 'nothing'"],
    ['a worker that ends', () => workerMap(module, { name: 'dying' }), 'Got exit with code 3'],
  ])('survives %s', async (_, make, message) => {
    const map = make() as ReturnType<typeof workerMap<Numbered, Numbered>>;
    const loader = numbered(6).loader({ batchSize: 2, prefetch: 2, map });
    const run = (async () => {
      for await (const _batch of loader);
    })();
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toThrow(DataError);
    await map.close();
  });

  it('refuses what cannot be sent, no workers, and a closed map', async () => {
    expect(() => workerMap(module, { workers: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: workerMap: workers is no count. Got 0; expected an integer ≥ 1. Pass { workers: 1 }.]`,
    );
    const map = workerMap<{ f: () => number }, { f: () => number }>(module);
    const loader = dataset({ f: [() => 1, () => 2] }).loader({ map });
    await expect(loader[Symbol.asyncIterator]().next()).rejects.toThrow(
      'the batch cannot be sent to a worker. Got columns f',
    );
    await map.close();
    const closed = dataset({ f: [1] }).loader({ map: map as never });
    await expect(closed.epoch(0).next()).rejects.toThrow('the worker is gone. Got a closed map');
  });
});
