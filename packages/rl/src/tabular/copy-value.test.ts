import { expect, test } from 'vitest';
import { copyValue } from './copy-value.ts';

test('copies buffers of every kind all the way down, and leaves the rest', () => {
  class Own {}
  const own = new Own();
  const value = {
    typed: Float32Array.of(1, 2),
    list: [1, [Int8Array.of(3)]],
    map: new Map([['a', [1]]]),
    set: new Set([1]),
    bytes: Uint8Array.of(7).buffer,
    own,
    text: 'x',
    nothing: null,
  };
  const copy = copyValue(value);
  expect(copy).toEqual(value);
  value.typed[0] = 9;
  (value.list[1] as Int8Array[])[0]![0] = 9;
  value.map.get('a')![0] = 9;
  value.set.add(2);
  new Uint8Array(value.bytes)[0] = 9;
  expect(copy.typed[0]).toBe(1);
  expect((copy.list[1] as Int8Array[])[0]![0]).toBe(3);
  expect(copy.map.get('a')).toEqual([1]);
  expect([...copy.set]).toEqual([1]);
  expect(new Uint8Array(copy.bytes)[0]).toBe(7);
  expect(copy.own).toBe(own);
  expect(copyValue(5)).toBe(5);
});

test('a value that holds itself', () => {
  const info: Record<string, unknown> = { n: 1 };
  info['self'] = info;
  const copy = copyValue(info);
  expect(copy['self']).toBe(copy);
  expect(copy).not.toBe(info);
});
