import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hashingEmbedder } from '@gai/providers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../src/index.ts';
import { ingest } from '../src/node.ts';

let folder: string;
const put = async (name: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), content);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-rag-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('ingest', () => {
  it('reads what it knows, passes over what it does not, and says where it comes from', async () => {
    await put('a.md', '# Tea\n\nBoil water.');
    await put('b/c.html', '<h1>Cats</h1><p>Cats sleep.');
    await put('b/ls.1.gz', gzipSync('.TH LS 1\n.SH NAME\nls \\- list files'));
    await put('picture.png', 'x');
    await put('.git/config.md', 'hidden');
    await put('node_modules/x/readme.md', 'not ours');
    const store = memoryStore();
    const report = await ingest(store, folder, { metadata: { set: 'test' } });
    expect(report).toMatchObject({ files: 3, skipped: 1, added: 3, removed: 0, chunks: 3, refused: [] });
    const documents = (await store.list()).map(({ id }) => id.slice(folder.length + 1));
    expect(documents).toEqual(['a.md', 'b/c.html', 'b/ls.1.gz']);
    const [found] = await store.lexical('list files', { filter: { key: 'set', eq: 'test' } });
    expect(found!.chunk).toMatchObject({ text: 'ls - list files', path: ['ls(1)', 'NAME'] });
  });

  it('done again leaves alone what stayed, and follows what changed, went, moved and was copied', async () => {
    const store = memoryStore();
    await put('a.md', 'one');
    await put('b.md', 'two');
    await put('c.md', 'three');
    await put('copy.md', 'one');
    expect(await ingest(store, folder)).toMatchObject({ added: 3, duplicates: 1, chunks: 3 });
    expect(await ingest(store, folder)).toMatchObject({ unchanged: 3, added: 0, updated: 0, duplicates: 1, chunks: 0 });
    await put('b.md', 'two and more');
    await rm(join(folder, 'c.md'));
    expect(await ingest(store, folder)).toMatchObject({ unchanged: 1, updated: 1, removed: 1, chunks: 1 });
    expect(await store.lexical('three')).toEqual([]);
    await rename(join(folder, 'b.md'), join(folder, 'd.md'));
    expect(await ingest(store, folder)).toMatchObject({ removed: 1, added: 1 });
    expect((await store.list()).map(({ id }) => id.slice(-4))).toEqual(['a.md', 'd.md']);
    expect(await ingest(store, folder, { metadata: { year: 2024 } })).toMatchObject({ updated: 2 });
  });

  it('refuses links, what is too large, too deep, no text or a bomb, each with the reason, and reads the rest', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'gai-rag-'));
    await writeFile(join(outside, 'secret.md'), 'secret');
    await symlink(join(outside, 'secret.md'), join(folder, 'file-link.md'));
    await symlink(outside, join(folder, 'folder-link'));
    await symlink(folder, join(folder, 'circle'));
    await put('large.txt', 'x '.repeat(2000));
    await put('bomb.txt.gz', gzipSync('x\n'.repeat(100_000)));
    await put('broken.txt.gz', 'no gzip');
    await put('latin.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9));
    await put('binary.txt', 'a\0b');
    await put('deep/er/and/on.md', 'deep');
    await put('nested.html', '<div>'.repeat(600));
    await put('lines.jsonl', '{"text": "good"}\nbad');
    await put('good.md', 'good words');
    const store = memoryStore();
    const report = await ingest(store, folder, { maxBytes: 3500, maxDepth: 3 });
    const reasons = report.refused.map(({ source, reason }) => `${source.slice(folder.length + 1)}: ${reason}`);
    expect(reasons.sort()).toEqual([
      'binary.txt: no text: it holds NUL',
      'bomb.txt.gz: unpacked more than 3500 bytes',
      'broken.txt.gz: no gzip',
      'circle: a symbolic link; links are not followed',
      'deep/er/and: a folder that lies too deep',
      'file-link.md: a symbolic link; links are not followed',
      'folder-link: a symbolic link; links are not followed',
      'large.txt: 4000 bytes; at most 3500 are read',
      'latin.txt: no UTF-8',
      'lines.jsonl:2: no JSON',
      expect.stringMatching(/^nested\.html: parseDocuments: elements are nested too deep/u),
    ]);
    expect((await store.list()).map(({ source }) => source.slice(folder.length + 1))).toEqual([
      'good.md',
      'lines.jsonl',
    ]);
    await rm(outside, { recursive: true });
  });

  it('stops at a number of files without removing what it did not see, and by a signal', async () => {
    const store = memoryStore();
    for (const name of ['a.md', 'b.md', 'c.md']) await put(name, name);
    await ingest(store, folder);
    const report = await ingest(store, folder, { maxFiles: 2 });
    expect(report).toMatchObject({ unchanged: 2, removed: 0 });
    expect(report.refused[0]!.reason).toBe('more than 2 files; the rest was not read');
    expect(await store.list()).toHaveLength(3);
    await expect(ingest(store, folder, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/u);
  });

  it('takes one file and patterns, and gives chunks vectors', async () => {
    const store = memoryStore();
    await put('a.md', 'one');
    await put('b/c.md', 'two');
    await put('b/d.txt', 'three');
    const patterns = await ingest(store, `${folder}/**/*.md`, { embedder: hashingEmbedder({ dimensions: 4 }) });
    expect(patterns).toMatchObject({ files: 2, added: 2 });
    const id = `${folder}/b/c.md`;
    expect((await store.get(id))!.vectors).toHaveLength(1);
    expect(await ingest(store, `${folder}/b/d.txt`)).toMatchObject({ files: 1, added: 1, removed: 0 });
    expect(await store.list()).toHaveLength(3);
  });

  it.each([
    ['nowhere/at/all', {}, /nothing to read/u],
    ['', {}, /path does not fit/u],
    ['.', { maxBytes: 0 }, /maxBytes does not fit/u],
    ['.', { maxSeconds: 0 }, /maxSeconds does not fit/u],
    ['.', { followLinks: true } as never, /no such option/u],
  ])('refuses %s %j', async (path, options, message) => {
    await expect(ingest(memoryStore(), path, options)).rejects.toThrow(message);
  });
});
