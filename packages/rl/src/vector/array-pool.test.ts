import { expect, test } from 'vitest';
import { ArrayPool } from './array-pool.ts';

test('every array is new, zero, aligned and its own', () => {
  const pool = new ArrayPool();
  const kinds = ['float32', 'uint8', 'float64', 'int16', 'int32'] as const;
  const arrays = Array.from({ length: 500 }, (_, index) => pool.take(kinds[index % 5]!, 17 + (index % 90)));
  for (const array of arrays) expect(array.every((value) => value === 0)).toBe(true);
  arrays.forEach((array, index) => array.fill(index % 100));
  arrays.forEach((array, index) => {
    expect(array.length).toBe(17 + (index % 90));
    expect(array.every((value) => value === index % 100)).toBe(true);
    expect(array.byteOffset % array.BYTES_PER_ELEMENT).toBe(0);
  });
  for (const length of [0, 8, 9, 64, 65, 5000]) {
    expect([pool.float64(length).length, pool.uint8(length).length]).toEqual([length, length]);
  }
  expect(pool.take('float32', 0).length).toBe(0);
  expect(pool.take('float32', 100_000).length).toBe(100_000);
});
