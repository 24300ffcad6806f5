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
  ['a\u{e0041}b', String.raw`"a\udb40\udc41b"`],
  [String.raw`C:\u0041\ 😀`, String.raw`"C:\\u0041\\ 😀"`],
])('case %#', (value, text) => {
  expect(quoted(value)).toBe(text);
});

it('is short, whatever it is of', () => {
  expect(quoted('x'.repeat(80))).toHaveLength(82);
  expect(quoted('x'.repeat(1e7)).length).toBeLessThanOrEqual(82);
  expect(quoted({ x: 'y'.repeat(1000) })).toHaveLength(81);
  for (const sign of ['\n', '\u001b', '\u007f', '\u202e', '\u{e0041}', '"', '\\', '😀', '\ud800']) {
    for (const lead of ['', 'x']) {
      expect(quoted(lead + sign.repeat(500)).length).toBeLessThanOrEqual(82);
      expect(quoted([lead + sign.repeat(500)], 20).length).toBeLessThanOrEqual(22);
    }
  }
});

it('is cut between signs, and can be read back', () => {
  for (const sign of ['\n', '\u001b', '\u007f', '\u{e0041}', '"', '\\', '😀']) {
    for (let lead = 0; lead < 14; lead += 1) {
      const text = 'x'.repeat(lead) + sign.repeat(500);
      const short = quoted(text, 40);
      const read: unknown = JSON.parse(`${short.slice(0, -1)}"`);
      expect(() => JSON.parse(`${quoted([text], 40).slice(0, -1)}"]`)).not.toThrow();
      // Halves of a sign above U+FFFF are escapes of their own.
      expect(text.startsWith(read as string), short).toBe(true);
      if (sign === '😀') expect(short).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    }
  }
});

it('names what cannot be written', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  const broken = {
    toJSON: () => {
      throw new TypeError('no');
    },
  };
  for (const value of [circle, broken]) expect(quoted(value)).toBe('what JSON does not hold');
});

it('ends for what is nested as deep as a parser goes', () => {
  const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
  expect(quoted(deep)).toBe('lists in lists too deep to be shown');
});
