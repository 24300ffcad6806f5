import { describe, expect, it } from 'vitest';
import { BM25Index, chunkDocument, parseDocuments, recursiveSplitter } from '../src/index.ts';
import type { Format } from '../src/index.ts';

/** What makes parsers go back, nest or join again and again: `n` is about the length. */
const hostile: readonly [name: string, format: Format, make: (n: number) => string][] = [
  ['open brackets', 'markdown', (n) => '['.repeat(n)],
  ['nested quotes', 'markdown', (n) => '> '.repeat(n / 2)],
  ['nested lists', 'markdown', (n) => '- '.repeat(n / 2)],
  ['emphasis', 'markdown', (n) => 'a**b '.repeat(n / 5)],
  ['headings', 'markdown', (n) => '# a\n'.repeat(n / 4)],
  ['open front matter', 'markdown', (n) => `---\n${'--- a\n'.repeat(n / 6)}`],
  ['a table of one column', 'markdown', (n) => `|a|\n|-|\n${'|b|\n'.repeat(n / 4)}`],
  ['spaces', 'markdown', (n) => `a${' '.repeat(n)}b`],
  ['unclosed tags', 'html', (n) => '<'.repeat(n)],
  ['closing tags', 'html', (n) => '</b>'.repeat(n / 4)],
  ['paragraphs', 'html', (n) => '<p>a'.repeat(n / 4)],
  ['rows', 'html', (n) => `<table>${'<tr><td>a'.repeat(n / 9)}`],
  ['attributes', 'html', (n) => `<a ${'b '.repeat(n / 2)}>`],
  ['entities', 'html', (n) => '&amp'.repeat(n / 4)],
  ['comments', 'html', (n) => '<!--'.repeat(n / 4)],
  ['macros in macros', 'man', (n) => `.Op ${'Op '.repeat(n / 3)}`],
  ['quotation marks', 'man', (n) => `.B ${'"'.repeat(n)}`],
  ['backslashes', 'man', (n) => '\\'.repeat(n)],
  ['brackets of escapes', 'man', (n) => '\\['.repeat(n / 2)],
  ['paragraphs of a page', 'man', (n) => 'a\n.PP\n'.repeat(n / 6)],
  ['a line without an end', 'text', (n) => 'x'.repeat(n)],
  ['empty lines', 'text', (n) => '\n \n'.repeat(n / 3)],
  ['closing brackets', 'code', (n) => '\n\n}'.repeat(n / 3)],
  ['JSON in JSON', 'jsonl', (n) => '['.repeat(n)],
];
const LENGTH = 20_000;

async function timeOf(text: string, format: Format): Promise<number> {
  const begin = process.cpuUsage();
  const { documents } = await parseDocuments(text, { source: 'a', format });
  for (const parsed of documents) {
    const chunks = chunkDocument(parsed);
    const again = chunkDocument(parsed, { splitter: recursiveSplitter({ maxWords: 20 }) });
    const index = new BM25Index();
    for (const { id, text: content } of [...chunks, ...again]) index.add(id, content);
    index.search('a b');
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

describe('hostile texts take time in proportion to their length', () => {
  it.each(hostile)('%s', async (_, format, make) => {
    await timeOf(make(LENGTH / 4), format);
    const short = await timeOf(make(LENGTH), format);
    const long = await timeOf(make(4 * LENGTH), format);
    // In proportion is 4, with the square 16; what takes a few milliseconds says nothing.
    expect(long / Math.max(short, 20)).toBeLessThan(10);
  });
});

it('nesting without end is refused in HTML, with the depth', async () => {
  await expect(parseDocuments('<div>'.repeat(600), { source: 'a.html' })).rejects.toThrow(/nested too deep.*512/u);
});
