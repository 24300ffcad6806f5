import { expect, it } from 'vitest';
import { plain, plainJson, plainText } from './plain.ts';

it('shows what would move a cursor as a code, on one line', () => {
  expect(plain('a\u001b]0;x\u0007b\u009b31m\r\u202egpj.exe\u2028')).toBe(
    String.raw`a\u001b]0;x\u0007b\u009b31m\u000d\u202egpj.exe\u2028`,
  );
  expect(plain("Got 'a\n  b'; expected c.\nDo d.")).toBe("Got 'a b'; expected c. Do d.");
  expect(plain('日本 é 😀 "\\"')).toBe('日本 é 😀 "\\"');
  expect(plain('a\n\u0007b', '·')).toBe('a··b');
  expect(plain('a\u200bb\u2066c')).toBe(String.raw`a\u200bb\u2066c`);
});

it('takes time in proportion to the text, whatever it consists of', () => {
  const spaces = ' '.repeat(1_000_000);
  const before = process.cpuUsage();
  expect(plain(`${spaces}a`)).toBe(`${spaces}a`);
  // Going back over the spaces takes minutes.
  expect(process.cpuUsage(before).user).toBeLessThan(5e6);
});

it('keeps the lines of a text, and what joins its characters', () => {
  expect(plainText('a\n\tb\u001b[2J\r\u009b1m\u202e👩\u200d🚀\u{e0041}')).toBe(
    String.raw`a
	b\u001b[2J\u000d\u009b1m\u202e👩‍🚀\udb40\udc41`,
  );
});

it('escapes in JSON what is the same to who parses it', () => {
  const value = { text: 'a\u009b2J\u202e"\\\n\u{e0041}é' };
  expect(plainJson(value)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(plainJson(value))).toEqual(value);
});
