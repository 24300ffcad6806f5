import { describe, expect, test } from 'vitest';
import { Box, Dict, Discrete, MultiBinary, MultiDiscrete, Text, Tuple } from '../src/index.ts';
import type { Space } from '../src/index.ts';
import { gymnasium } from './gymnasium.ts';

const makers: Record<string, () => Space> = {
  'Discrete(5, start=-2)': () => new Discrete(5, { start: -2 }),
  Box: () => new Box({ low: [-1, -Infinity, 0, -Infinity], high: [1, Infinity, Infinity, 3] }),
  'Box uint8': () => new Box({ low: 0, high: 255, shape: [2, 3], dtype: 'uint8' }),
  'Box float64': () => new Box({ low: -2, high: 7, shape: [3], dtype: 'float64' }),
  'Box int32': () => new Box({ low: -3, high: 4, shape: [6], dtype: 'int32' }),
  MultiDiscrete: () => new MultiDiscrete([5, 2, 7]),
  MultiBinary: () => new MultiBinary([3, 4]),
  Text: () => new Text(8),
  Tuple: () => new Tuple([new Discrete(3), new Box({ low: -1, high: 1, shape: [2] })]),
  Dict: () =>
    new Dict({
      position: new Box({ low: -1, high: 1, shape: [2] }),
      colour: new Discrete(3),
      bits: new MultiBinary(4),
    }),
};

/** Typed arrays as lists, so that values compare with JSON. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Float32Array)];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}

/** Nested lists as one list, for arrays of several axes. */
function level(value: unknown): unknown {
  return Array.isArray(value) && Array.isArray(value[0]) ? value.flat() : value;
}

describe('samples and flat vectors equal Gymnasium', () => {
  test.each(gymnasium.spaces)('$space, seed $seed', ({ space: name, seed, samples, flat }) => {
    const space = makers[name]!();
    samples.forEach((expected, index) => {
      const sample = index === 0 ? space.sample(seed) : space.sample();
      expect(plain(sample)).toEqual(name === 'Tuple' ? expected : level(expected));
      expect(space.contains(sample)).toBe(true);
      expect([...space.flatten(sample)]).toEqual(flat[index]);
      expect(plain(space.unflatten(space.flatten(sample)))).toEqual(plain(sample));
    });
  });
});
