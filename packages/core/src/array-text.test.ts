import { expect, it } from 'vitest';
import { arrayText } from './array-text.ts';
import type { TypedArray } from './dtype.ts';

it('looks at the ends of long axes alone', () => {
  const size = 2 ** 40;
  const digits = new Proxy({}, { get: (_, name) => (name === 'length' ? size : Number(name) % 10) }) as TypedArray;
  expect(arrayText(digits, { dtype: 'int32', shape: [size] })).toBe('[0, 1, 2, ..., 3, 4, 5]');
  expect(arrayText(digits, { dtype: 'int32', shape: [2 ** 20, 2 ** 20] }).split('\n')).toHaveLength(7);
});
