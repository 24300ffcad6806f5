import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzer } from '../text/analyzer.ts';
import { BM25Index } from './bm25-index.ts';

const plain = analyzer({ name: 'plain' });

/** The formula, word by word. */
function scoresOf(texts: ReadonlyMap<string, string>, query: string, k1: number, b: number): Map<string, number> {
  const lists = new Map([...texts].map(([id, text]) => [id, plain.terms(text)]));
  const mean = [...lists.values()].reduce((sum, { length }) => sum + length, 0) / lists.size;
  const scores = new Map<string, number>();
  for (const [id, list] of lists) {
    let score = 0;
    for (const term of plain.terms(query)) {
      const n = [...lists.values()].filter((each) => each.includes(term)).length;
      const f = list.filter((each) => each === term).length;
      if (f === 0) continue;
      const idf = Math.log(1 + (lists.size - n + 0.5) / (n + 0.5));
      score += (idf * f * (k1 + 1)) / (f + k1 * (1 - b + (b * list.length) / mean));
    }
    if (score > 0) scores.set(id, score);
  }
  return scores;
}

describe('BM25Index', () => {
  it('gives the scores of the formula, also after texts were changed and removed', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 }).map((list) => list.join(' '));
    const change = fc.record({ id: fc.constantFrom('1', '2', '3', '4', '5', '6'), text: fc.option(text) });
    const settings = fc.record({ k1: fc.constantFrom(0, 0.9, 1.2, 2), b: fc.constantFrom(0, 0.4, 0.75, 1) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), text, settings, (changes, query, { k1, b }) => {
        const index = new BM25Index({ analyzer: plain, k1, b });
        const texts = new Map<string, string>();
        for (const [at, { id, text: given }] of changes.entries()) {
          if (given === null) expect(index.remove(id)).toBe(texts.delete(id));
          else {
            index.add(id, given);
            texts.set(id, given);
          }
          if (at % 5 === 0) index.search(query);
        }
        expect(index.size).toBe(texts.size);
        const expected = scoresOf(texts, query, k1, b);
        const hits = index.search(query, { k: 6 });
        expect(hits.map(({ id }) => id).toSorted()).toEqual([...expected.keys()].toSorted());
        for (const [rank, { id, score }] of hits.entries()) {
          expect(score).toBeCloseTo(expected.get(id)!, 10);
          if (rank > 0) expect(hits[rank - 1]!.score).toBeGreaterThanOrEqual(score);
        }
      }),
      { numRuns: 300, seed: 15 },
    );
  });

  it('finds each of a thousand texts that share words, by the scores of the formula', () => {
    const texts = new Map(
      Array.from({ length: 1000 }, (_, at) => [`${at}`, `all ${at % 2 === 0 ? 'even' : 'odd odd'} third${at % 3}`]),
    );
    const index = new BM25Index({ analyzer: plain });
    for (const [id, text] of texts) index.add(id, text);
    const hits = index.search('all odd third1', { k: 1000 });
    expect(hits).toHaveLength(1000);
    const expected = scoresOf(texts, 'all odd third1', 1.2, 0.75);
    for (const { id, score } of hits) expect(score).toBeCloseTo(expected.get(id)!, 10);
  });

  it('orders equal scores by id, keeps the best k, and asks accept', () => {
    const index = new BM25Index();
    for (const id of ['c', 'a', 'e', 'b', 'd']) index.add(id, 'tea');
    index.add('x', 'tea tea');
    expect(index.search('tea', { k: 3 }).map(({ id }) => id)).toEqual(['x', 'a', 'b']);
    expect(index.search('tea', { k: 2, accept: (id) => id > 'b' && id < 'x' }).map(({ id }) => id)).toEqual(['c', 'd']);
  });

  it('counts the terms of a part as often as its weight says', () => {
    const weighted = new BM25Index({ analyzer: plain });
    const repeated = new BM25Index({ analyzer: plain });
    weighted.add('a', [
      { text: 'green tea', weight: 2 },
      { text: 'hot', weight: 1 },
    ]);
    repeated.add('a', 'green tea green tea hot');
    for (const index of [weighted, repeated]) index.add('b', 'cold tea');
    expect(weighted.search('tea')).toEqual(repeated.search('tea'));
  });

  it('finds nothing for stop words, unknown words and an empty index', () => {
    const index = new BM25Index();
    expect(index.search('tea')).toEqual([]);
    index.add('a', 'tea');
    expect(index.search('the of')).toEqual([]);
    expect(index.search('coffee __proto__ constructor')).toEqual([]);
  });

  it.each([
    [{ k1: -1 }, /k1/],
    [{ b: 2 }, /b does not fit/],
    [{ analyser: plain } as never, /Did you mean 'analyzer'/],
    [{ analyzer: 'en' as never }, /an Analyzer/],
  ])('refuses %o', (options, message) => {
    expect(() => new BM25Index(options)).toThrow(message);
  });
});
