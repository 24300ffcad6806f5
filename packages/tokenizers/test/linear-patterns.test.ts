import { describe, expect, it } from 'vitest';
import { fromOniguruma } from '../src/text/pattern.ts';
import { KNOWN_PATTERNS } from '../src/text/known-patterns.ts';
import { CharacterTest } from '../src/text/linear/character-test.ts';
import { compilePattern, parsePattern } from '../src/text/linear/compile.ts';
import { LinearRegExp } from '../src/text/linear/linear-reg-exp.ts';
import { wellFormed } from '../src/text/characters.ts';
import { translate } from '../src/text/translate.ts';
import { mulberry32, texts } from './texts.ts';

const linear = (source: string): LinearRegExp => new LinearRegExp('x', 'gv', compilePattern(parsePattern(source)));
const matches = (pattern: RegExp, text: string): [number, string][] =>
  Array.from(text.matchAll(pattern), ({ 0: found, index }) => [index, found]);

/** Seconds of processor time. */
function seconds(run: () => void): number {
  const { user, system } = process.cpuUsage();
  run();
  const after = process.cpuUsage();
  return (after.user - user + after.system - system) / 1e6;
}

const OTHERS = [
  String.raw`[!-/:-@][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`,
  String.raw` ?[^(\s|[.,!?…。，、।۔،])]+`,
  String.raw`(?<=[a-z])(?=[A-Z])|\b\w|(?<!\d)\d{3}(?=(?:\d{3})*(?!\d))`,
  String.raw`(?>a+)b|^.|.$|\R|\h+|[^]a-c&&\p{L}]+?x?`,
  String.raw`(?i:straße|[k-m])+|(?m:.)\z|(a|b)*c|\A\s*`,
];

describe('patterns that are searched for in linear time', () => {
  it.each([...KNOWN_PATTERNS, ...OTHERS])('finds what JavaScript finds: %s', (source) => {
    const [own, native] = [linear(source), translate(source)];
    for (const text of texts(11, 500))
      expect(matches(own, wellFormed(text))).toEqual(matches(native, wellFormed(text)));
  });

  it('keeps little of a class, however many characters it was asked about', () => {
    const bytes = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const before = bytes();
    const tests = Array.from(
      { length: 250 },
      (_, index) => new CharacterTest(`[\u00e9${String.fromCodePoint(0x400 + index)}]`),
    );
    let found = 0;
    for (let code = 0xe9; code < 0x20000; code += 0x100) for (const test of tests) found += Number(test.has(code));
    expect(found).toBe(251); // é in each, and U+04E9 in one
    expect(bytes() - before).toBeLessThan(120e6); // A byte for every character would be 280e6.
    // What was let go of is found again.
    for (const [index, test] of tests.entries())
      expect([0xe9, 0x400 + index, 0x3ff].map((code) => test.has(code))).toEqual([true, true, false]);
  });

  it('finds what JavaScript finds for patterns put together at random', () => {
    const random = mulberry32(21);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const part = (depth: number): string => {
      const kind = depth === 0 ? 0 : Math.floor(random() * 7);
      if (kind < 2) return pick(['a', 'b', 'c', '[ab]', '[^a]', '.', 'é', String.raw`\w`]);
      if (kind === 2) return `(?:${part(depth - 1)}|${part(depth - 1)})`;
      if (kind === 3) return `${part(depth - 1)}${part(depth - 1)}`;
      // What may be empty is repeated in another way by every matcher.
      if (kind === 4)
        return `(?:${part(0)}${part(depth - 1)})${pick(['*', '+', '?', '*?', '+?', '??', '{1,2}', '{2,}'])}`;
      if (kind === 5)
        return pick([`(?=${part(0)})`, `(?!${part(0)}${part(0)})`, `(?<=${part(0)})`, `(?<!${part(0)})`, '^', '$']);
      return `(?>${part(0)}${pick(['*', '+', ''])}|${part(0)})`;
    };
    let compared = 0;
    for (let round = 0; round < 1000; round++) {
      const source = part(4);
      // V8 of Node 20 has faults with the flag v: /(?:[^\n]é){1,2}/v finds a line break.
      const [own, native] = [linear(source), new RegExp(translate(source).source, 'gu')];
      for (let count = 0; count < 3; count++) {
        const text = Array.from({ length: Math.floor(random() * 14) }, () => pick(['a', 'b', 'c', 'é', '\n'])).join('');
        expect(matches(own, text), `${source} in ${JSON.stringify(text)}`).toEqual(matches(native, text));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(2000);
  });

  const hostile: readonly (readonly [pattern: string, text: (length: number) => string])[] = [
    [String.raw`(a+)+b`, (length) => 'a'.repeat(length)],
    [String.raw`(a|aa)+b|(a|a)*c`, (length) => 'a'.repeat(length)],
    [String.raw`(\s+)+x|\s+\z`, (length) => `${' '.repeat(length)}y`],
    [String.raw`\w*\w*\w*!`, (length) => 'w'.repeat(length)],
    [String.raw`(?=(?:a|aa)+b)a|a(?!a*b)c`, (length) => 'a'.repeat(length)],
    [String.raw`(?=a*c)a`, (length) => `${'a'.repeat(length)}c`],
    [String.raw`(?>a|aa)++b`, (length) => 'a'.repeat(length)],
    [String.raw`(.+)+(.+)+=`, (length) => 'x'.repeat(length)],
    [String.raw`a{0,9}a{0,9}b`, (length) => 'a'.repeat(length)],
  ];
  it.each(hostile)('%s takes twice as long for a text twice as long', (source, text) => {
    const pattern = fromOniguruma(source, 'test');
    const run = (length: number): number => seconds(() => matches(pattern, text(length)));
    run(1000);
    const [short, long] = [run(8000), run(32_000)];
    // Quadratic time would be sixteen times as long, and a second or more.
    expect(long).toBeLessThan(Math.max(0.8, short * 9));
  });

  it.each([
    [String.raw`(a)b+\1`, 'Backreference'],
    [String.raw`(?<n>a\g<n>?)`, 'Subroutine'],
    [String.raw`(?:a*)*b`, 'a repetition without end of what may be empty'],
    [String.raw`(?:a{1,1000}){1,1000}`, 'over 4096 instructions'],
    [String.raw`\Ga+b`, 'search_start'],
    [String.raw`\X+a`, String.raw`\X`],
  ])('refuses %s', (source, message) => {
    expect(() => fromOniguruma(source, 'pre_tokenizer.pattern')).toThrow(`(${message})`);
  });
});
