import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metadata } from '../documents/document.ts';
import { matches } from './filter.ts';
import type { Filter } from './filter.ts';

const value = fc.oneof(fc.constantFrom('a', 'ab', 'b', '', '1'), fc.constantFrom(0, 1, 2, -1.5), fc.boolean());
const key = fc.constantFrom('x', 'y', 'z.w');
const bound = fc.oneof(
  fc.record({ gte: fc.integer({ min: -2, max: 2 }), lt: fc.integer({ min: -2, max: 2 }) }, { requiredKeys: [] }),
  fc.record({ gt: fc.constantFrom('', 'a', 'b'), lte: fc.constantFrom('', 'ab', 'b') }, { requiredKeys: [] }),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ key, eq: value }),
    fc.record({ key, in: fc.array(value, { maxLength: 3 }) }),
    fc.record({ key, range: bound.filter((range) => Object.keys(range).length > 0) }),
    fc.record({ key, prefix: fc.constantFrom('', 'a', 'ab') }),
    fc.record({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ),
}));
const metadata = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });

/** The meaning, written a second time: by sets of documents, as a database does it. */
function selected(all: readonly Metadata[], given: Filter): Set<Metadata> {
  const where = (test: (found: unknown) => boolean): Set<Metadata> => {
    const { key: name } = given as { key: string };
    return new Set(all.filter((each) => Object.keys(each).includes(name) && test(each[name])));
  };
  if ('and' in given) return given.and.reduce((left, each) => intersect(left, selected(all, each)), new Set(all));
  if ('or' in given) return new Set(given.or.flatMap((each) => [...selected(all, each)]));
  if ('not' in given) {
    const inner = selected(all, given.not);
    return new Set(all.filter((each) => !inner.has(each)));
  }
  if ('eq' in given) return where((found) => found === given.eq);
  if ('in' in given) return where((found) => given.in.includes(found as string));
  if ('prefix' in given)
    return where((found) => typeof found === 'string' && found.slice(0, given.prefix.length) === given.prefix);
  return where((found) =>
    Object.entries(given.range).every(([name, limit]) => {
      if (limit === undefined) return true;
      if (typeof found !== typeof limit) return false;
      const order = (found as number) < (limit as number) ? -1 : found === limit ? 0 : 1;
      return { gte: order >= 0, gt: order > 0, lte: order <= 0, lt: order < 0 }[name]!;
    }),
  );
}

const intersect = (a: ReadonlySet<Metadata>, b: ReadonlySet<Metadata>): Set<Metadata> =>
  new Set([...a].filter((each) => b.has(each)));

describe('filters', () => {
  it('10,000 at random select what sets of documents do', () => {
    let some = 0;
    fc.assert(
      fc.property(fc.array(metadata, { minLength: 5, maxLength: 5 }), filter, (all, given) => {
        const expected = selected(all, given);
        some += expected.size > 0 && expected.size < all.length ? 1 : 0;
        return all.every((each) => matches(each, given) === expected.has(each));
      }),
      { numRuns: 10_000, seed: 15 },
    );
    expect(some).toBeGreaterThan(2000);
  });

  it.each([
    [{ key: '__proto__', eq: 1 }],
    [{ key: "a' OR 1=1", eq: 1 }],
    [{ key: 'a', eq: null }],
    [{ key: 'a', eq: Number.NaN }],
    [{ key: 'a', in: 'abc' }],
    [{ key: 'a', range: {} }],
    [{ key: 'a', range: { gte: 1, lt: 'b' } }],
    [{ key: 'a', range: { above: 1 } }],
    [{ key: 'a', prefix: 1 }],
    [{ key: 'a', regex: 'a' }],
    [{ key: 'a', eq: 1, in: [1] }],
    [{ and: [], or: [] }],
    [{ and: { 0: 1 } }],
    [{}],
    [null],
    ['a = 1'],
    [Array.from({ length: 40 }).reduce<unknown>((inner) => ({ not: inner }), { key: 'a', eq: 1 })],
    [{ or: Array.from({ length: 1001 }, () => ({ key: 'a', eq: 1 })) }],
  ])('refuses %j', (given) => {
    expect(() => matches({ a: 1 }, given as Filter)).toThrow(/^matches: .*Nothing was searched/u);
  });
});
