import { describe, expect, test } from 'vitest';
import { Box, concatenate, Dict, Discrete, iterate, MultiBinary, MultiDiscrete, Text, Tuple } from '../index.ts';

test('contains', () => {
  const box = new Box({ low: [-1, 0], high: [1, 2] });
  expect([[0, 1], [0, 3], [0], 'a', null, [0, NaN]].map((value) => box.contains(value))).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  const discrete = new Discrete(3, { start: -1 });
  expect([-1, 1, 2, 0.5, '0'].map((value) => discrete.contains(value))).toEqual([true, true, false, false, false]);
  expect(
    [
      [1, 2],
      [2, 2],
      [0.5, 0],
    ].map((value) => new MultiDiscrete([2, 3]).contains(value)),
  ).toEqual([true, false, false]);
  expect([[1, 0], [2, 0], [1]].map((value) => new MultiBinary(2).contains(value))).toEqual([true, false, false]);
  const text = new Text(3, { minLength: 2, charset: 'abc' });
  expect(['ab', 'a', 'abca', 'xy', 5].map((value) => text.contains(value))).toEqual([true, false, false, false, false]);
  const tuple = new Tuple([discrete, text]);
  expect([[0, 'ab'], [0], [0, 1]].map((value) => tuple.contains(value))).toEqual([true, false, false]);
  const dict = new Dict({ a: discrete, b: text });
  expect([{ a: 0, b: 'ab' }, { a: 0 }, { a: 0, b: 'ab', c: 1 }, []].map((value) => dict.contains(value))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('a float32 box holds its own bounds as they were written, and no more', () => {
  const box = new Box({ low: -0.1, high: 0.7 });
  expect([[0.7], [-0.1], [Math.fround(0.7)], [0.7000001], [-0.1000001]].map((value) => box.contains(value))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(new Box({ low: 0, high: 0.7, dtype: 'float64' }).contains([0.7])).toBe(true);
  expect([[3], [0.5]].map((value) => new Box({ low: 0, high: 9, dtype: 'int32' }).contains(value))).toEqual([
    true,
    false,
  ]);
});

test('choices beyond 32 bits draw what NumPy draws', () => {
  const space = new Discrete(2 ** 33, { start: 5 });
  expect([space.sample(3), space.sample(), space.sample()]).toEqual([735720748, 2034186767, 6882895251]);
  expect(space.contains(space.sample())).toBe(true);
  expect(() => space.flatten(7)).toThrow('the vector would be too long. Got Discrete(8589934592, start=5)');
  expect(() => concatenate(space, [7])).toThrow('the choice is too wide to batch');
  expect(() => new MultiDiscrete([2 ** 33, 3])).toThrow('Got an nvec entry of 8589934592');
  expect([...new MultiDiscrete([2 ** 31, 3]).sample(3)]).toEqual([183930185, 0]);
});

test('toString is Gymnasium’s', () => {
  expect(String(new Box({ low: -2, high: 2 }))).toBe('Box(-2.0, 2.0, (1,), float32)');
  expect(String(new Box({ low: 0, high: 255, shape: [2, 3], dtype: 'uint8' }))).toBe('Box(0, 255, (2, 3), uint8)');
  expect(String(new Box({ low: [-1.2, -Infinity], high: [0.6, 0.07] }))).toBe(
    'Box([-1.2 -inf], [0.6 0.07], (2,), float32)',
  );
  expect(String(new Tuple([new Discrete(2), new MultiDiscrete([2, 3])]))).toBe(
    'Tuple(Discrete(2), MultiDiscrete([2 3]))',
  );
  expect(String(new Dict({ b: new MultiBinary(2), a: new Discrete(2, { start: 1 }) }))).toBe(
    "Dict('a': Discrete(2, start=1), 'b': MultiBinary(2))",
  );
});

test('masked samples take only allowed elements', () => {
  const space = new Discrete(4, { start: 10 });
  space.seed(0);
  const drawn = new Set(Array.from({ length: 40 }, () => space.sampleMasked([0, 1, 0, 1])));
  expect([...drawn].sort()).toEqual([11, 13]);
  expect(space.sampleMasked([0, 0, 0, 0])).toBe(10);
});

test('integer boxes with infinite bounds take the dtype’s range', () => {
  const box = new Box({ low: -Infinity, high: Infinity, dtype: 'int8' });
  expect([box.low[0], box.high[0]]).toEqual([-128, 127]);
});

test('a batch of tuples is taken apart', () => {
  const hand = new Tuple([new Discrete(32), new Discrete(11), new Discrete(2)]);
  const hands = [
    [20, 3, 0],
    [11, 4, 1],
    [5, 6, 0],
  ] as [number, number, number][];
  expect(iterate(hand, concatenate(hand, hands), 3)).toEqual(hands);
  expect(iterate(hand, hands, 3)).toEqual(hands);
});

test('concatenate and iterate are inverse', () => {
  const box = new Box({ low: 0, high: 9, shape: [2], dtype: 'uint8' });
  const space = new Dict({ place: box, kind: new Tuple([new Discrete(3), new Text(2)]) });
  const values = [1, 2, 3].map((seed) => space.sample(seed));
  const batch = concatenate(space, values);
  expect(batch.place.length).toBe(6);
  expect(iterate(box, batch.place, 3)).toEqual(values.map(({ place }) => place));
  expect(iterate(new Discrete(3), batch.kind[0], 3)).toEqual(values.map(({ kind }) => kind[0]));
});

describe('bad arguments', () => {
  test.each([
    ['n', () => new Discrete(0), 'Got n 0; expected an integer of at least 1'],
    ['start', () => new Discrete(2, { start: 0.5 }), 'start 0.5'],
    ['crossed', () => new Box({ low: 1, high: 0 }), 'Got low 1 and high 0 at element 0'],
    ['NaN', () => new Box({ low: NaN, high: 0 }), 'low is not a float32'],
    [
      'range',
      () => new Box({ low: -1, high: 5, dtype: 'uint8' }),
      'Got low -1 at element 0; expected a number from 0 to 255',
    ],
    ['length', () => new Box({ low: [0, 0], high: 1, shape: [3] }), 'Got 2 numbers; expected 3'],
    ['dtype', () => new Box({ low: 0, high: 1, dtype: 'bool' as never }), 'unknown dtype'],
    ['shape', () => new Box({ low: 0, high: 1, shape: [1.5] }), 'shape entry 1.5'],
    ['nvec', () => new MultiDiscrete([2, 0]), 'nvec entry 0'],
    ['empty nvec', () => new MultiDiscrete([]), 'nvec.length 0'],
    ['bits', () => new MultiBinary(0), 'n 0'],
    ['lengths', () => new Text(1, { minLength: 2 }), 'maxLength 1'],
    ['charset', () => new Text(1, { charset: '' }), 'charset length 0'],
    ['flatten', () => new Discrete(2).flatten(2), 'Got 2'],
    ['one-hot', () => new Discrete(2).unflatten([0, 0]), 'all zeros'],
    ['one-hots', () => new MultiDiscrete([2, 2]).unflatten([1, 0, 0, 0]), 'choice 1 is all zeros'],
    ['vector', () => new Box({ low: 0, high: 1 }).unflatten([0, 0]), 'Got 2 numbers; expected 1'],
    ['text', () => new Text(2).flatten('???'), 'Got "???"'],
    ['seed', () => new Discrete(2).sample(-3), 'Got -3'],
    ['mask', () => new Discrete(2).sampleMasked([1]), 'Got 1; expected n = 2'],
    ['batch', () => iterate(new Discrete(2), [0], 2), 'expected 2 elements of Discrete(2)'],
  ] as const)('%s', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});
