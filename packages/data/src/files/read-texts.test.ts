import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTexts } from './read-texts.ts';
import type { ReadTextsOptions, TextDocument } from './read-texts.ts';

const folder = mkdtempSync(join(tmpdir(), 'gai-texts-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function all(path: string, options?: ReadTextsOptions): Promise<TextDocument[]> {
  const found: TextDocument[] = [];
  for await (const one of readTexts(path, options)) found.push(one);
  return found;
}

const file = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('readTexts', () => {
  it('reads the files of a folder in the order of their names', async () => {
    for (const name of ['set', 'set/b', 'set/.hidden', 'set/empty']) mkdirSync(join(folder, name));
    file('set/c.txt', 'third');
    file('set/a.md', 'first');
    file('set/b/x.TXT', 'second');
    file('set/picture.png', 'no text');
    file('set/d.txt', '');
    file('set/.hidden/e.txt', 'hidden');
    symlinkSync(join(folder, 'set/c.txt'), join(folder, 'set/link.txt')); // may lead out of the folder, or round in it
    expect(await all(join(folder, 'set'))).toEqual([
      { name: 'a.md', text: 'first' },
      { name: 'b/x.TXT', text: 'second' },
      { name: 'c.txt', text: 'third' },
    ]);
    expect((await all(join(folder, 'set'), { extensions: ['.png'] })).map(({ name }) => name)).toEqual(['picture.png']);
    await expect(all(join(folder, 'set/empty'))).rejects.toThrow('readTexts: there is no text. Got no file ending in');
  });

  it('cuts long files behind an empty line, a line, a space, or anywhere, and loses nothing', async () => {
    const cut = async (text: string): Promise<string[]> =>
      (await all(file('long', text), { maxLength: 10 })).map((piece) => piece.text);
    expect(await cut('aaa\nbbb\n\nccc\nddd')).toEqual(['aaa\nbbb\n\n', 'ccc\nddd']);
    expect(await cut('aaa bb\nccc ddd eee')).toEqual(['aaa bb\n', 'ccc ddd ', 'eee']);
    expect(await cut('aaaaaaaaaaaaaaa')).toEqual(['aaaaaaaaaa', 'aaaaa']);
    expect(await cut('123456789🙂🙂')).toEqual(['123456789', '🙂🙂']);
    const text = Array.from({ length: 90_000 }, (_, index) => `${index} é`).join('\n');
    const found = await all(file('large', text), { maxLength: 5000 });
    expect(found.map((piece) => piece.text).join('')).toBe(text);
    expect(Math.max(...found.map((piece) => piece.text.length))).toBeLessThanOrEqual(5000);
  });

  it('says what is wrong', async () => {
    await expect(all(join(folder, 'none'))).rejects.toThrow('readTexts: the text cannot be read. Got ENOENT');
    await expect(all(file('latin', Uint8Array.of(97, 0xe9, 98)))).rejects.toThrow('the file is no text');
    await expect(all(file('cut', Uint8Array.of(97, 0xc3)))).rejects.toThrow('the file is no text');
    await expect(all(file('any', 'a'), { maxLength: 1 })).rejects.toThrow('maxLength does not fit');
  });
});
