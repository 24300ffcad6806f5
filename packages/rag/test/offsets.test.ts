import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkDocument, parseDocuments, recursiveSplitter, structureSplitter, windowSplitter } from '../src/index.ts';
import type { Format, Splitter } from '../src/index.ts';

const word = fc.constantFrom(
  'cat',
  'not',
  'naïve',
  '猫は',
  '𝒳𝒴',
  '👩‍👩‍👧',
  '&amp;',
  '\\fBbold\\fP',
  'x'.repeat(70),
  '\uD800',
  "don't",
  '1,000',
  '\u00a0',
);
const words = fc.array(word, { minLength: 1, maxLength: 12 }).map((list) => list.join(' '));
const lines: Readonly<Record<Exclude<Format, 'jsonl'>, fc.Arbitrary<string>>> = {
  markdown: fc.oneof(
    words,
    words.map((text) => `## ${text}`),
    words.map((text) => `- ${text}\n  - ${text}`),
    words.map((text) => `| a | b |\n|---|---|\n| ${text} | c |`),
    words.map((text) => `\`\`\`ts\n${text}\n\n  ${text}\n\`\`\``),
    words.map((text) => `> ${text}`),
    fc.constantFrom('', '---', '    indented', '```', '\t', '<div>', '[a]: b', '===', '\u0000', '# '),
  ),
  html: fc.oneof(
    words.map((text) => `<p>${text}`),
    words.map((text) => `<h2>${text}</h2>`),
    words.map((text) => `<ul><li>${text}<li>${text}</ul>`),
    words.map((text) => `<table><tr><td>${text}<td>${text}</table>`),
    words.map((text) => `<pre>  ${text}\n\n ${text}</pre>`),
    fc.constantFrom(
      '<script>no()</script>',
      '</div>',
      '<',
      '<!--',
      '<br>',
      '<title>T</title>',
      '<ol>',
      '</ol>',
      '&#x1F600;',
    ),
  ),
  man: fc.oneof(
    words,
    words.map((text) => `.SH ${text}`),
    words.map((text) => `.TP\n.B ${text}\n${text}`),
    words.map((text) => `.nf\n  ${text}\n.fi`),
    words.map((text) => `.Op Fl a Ar ${text} .`),
    fc.constantFrom(
      '.TH LS 1',
      '.PP',
      '.SH',
      '.ig',
      '..',
      '.BR a (1)',
      '\\',
      '.',
      "'",
      '.TS',
      'l l.',
      '.if n \\{',
      '.\\}',
    ),
  ),
  text: fc.oneof(words, fc.constantFrom('', ' ', '\r', '\t')),
  code: fc.oneof(
    words.map((text) => `function f() {\n  return '${text}';\n}`),
    fc.constantFrom('', '}', '  x', '// a'),
  ),
};
const splitters: readonly Splitter[] = [
  structureSplitter({ maxWords: 1 }),
  structureSplitter({ maxWords: 7 }),
  structureSplitter(),
  recursiveSplitter({ maxWords: 5 }),
  windowSplitter({ size: 4, overlap: 3 }),
  windowSplitter({ size: 2, overlap: 1, unit: 'sentences' }),
  windowSplitter({
    size: 3,
    unit: (text) => Array.from(text.matchAll(/\S+/gu), (match) => [match.index, match.index + match[0].length]),
  }),
];
const RUNS = 2000;

describe('offsets', () => {
  it.each(Object.keys(lines) as (keyof typeof lines)[])(
    'of 2,000 documents in %s are those of the raw text',
    async (format) => {
      const document = fc.array(lines[format], { minLength: 1, maxLength: 12 });
      const separator = fc.constantFrom('\n', '\n\n', '\r\n');
      let chunks = 0;
      await fc.assert(
        fc.asyncProperty(document, separator, fc.nat(splitters.length - 1), async (parts, between, which) => {
          const { documents } = await parseDocuments(parts.join(between), { source: 'a', format });
          const { document: parsed, blocks } = documents[0]!;
          // One look at the end: thousands of expectations would take longer than what they look at.
          const ends = [0, ...blocks.map((block) => block.end)];
          const inOrder = blocks.every(({ start, end }, index) => start >= ends[index]! && end > start);
          const found = chunkDocument(documents[0]!, { splitter: splitters[which] });
          const wrong = found.filter(
            ({ start, end, text }) => parsed.raw.slice(start, end) !== text || text.trim() === '',
          );
          chunks += found.length;
          return inOrder && ends.at(-1)! <= parsed.raw.length && wrong.length === 0;
        }),
        { numRuns: RUNS, seed: 15 },
      );
      expect(chunks).toBeGreaterThan(RUNS);
    },
  );

  it('no word of a document is lost by the splitter that keeps structure', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(words, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        async (list, maxWords) => {
          const { documents } = await parseDocuments(list.join('\n\n'), { source: 'a.md' });
          const chunks = chunkDocument(documents[0]!, { splitter: structureSplitter({ maxWords }) });
          const found = chunks.map(({ text }) => text.replaceAll(/\s+/gu, '')).join('');
          expect(found).toBe(list.join('').replaceAll(/\s+/gu, ''));
        },
      ),
      { numRuns: 300, seed: 15 },
    );
  });
});
