import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';

const SILENT = { write: () => true };

async function linesIn(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks), SILENT)) lines.push(line);
  return lines;
}

describe('linesOf', () => {
  it.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['an empty line', ['\n'], ['']],
    ['a last line without an end', ['a\nb'], ['a', 'b']],
    ['each way to end a line', ['a\r\nb\rc\nd\r'], ['a', 'b', 'c', 'd']],
    ['an end in two chunks', ['a\r', '\nb\r', 'c'], ['a', 'b', 'c']],
    ['what ends a line in other places only', ['a\u2028b\u2029c\u0085d\n'], ['a\u2028b\u2029c\u0085d']],
    ['a line in many chunks', ['a', 'b', 'c\nd'], ['abc', 'd']],
  ])('%s', async (_, chunks, lines) => {
    expect(await linesIn(...chunks)).toEqual(lines);
    expect(await linesIn(...chunks.map((chunk) => Buffer.from(chunk)))).toEqual(lines);
  });

  it('a sign in two chunks, and a mark of the order of bytes', async () => {
    const bytes = Buffer.from('\ufeffé😀\n');
    expect(await linesIn(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(['é😀']);
  });

  it('refuses a line without an end', async () => {
    const chunk = 'x'.repeat(1 << 20);
    await expect(linesIn(...Array.from({ length: 17 }, () => chunk))).rejects.toThrow('a line is too long');
  });
});
