import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { hashingEmbedder } from '@gai/providers';
import type { Embedder } from '@gai/providers';
import { beforeAll, describe, expect, it } from 'vitest';
import { VectorIndex, memoryStore, retrieve } from '../src/index.ts';
import type { Store } from '../src/index.ts';
import { stored } from './support.ts';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));
});

/** Numbers at random that are the same every time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

describe('VectorIndex', () => {
  it('finds what a loop over all vectors finds, while some come and go', async () => {
    const next = randomNumbers(15);
    const vectorOf = (): Float32Array => Float32Array.from({ length: 8 }, next);
    const index = new VectorIndex(8);
    const all = new Map<string, Float32Array>();
    for (let step = 0; step < 120; step++) {
      const id = `v${Math.floor((next() + 0.5) * 50)}`;
      if (step % 4 === 3) expect(index.remove(id)).toBe(all.delete(id));
      else {
        all.set(id, vectorOf());
        index.add(id, all.get(id)!);
      }
      if (step % 10 !== 9) continue;
      const query = vectorOf();
      const isWanted = step % 20 === 9 ? undefined : (each: string): boolean => Number(each.slice(1)) % 3 === 0;
      const expected = [...all]
        .filter(([each]) => isWanted?.(each) ?? true)
        .map(([each, vector]) => [each, vector.reduce((sum, value, at) => sum + value * query[at]!, 0)] as const)
        .sort(([, a], [, b]) => b - a)
        .slice(0, 5);
      const hits = await index.search(query, { k: 5, accept: isWanted });
      expect(hits.map(({ id: each }) => each)).toEqual(expected.map(([each]) => each));
      for (const [rank, { score }] of hits.entries()) expect(score).toBeCloseTo(expected[rank]![1], 5);
    }
    expect(index.size).toBe(all.size);
    await index.dispose();
  });

  it('finds nothing where nothing is, and refuses other lengths and numbers', async () => {
    const index = new VectorIndex(2);
    expect(await index.search(new Float32Array(2))).toEqual([]);
    expect(() => index.add('a', new Float32Array(3))).toThrow(/length of the vector does not fit. Got 3/u);
    expect(() => index.add('a', new Float32Array([Number.NaN, 0]))).toThrow(/finite/u);
    expect(() => new VectorIndex(0)).toThrow(/dimensions/u);
  });
});

const TEXT =
  '# Tea\n\n## Green\n\nLet boiled water cool.\n\n## Black\n\nPour boiled water.\n\n## White\n\nPour boiled water now.\n\n# Coffee\n\nGrind the beans.';

/** Knows what two words mean. */
const embedder: Embedder = {
  model: 'meaning',
  dimensions: 3,
  async embed(texts) {
    const vectors = texts.map((text) =>
      Float32Array.of(
        /cool|cold|chill/u.test(text) ? 1 : 0,
        /pour/iu.test(text) ? 1 : 0,
        /grind|mill/iu.test(text) ? 1 : 0.1,
      ),
    );
    return { vectors, usage: { inputTokens: undefined, outputTokens: undefined } };
  },
};

async function open(): Promise<Store> {
  const store = memoryStore();
  const { document, chunks } = await stored(TEXT);
  const { vectors } = await embedder.embed(chunks.map(({ text }) => text));
  await store.put({ document, chunks, vectors });
  return store;
}

describe('retrieve', () => {
  it('by words says the score of words, by vectors that of vectors, by both all', async () => {
    const store = await open();
    const [lexical] = await retrieve(store, 'boiled water cools');
    expect(lexical!.chunk.text).toBe('Let boiled water cool.');
    expect(Object.keys(lexical!.scores)).toEqual(['lexical']);
    const [vector] = await retrieve(store, 'chill', { mode: 'vector', embedder });
    expect(vector!.chunk.text).toBe('Let boiled water cool.');
    const both = await retrieve(store, 'chill the beans', { embedder, weights: { lexical: 0.2, vector: 0.8 } });
    expect(both[0]!.chunk.text).toBe('Let boiled water cool.');
    expect(Object.keys(both[0]!.scores)).toEqual(['vector', 'fused']);
    expect(both.find(({ chunk }) => chunk.text === 'Grind the beans.')!.scores.lexical).toBeGreaterThan(0);
  });

  it('fuses by ranks as 1 / (60 + rank)', async () => {
    const store = await open();
    const weights = { lexical: 1, vector: 1 };
    const found = await retrieve(store, 'grind beans', { embedder, fusion: 'rrf', weights });
    expect(found[0]!.chunk.text).toBe('Grind the beans.');
    expect(found[0]!.score).toBeCloseTo(2 / 61, 10);
  });

  it('without weight for vectors is BM25', async () => {
    const store = await open();
    const weak = hashingEmbedder({ dimensions: 3 });
    const lexical = await retrieve(store, 'pour boiled water');
    for (const fusion of ['weighted', 'rrf'] as const) {
      const found = await retrieve(store, 'pour boiled water', {
        embedder: weak,
        fusion,
        weights: { lexical: 1, vector: 0 },
      });
      expect(found.slice(0, 3).map(({ chunk }) => chunk.id)).toEqual(lexical.map(({ chunk }) => chunk.id));
    }
  });

  it('prefers variety where it counts', async () => {
    const store = await open();
    const ids = async (mmr: number): Promise<string[]> =>
      (await retrieve(store, 'pour water', { k: 2, mmr })).map(({ chunk }) => chunk.path.at(-1)!);
    expect(await ids(1)).toEqual(['Black', 'White']);
    expect(await ids(0.3)).toEqual(['Black', 'Green']);
  });

  it('gives neighbours as a piece of the raw text', async () => {
    const store = await open();
    const [found] = await retrieve(store, 'beans', { k: 1, neighbours: 1 });
    const { start, end, text } = found!.context;
    expect(text).toBe('Pour boiled water now.\n\n# Coffee\n\nGrind the beans.');
    expect(TEXT.slice(start, end)).toBe(text);
  });

  it.each([
    [{ mode: 'vector' as const }, /no embedder/u],
    [{ mode: 'words' as never }, /mode does not fit/u],
    [{ weights: { lexical: 0, vector: 0 } }, /weights does not fit/u],
    [{ mmr: 2 }, /mmr does not fit/u],
    [{ k: 200, candidates: 100 }, /candidates does not fit/u],
    [{ topK: 3 } as never, /no such option/u],
  ])('refuses %j', async (options, message) => {
    await expect(retrieve(memoryStore(), 'tea', options)).rejects.toThrow(message);
  });
});
