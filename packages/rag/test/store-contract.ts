import { describe, expect, it } from 'vitest';
import type { Store } from '../src/index.ts';
import { stored } from './support.ts';

/** What every store does, wherever it keeps documents. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  keeps(name, open);
  finds(name, open);
}

function keeps(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    it('keeps a document as it was given, in place of the one before', async () => {
      const store = await open();
      await store.put(await stored('# Tea\n\nold leaves\n\n# More\n\nwater'));
      const now = await stored('# Tea\n\nnew leaves');
      await store.put(now);
      expect(await store.get('a.md')).toEqual(now);
      expect(await store.list()).toEqual([{ id: 'a.md', source: 'a.md', hash: now.document.hash }]);
      expect(await store.lexical('old water')).toEqual([]);
      expect((await store.lexical('leaves'))[0]!.chunk).toEqual(now.chunks[0]);
    });

    it('removes a document with all its chunks, once', async () => {
      const store = await open();
      await store.put(await stored('tea'));
      expect(await store.remove('a.md')).toBe(true);
      expect(await store.remove('a.md')).toBe(false);
      expect(await store.get('a.md')).toBeUndefined();
      expect(await store.lexical('tea')).toEqual([]);
    });
  });
}

function finds(name: string, open: () => Promise<Store>): void {
  describe(`${name}, searched`, () => {
    it('finds words of headings, and filters by metadata, source and title', async () => {
      const store = await open();
      await store.put(await stored('# Tea\n\npour', 'de/a.md', { year: 2020 }));
      await store.put(await stored('# Tea\n\npour slowly', 'en/b.md', { year: 2024 }));
      const find = async (filter?: Parameters<Store['lexical']>[1]): Promise<string[]> =>
        (await store.lexical('tea', filter)).map(({ chunk }) => chunk.document);
      expect(await find()).toEqual(['de/a.md', 'en/b.md']);
      expect(await find({ filter: { key: 'year', range: { gt: 2020 } } })).toEqual(['en/b.md']);
      expect(await find({ filter: { key: 'source', prefix: 'de/' } })).toEqual(['de/a.md']);
      expect(await find({ filter: { not: { key: 'title', eq: 'Tea' } } })).toEqual([]);
      expect(await find({ k: 1 })).toHaveLength(1);
    });

    it('shows no tenant what another has, not even how rare its words are', async () => {
      const store = await open();
      await store.put(await stored('green tea'), { tenant: 'a' });
      await store.put(await stored('black tea'), { tenant: 'b' });
      await store.put(await stored('black coffee', 'c.md'), { tenant: 'b' });
      const texts = async (tenant?: string): Promise<string[]> =>
        (await store.lexical('tea black green coffee', { tenant })).map(({ chunk }) => chunk.text).sort();
      expect(await texts('a')).toEqual(['green tea']);
      expect(await texts('b')).toEqual(['black coffee', 'black tea']);
      expect(await texts()).toEqual([]);
      expect(await store.get('a.md')).toBeUndefined();
      expect(await store.list({ tenant: '__proto__' })).toEqual([]);
      expect(await store.remove('c.md', { tenant: 'a' })).toBe(false);
      const alone = (await store.rarity(['coffe'], { tenant: 'a' })).get('coffe')!;
      expect(alone).toBeCloseTo(Math.log(1 + 1.5 / 0.5), 10);
    });

    it('refuses chunks that are not where they say, other metadata and unknown options', async () => {
      const store = await open();
      const { document, chunks } = await stored('tea');
      const moved = { ...chunks[0]!, start: 1 };
      await expect(store.put({ document, chunks: [moved] })).rejects.toThrow(/a chunk does not fit/u);
      await expect(store.put({ document: { ...document, metadata: { '': 1 } }, chunks })).rejects.toThrow(
        /key of metadata/u,
      );
      await expect(store.put({ document, chunks, vectors: [] })).rejects.toThrow(/number of vectors/u);
      await expect(store.lexical('tea', { k: 0 })).rejects.toThrow(/k does not fit/u);
      await expect(store.lexical('tea', { where: {} } as never)).rejects.toThrow(/no such option/u);
      await expect(store.lexical('tea', { filter: { key: 'a' } as never })).rejects.toThrow(/no known form/u);
    });
  });
}
