import { expect, it } from 'vitest';
import { StopFinder } from './stop-finder.ts';

/** The text before the first stop text that is complete; by trying every end. */
function cut(text: string, stops: readonly string[]): { text: string; isStopped: boolean } {
  for (let end = 1; end <= text.length; end++) {
    const found = stops.filter((stop) => text.slice(0, end).endsWith(stop)).map(({ length }) => length);
    if (found.length > 0) return { text: text.slice(0, end - Math.max(...found)), isStopped: true };
  }
  return { text, isStopped: false };
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const joined = (stops: readonly string[], pieces: readonly string[]): { text: string; isStopped: boolean } => {
  const finder = new StopFinder(stops);
  const parts = pieces.map((piece) => finder.push(piece));
  return { text: parts.map(({ text }) => text).join('') + finder.flush(), isStopped: parts.at(-1)?.isStopped ?? false };
};

it('finds what trying every place finds, wherever the pieces end, and never gives a part of it', () => {
  const random = mulberry32(3);
  const below = (count: number): number => Math.floor(random() * count);
  const alphabet = ['a', 'b', 'ab', '😀', '😁', 'é', '\n', '\u0301'];
  const word = (most: number): string => Array.from({ length: 1 + below(most) }, () => alphabet[below(8)]!).join('');
  for (let round = 0; round < 800; round++) {
    const stops = Array.from({ length: 1 + below(4) }, () => word(3));
    const pieces = Array.from({ length: below(12) }, () => (random() < 0.1 ? '' : word(4)));
    const expected = cut(pieces.join(''), stops);
    expect(joined(stops, pieces), JSON.stringify({ stops, pieces })).toEqual(expected);
    const finder = new StopFinder(stops);
    let seen = '';
    let taken = '';
    for (const piece of pieces) {
      taken += piece;
      seen += finder.push(piece).text;
      // Whatever comes next: nothing of it has been given, and all that can be has.
      expect(expected.text.startsWith(seen)).toBe(true);
      expect(/\p{Surrogate}/u.test(seen)).toBe(false);
      const held = expected.isStopped && seen.length >= expected.text.length ? '' : taken.slice(seen.length);
      if (!cut(taken, stops).isStopped) expect(held === '' || stops.some((stop) => stop.startsWith(held))).toBe(true);
    }
  }
});

it.each([
  [['</s>'], ['a<', '/', 's>b'], 'a', true],
  [['</s>'], ['a</', 't>'], 'a</t>', false],
  [['aab'], ['aaaaab'], 'aaa', true],
  [['b', 'abc'], ['ab'], 'a', true],
  [['bc', 'abc'], ['a', 'b', 'c'], '', true],
  [['\n\nUser:'], ['x\n', '\nUse', 'less'], 'x\n\nUseless', false],
  [['😀'], ['a😁😀'], 'a😁', true],
  [[], ['any'], 'any', false],
])('%j in %j', (stops, pieces, text, isStopped) => {
  expect(joined(stops, pieces)).toEqual({ text, isStopped });
});

it('takes linear time where what may be a stop text comes again and again', () => {
  const cost = (size: number): number => {
    const finder = new StopFinder([`${'a'.repeat(size)}b`, `${'a'.repeat(size / 2)}c`]);
    const { user } = process.cpuUsage();
    for (let count = 0; count < 20 * size; count++) finder.push('a');
    finder.flush();
    return process.cpuUsage().user - user;
  };
  cost(2_000);
  const [short, long] = [cost(2_000), cost(16_000)];
  expect(long, `${short} and ${long} µs`).toBeLessThan(28 * Math.max(short, 4_000));
});
