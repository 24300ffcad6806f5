import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import { dataset } from './dataset.ts';
import { kFold } from './k-fold.ts';

const numbered = (n: number) => dataset({ id: Int32Array.from({ length: n }, (_, i) => i) });
const ids = (data: { column(name: 'id'): { data: ArrayLike<number> } }): number[] => Array.from(data.column('id').data);

describe('kFold', () => {
  it('is an exact partition, for any sizes', () => {
    const cases = fc
      .integer({ min: 2, max: 40 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 2, max: n })));
    fc.assert(
      fc.property(cases, fc.maxSafeInteger(), fc.boolean(), ([n, k], seed, shuffle) => {
        const folds = kFold(numbered(n), { k, seed, shuffle });
        const all = Array.from({ length: n }, (_, i) => i);
        expect(folds.length).toBe(k);
        expect(folds.flatMap(({ test }) => ids(test)).sort((a, b) => a - b)).toEqual(all);
        for (const { train, test } of folds) {
          expect([...ids(train), ...ids(test)].sort((a, b) => a - b)).toEqual(all);
          expect([Math.floor(n / k), Math.ceil(n / k)]).toContain(test.size);
          expect(ids(test)).toEqual(ids(test).sort((a, b) => a - b));
        }
      }),
    );
  });

  it('has the folds of scikit-learn without shuffling', () => {
    const folds = kFold(numbered(10), { k: 3, shuffle: false });
    expect(folds.map(({ test }) => ids(test))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  it('gives every fold its share of every class', () => {
    const classes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 60 });
    fc.assert(
      fc.property(classes, fc.integer({ min: 2, max: 6 }), fc.boolean(), (labels, k, asText) => {
        const y = asText ? labels.map((label) => `class ${label}`) : Int32Array.from(labels);
        const data = dataset({ id: Int32Array.from(labels, (_, i) => i), y });
        const folds = kFold(data, { k, stratify: 'y', seed: 3 });
        for (const label of new Set(labels)) {
          const counts = folds.map(({ test }) => ids(test).filter((id) => labels[id] === label).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        const sizes = folds.map(({ test }) => test.size);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(folds.flatMap(({ test }) => ids(test)).sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
      }),
    );
  });

  it('depends on the seed alone', () => {
    const tests = (seed: number) => kFold(numbered(20), { k: 4, seed }).map(({ test }) => ids(test));
    expect(tests(1)).toEqual(tests(1));
    expect(tests(1)).not.toEqual(tests(2));
    expect(kFold(numbered(9).skip(3), { k: 3, shuffle: false }).map(({ test }) => ids(test))).toEqual([
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
  });

  it.each<[string, () => unknown, string]>([
    ['one fold', () => kFold(numbered(4), { k: 1 }), 'Got k 1 for 4 rows; expected an integer in 2 … 4'],
    ['more folds than rows', () => kFold(numbered(4), { k: 5 }), 'Got k 5 for 4 rows'],
    ['half a fold', () => kFold(numbered(4), { k: 2.5 }), 'Got k 2.5'],
    ['a seed of NaN', () => kFold(numbered(4), { k: 2, seed: NaN }), 'kFold: the seed is not an integer'],
    ['an unknown column', () => kFold(numbered(4), { k: 2, stratify: 'y' as 'id' }), "Got 'y'; expected one of id"],
    ['arrays as classes', () => kFold(dataset({ x: [[1], [2]] }), { k: 2, stratify: 'x' }), 'Got rows of shape [1]'],
  ])('refuses %s', (_, act, message) => {
    expect(act).toThrow(DataError);
    expect(act).toThrow(message);
  });
});

describe('Dataset.select', () => {
  it('gives the rows at positions, repeated as asked', () => {
    expect(ids(numbered(9).skip(2).select([3, 0, 3]))).toEqual([5, 2, 5]);
    expect(() => numbered(3).select([0, 3])).toThrowErrorMatchingInlineSnapshot(
      `[DataError: Dataset.select: there is no such row. Got 3; expected an integer in 0 … 2. Check the index.]`,
    );
    expect(() => numbered(3).select([1.5])).toThrow('Got 1.5');
  });
});
