import { expect, it } from 'vitest';
import { quoted } from './quoted.ts';

it.each<[unknown, string]>([
  ['plain', '"plain"'],
  ['a\u001b]0;evil\u0007\n\r\u009b31m\u007f', String.raw`"a\u001b]0;evil\u0007\n\r\u009b31m\u007f"`],
  ['exe\u202Egpj\u2028\uFEFF\u200B', String.raw`"exe\u202egpj\u2028\ufeff\u200b"`],
  ['\ud800', String.raw`"\ud800"`],
  ['e\u0301 日本 😀', '"e\u0301 日本 😀"'],
  [{ a: [1, null] }, '{"a":[1,null]}'],
  [{ big: 2n ** 64n }, '{"big":"18446744073709551616"}'],
  [undefined, 'nothing'],
  [NaN, 'null'],
])('case %#', (value, text) => {
  expect(quoted(value)).toBe(text);
});

it('is short, whatever it is of', () => {
  expect(quoted('x'.repeat(80))).toHaveLength(82);
  expect(quoted('x'.repeat(1e7)).length).toBeLessThanOrEqual(82);
  expect(quoted({ x: 'y'.repeat(1000) })).toHaveLength(81);
  expect(quoted('\n'.repeat(500)).length).toBeLessThanOrEqual(82);
});

it('ends for what is nested as deep as a parser goes', () => {
  const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
  expect(quoted(deep)).toBe('lists in lists too deep to be shown');
});
