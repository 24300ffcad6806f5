import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DTypeError, DataError, ShapeError } from '@gai/core';
import { Dataset, dataset } from './dataset.ts';
import type { HostArray } from './host-array.ts';

const points = dataset({
  x: { data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), shape: [4, 2] },
  y: Int32Array.of(0, 1, 1, 0),
  name: ['a', 'b', 'c', 'd'],
});

/** A data set whose row i holds the number i, with classes of the given sizes. */
function numbered(sizes: readonly number[]): Dataset<{ id: number; y: number }> {
  const y = sizes.flatMap((size, label) => Array.from({ length: size }, () => label));
  return dataset({ id: Int32Array.from(y, (_, i) => i), y: Int32Array.from(y) });
}

const ids = (data: Dataset<{ id: number; y: number }>): number[] => Array.from(data.rows(), (row) => row.id);

describe('dataset of columns', () => {
  it('gives rows as numbers, views and values', () => {
    const row = points.get(1);
    expect(points.size).toBe(4);
    expect(points.names).toEqual(['x', 'y', 'name']);
    expect(row).toEqual({ x: { data: Float32Array.of(2, 3), shape: [2], dtype: 'float32' }, y: 1, name: 'b' });
    expect(row.x.data.buffer).toBe(points.get(3).x.data.buffer);
    expectTypeOf(row).toEqualTypeOf<{ x: HostArray; y: number; name: string }>();
  });

  it('takes nested arrays, plain numbers and booleans', () => {
    const mixed = dataset(
      {
        a: [
          [[1], [2]],
          [[3], [4]],
        ],
        b: [1, 2.5],
        c: [true, false],
      },
      { dtypes: { b: 'float64' } },
    );
    expect(mixed.column('a')).toEqual({ data: Float32Array.of(1, 2, 3, 4), shape: [2, 2, 1], dtype: 'float32' });
    expect(mixed.column('b')).toEqual({ data: Float64Array.of(1, 2.5), shape: [2], dtype: 'float64' });
    expect(mixed.column('c')).toEqual({ data: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' });
    expect(mixed.get(0).c).toBe(true);
  });

  it('keeps the dtype asked for', () => {
    const data = dataset({ y: { data: [3, 4], dtype: 'int32' }, z: { data: Uint8Array.of(1, 0), dtype: 'bool' } });
    expect(data.gather()).toEqual({
      y: { data: Int32Array.of(3, 4), shape: [2], dtype: 'int32' },
      z: { data: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' },
    });
  });
});

describe('dataset of objects', () => {
  it('makes columns of the fields', () => {
    const data = dataset(
      [
        { x: Float32Array.of(1, 2), y: 0, text: 'no' },
        { x: Float32Array.of(3, 4), y: 1, text: 'yes' },
      ],
      {
        dtypes: { y: 'int32' },
        numClasses: 2,
      },
    );
    expectTypeOf(data.get(0)).toEqualTypeOf<{ x: HostArray; y: number; text: string }>();
    expect(data.gather(Uint32Array.of(1))).toEqual({
      x: { data: Float32Array.of(3, 4), shape: [1, 2], dtype: 'float32' },
      y: { data: Int32Array.of(1), shape: [1], dtype: 'int32' },
      text: ['yes'],
    });
  });
});

describe('views', () => {
  it('take, skip, filter and shuffle share the data', () => {
    const view = points.skip(1).take(2);
    expect(Array.from(view.rows(), (row) => row.name)).toEqual(['b', 'c']);
    expect(view.get(0).x.data.buffer).toBe(points.get(0).x.data.buffer);
    expect(points.take(9).size).toBe(4);
    expect(points.skip(9).size).toBe(0);
    expect(Array.from(points.filter((row) => row.y === 0).rows(), (row) => row.name)).toEqual(['a', 'd']);
    expect(points.filter((_, i) => i > 1).column('name')).toEqual(['c', 'd']);
  });

  it('maps rows and keeps dtypes of columns with the same name', () => {
    const doubled = points.map((row, i) => ({ y: row.y, first: row.x.data[0]! * 2, i }));
    expect(doubled.column('y').dtype).toBe('int32');
    expect(doubled.column('first')).toEqual({ data: Float32Array.of(0, 4, 8, 12), shape: [4], dtype: 'float32' });
    expect(() => points.map((row) => ({ y: row.y + 0.5 }))).toThrow('does not fit its dtype. Got 0.5');
    expect(points.map((row) => ({ y: row.y + 0.5 }), { dtypes: { y: 'float32' } }).get(1).y).toBe(1.5);
  });

  it('concatenates views of one data set without copying, others with', () => {
    const swapped = points.skip(2).concat(points.take(2));
    expect(swapped.column('name')).toEqual(['c', 'd', 'a', 'b']);
    expect(swapped.get(0).x.data.buffer).toBe(points.get(0).x.data.buffer);
    const copy = dataset({ x: { data: Float32Array.of(8, 9), shape: [1, 2] }, y: Int32Array.of(1), name: ['e'] });
    const both = points.skip(3).concat(copy, points.take(1));
    expect(both.gather()).toEqual({
      x: { data: Float32Array.of(6, 7, 8, 9, 0, 1), shape: [3, 2], dtype: 'float32' },
      y: { data: Int32Array.of(0, 1, 0), shape: [3], dtype: 'int32' },
      name: ['d', 'e', 'a'],
    });
  });
});

describe('splits', () => {
  const plans = fc.record({
    sizes: fc.array(fc.integer({ min: 5, max: 60 }), { minLength: 1, maxLength: 6 }),
    weights: fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 1, maxLength: 4 }),
    whole: fc.boolean(),
    seed: fc.maxSafeInteger(),
  });
  const fractionsOf = (weights: readonly number[], whole: boolean): number[] => {
    const sum = weights.reduce((a, b) => a + b) + (whole ? 0 : 1);
    return weights.map((weight) => weight / sum);
  };

  it('share out every row at most once, in the sizes asked for, the same for the same seed', () => {
    fc.assert(
      fc.property(plans, ({ sizes, weights, whole, seed }) => {
        const data = numbered([...sizes, 40]);
        const fractions = fractionsOf(weights, whole);
        const parts = data.split(fractions, { seed });
        const all = parts.flatMap(ids);
        expect(new Set(all).size).toBe(all.length);
        if (whole) expect(all.length).toBe(data.size);
        parts.forEach((part, k) => expect(Math.abs(part.size - fractions[k]! * data.size)).toBeLessThan(1 + 1e-9));
        expect(data.split(fractions, { seed }).map(ids)).toEqual(parts.map(ids));
      }),
    );
  });

  it('stratified: every class is shared out in the same fractions', () => {
    fc.assert(
      fc.property(plans, ({ sizes, weights, whole, seed }) => {
        const data = numbered([...sizes, 40]);
        const fractions = fractionsOf(weights, whole);
        const parts = data.stratifiedSplit(fractions, { by: 'y', seed });
        const all = parts.flatMap(ids);
        expect(new Set(all).size).toBe(all.length);
        if (whole) expect(all.length).toBe(data.size);
        const slack = fractions.length + (whole ? 0 : 1) <= 2 ? 1 : fractions.length;
        parts.forEach((part, k) => {
          expect(Math.abs(part.size - fractions[k]! * data.size)).toBeLessThan(slack);
          [...sizes, 40].forEach((size, label) => {
            const count = part.filter((row) => row.y === label).size;
            expect(Math.abs(count - fractions[k]! * size)).toBeLessThanOrEqual(slack + 1e-9);
          });
        });
        expect(data.stratifiedSplit(fractions, { by: 'y', seed }).map(ids)).toEqual(parts.map(ids));
      }),
    );
  });

  it('have exact totals where the fractions are whole numbers of rows', () => {
    const [train, test] = numbered([313, 500, 187]).stratifiedSplit([0.8, 0.2], { by: 'y' });
    expect([train.size, test.size]).toEqual([800, 200]);
    expectTypeOf(train).toEqualTypeOf<Dataset<{ id: number; y: number }>>();
  });

  it('differ by seed, and mix the classes', () => {
    const data = numbered([50, 50]);
    const [a] = data.stratifiedSplit([0.5], { by: 'y', seed: 1 });
    const [b] = data.stratifiedSplit([0.5], { by: 'y', seed: 2 });
    expect(ids(a)).not.toEqual(ids(b));
    const front = a.take(25).filter((row) => row.y === 0).size;
    expect(front).toBeGreaterThan(4);
    expect(front).toBeLessThan(21);
  });

  it('cut in order when asked to', () => {
    const [first, second] = numbered([10]).split([0.7, 0.3], { shuffle: false });
    expect(ids(first)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ids(second)).toEqual([7, 8, 9]);
  });

  it('work on views and by list columns', () => {
    const [left, right] = points
      .skip(0)
      .map((row) => ({ kind: row.y === 1 ? 'one' : 'none' }))
      .stratifiedSplit([0.5, 0.5], {
        by: 'kind',
      });
    expect([...left.column('kind')].sort()).toEqual(['none', 'one']);
    expect([...right.column('kind')].sort()).toEqual(['none', 'one']);
  });

  it('shuffle keeps all rows', () => {
    const shuffled = numbered([100]).shuffle({ seed: 3 });
    expect(ids(shuffled)).not.toEqual(ids(numbered([100])));
    expect(ids(shuffled).sort((a, b) => a - b)).toEqual(ids(numbered([100])));
  });
});

describe('bad data', () => {
  const x2 = Float32Array.of(1, 2);
  const cases: Record<string, readonly [new (message: string) => Error, () => unknown, string]> = {
    'no columns': [DataError, () => dataset({}), 'there are no rows. Got no columns'],
    'no rows': [DataError, () => dataset({ x: new Float32Array(0) }), "no rows. Got column 'x' of length 0"],
    'no objects': [DataError, () => dataset([]), 'there are no rows'],
    'unequal lengths': [DataError, () => dataset({ x: x2, y: [1] }), "Got 2 rows in 'x' and 1 in 'y'"],
    NaN: [DataError, () => dataset({ x: { data: Float32Array.of(1, 2, 3, NaN), shape: [2, 2] } }), 'Got NaN in row 1'],
    infinity: [DataError, () => dataset({ x: [-Infinity] }), 'Got -Infinity in row 0'],
    'a label too large': [
      DataError,
      () => dataset({ y: Int32Array.of(0, 10) }, { numClasses: 10 }),
      'Got 10 in row 1 of',
    ],
    'a negative label': [
      DataError,
      () => dataset({ t: [-1] }, { numClasses: { t: 3 } }),
      'expected an integer in 0 … 2',
    ],
    'a label between': [DataError, () => dataset({ y: [0.5] }, { numClasses: 3 }), 'Got 0.5 in row 0'],
    'labels that are images': [DataError, () => dataset({ y: [[1]] }, { numClasses: 3 }), 'holds no labels'],
    'an unknown label column': [DataError, () => dataset({ x: x2 }, { numClasses: 3 }), "Got 'y'"],
    'a shape too large': [
      ShapeError,
      () => dataset({ x: { data: x2, shape: [2, 2] } }),
      'Got 2 values for [2,2]; expected 4',
    ],
    'a shape without rows': [ShapeError, () => dataset({ x: { data: x2, shape: [] } }), 'no valid shape. Got []'],
    'a negative size': [ShapeError, () => dataset({ x: { data: x2, shape: [-1, -2] } }), 'no valid shape'],
    'ragged rows': [ShapeError, () => dataset({ x: [[1, 2], [3]] }), 'Got [1] in row 1; expected [2]'],
    'rows ragged inside': [ShapeError, () => dataset({ x: [[[1, 2], [3]]] }), 'differ in shape'],
    'ragged typed rows': [ShapeError, () => dataset([{ x: x2 }, { x: Float32Array.of(1) }]), 'Got [1] in row 1'],
    'mixed kinds': [DataError, () => dataset({ x: [1, 'two'] }), 'Got two in row 1; expected number'],
    'mixed arrays': [DataError, () => dataset({ x: [[1], null] as never }), 'Got null in row 1; expected array'],
    'mixed dtypes': [
      DataError,
      () => dataset([{ x: x2 }, { x: Int32Array.of(1, 2) }]),
      'Got int32 in row 1; expected float32',
    ],
    int64: [DTypeError, () => dataset({ y: BigInt64Array.of(1n) }), 'Got BigInt64Array; expected one of float32'],
    float16: [DTypeError, () => dataset({ y: { data: new Uint16Array(1), dtype: 'float16' } }), 'Got float16'],
    'a wrong array': [DTypeError, () => dataset({ y: { data: x2, dtype: 'int32' } }), 'Got Float32Array for int32'],
    'a fraction as int32': [DataError, () => dataset({ y: [1.5] }, { dtypes: { y: 'int32' } }), 'Got 1.5 at index 0'],
    'a large uint8': [DataError, () => dataset({ y: { data: [256], dtype: 'uint8' } }), 'an integer that uint8 holds'],
    'no column': [DataError, () => dataset({ y: 3 as never }), "column 'y' is not a column. Got number"],
    'a missing field': [DataError, () => dataset([{ a: 1 }, {} as { a: number }]), "Got no 'a' in row 1"],
    'a row past the end': [DataError, () => points.get(4), 'Got 4; expected an integer in 0 … 3'],
    'a position past the end': [DataError, () => points.gather(Uint32Array.of(0, 9)), 'Got 9'],
    'an unknown column': [DataError, () => points.column('z' as 'y'), "Got 'z'; expected one of x, y, name"],
    'a negative count': [DataError, () => points.take(-1), 'Got -1'],
    'other columns': [
      DataError,
      () => points.concat(dataset({ y: [1] }) as never),
      'the columns differ. Got y: float32 []',
    ],
    'fractions above 1': [DataError, () => points.split([0.8, 0.3]), 'sum of at most 1 (it is 1.1)'],
    'no fractions': [DataError, () => points.split([]), 'do not share out the rows'],
    'a fraction of NaN': [DataError, () => points.split([NaN]), 'Got [NaN]'],
    'an empty part': [DataError, () => points.split([0.95, 0.05]), 'Got fraction 0.05 of 4 rows for part 1'],
    'an empty stratified part': [DataError, () => points.stratifiedSplit([0.95, 0.05], { by: 'y' }), 'gets no rows'],
    'classes in images': [DataError, () => points.stratifiedSplit([0.5], { by: 'x' }), 'Got rows of shape [2]'],
    'a seed that is no integer': [DataError, () => points.split([0.5], { seed: 0.1 }), 'the seed is not an integer'],
  };

  it.each(Object.entries(cases))('%s', (_, [kind, act, message]) => {
    expect(act).toThrow(kind);
    expect(act).toThrow(message);
    expect(act).toThrow(/^[\w.]+: [^\n]*\. Got [^\n]*; expected [^\n]*\. [A-Z][^\n]*\.$/);
  });

  it('accepts NaN when told to', () => {
    expect(dataset({ x: [NaN] }, { validate: false }).get(0).x).toBeNaN();
  });

  it('reads well', () => {
    expect(() => dataset({ x: x2, y: [1] })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: dataset: columns differ in length. Got 2 rows in 'x' and 1 in 'y'; expected equal lengths. Drop the rows that have no counterpart.]`,
    );
    expect(() => dataset({ y: Int32Array.of(0, 10) }, { numClasses: 10 })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: dataset: a label is out of range. Got 10 in row 1 of 'y'; expected an integer in 0 … 9. Correct the label or numClasses (10).]`,
    );
  });
});
