import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStorage } from './file-storage.ts';
import { checkRegular } from './regular-file.ts';
import { isTemporary, temporaryName } from './temporary.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-storage-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('refuses paths that are none, whatever is done there', async () => {
  for (const path of ['a\0b', null, undefined, 5, {}] as string[]) {
    const asked = [
      fileStorage.size(path),
      fileStorage.version!(path),
      fileStorage.read(path),
      fileStorage.writeAtomic(path, [bytes(1)]),
      fileStorage.append!(path, bytes(1)),
      fileStorage.list(path),
      fileStorage.remove(path),
    ];
    for (const said of await Promise.all(asked.map(message))) expect(said).toContain('the path is none. Got ');
  }
});

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

async function message(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('did not fail'),
    (reason: unknown) => reason as Error,
  );
  return `${error.name}: ${error.message.replaceAll(folder, 'FOLDER')}`;
}

describe('writeAtomic', () => {
  it('writes chunks of any kind, making folders on the way', async () => {
    const path = join(folder, 'a', 'b', 'file.bin');
    await fileStorage.writeAtomic(path, [bytes(1, 2), bytes(), bytes(3)]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    async function* later(): AsyncGenerator<Uint8Array> {
      yield bytes(4);
      yield bytes(5, 6).subarray(1);
    }
    await fileStorage.writeAtomic(path, later());
    expect([...(await readFile(path))]).toEqual([4, 6]);
    await fileStorage.writeAtomic(path, []);
    expect(await fileStorage.size(path)).toBe(0);
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file.bin']);
  });

  it('shows readers the old file until the new one is whole', async () => {
    const path = join(folder, 'file.bin');
    await writeFile(path, 'old');
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield bytes(1);
      expect(await readFile(path, 'utf8')).toBe('old');
      expect(await fileStorage.list(folder)).toEqual(['file.bin']);
      yield bytes(2);
    }
    await fileStorage.writeAtomic(path, slowly());
    expect([...(await readFile(path))]).toEqual([1, 2]);
  });

  it('keeps the old file and cleans up when the data fails to come, with the error as it was', async () => {
    const path = join(folder, 'file.bin');
    await writeFile(path, 'old');
    const failure = new TypeError('no more data');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytes(1, 2, 3);
      throw failure;
    }
    await expect(fileStorage.writeAtomic(path, broken())).rejects.toBe(failure);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file.bin']);
  });

  it('lets two writes of one file both succeed; one of them is the file', async () => {
    const path = join(folder, 'file.bin');
    const large = (value: number): Uint8Array[] => Array.from({ length: 20 }, () => new Uint8Array(10_000).fill(value));
    await Promise.all([fileStorage.writeAtomic(path, large(1)), fileStorage.writeAtomic(path, large(2))]);
    const written = await readFile(path);
    expect(written.length).toBe(200_000);
    expect(new Set(written).size).toBe(1);
    expect(await readdir(folder)).toEqual(['file.bin']);
  });

  it('writes through a symbolic link', async () => {
    await mkdir(join(folder, 'disk'));
    await writeFile(join(folder, 'disk', 'real'), 'old');
    await symlink(join(folder, 'disk', 'real'), join(folder, 'link'));
    await fileStorage.writeAtomic(join(folder, 'link'), [Buffer.from('new')]);
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'disk', 'real'), 'utf8')).toBe('new');
  });

  it('removes what a killed process left, not what a live one writes', async () => {
    const path = join(folder, 'file.bin');
    const live = temporaryName(path);
    const dead = live.replace(`-${process.pid}-`, '-4194999-'); // above the largest process id of Linux
    const ofAnother = temporaryName(join(folder, 'other.bin')).replace(`-${process.pid}-`, '-4194999-');
    for (const name of [live, dead, ofAnother]) await writeFile(name, 'part');
    await fileStorage.writeAtomic(path, [bytes(1)]);
    const left = (await readdir(folder)).map((name) => join(folder, name));
    expect(left.sort()).toEqual([live, ofAnother, path].sort());
    expect(await fileStorage.list(folder)).toEqual(['file.bin']);
  });

  it('removes what a container left whose processes cannot be seen, once nobody writes to it', async () => {
    const path = join(folder, 'file.bin');
    const elsewhere = (name: string): string => name.replace(/\.[0-9a-f]{8}-\d+-/, '.0123abcd-1-');
    const [old, fresh] = [elsewhere(temporaryName(path)), elsewhere(temporaryName(path))];
    for (const name of [old, fresh]) await writeFile(name, 'part');
    const before = (await stat(old)).mtimeMs / 1000 - 1000;
    await utimes(old, before, before);
    await fileStorage.writeAtomic(path, [bytes(1)]);
    expect((await readdir(folder)).map((name) => join(folder, name)).sort()).toEqual([fresh, path].sort());
  });

  it('never gives a name twice, and never removes a file that was there', async () => {
    const path = join(folder, 'file.bin');
    const names = Array.from({ length: 1000 }, () => temporaryName(path));
    expect(new Set(names).size).toBe(1000);
    expect(names.every((name) => isTemporary(basename(name)))).toBe(true);
    // The process that was number 1 before this one, and its name with a counter.
    const left = join(folder, `.file.bin.0123abcd-${process.pid}-0.gai-tmp`);
    await writeFile(left, 'part');
    for (let round = 0; round < 3; round++) await fileStorage.writeAtomic(path, [bytes(round)]);
    expect(await readFile(left, 'utf8')).toBe('part');
    expect([...(await readFile(path))]).toEqual([2]);
  });

  it('replaces regular files only: no pipe, no socket, no device, no link that leads nowhere', async () => {
    const [pipe, link, circle] = [join(folder, 'pipe'), join(folder, 'link'), join(folder, 'circle')];
    await promisify(execFile)('mkfifo', [pipe]);
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    await symlink(join(folder, 'unmounted', 'model.bin'), link);
    await symlink(circle, circle);
    const targets = [pipe, join(folder, 'socket'), link, circle];
    const messages: string[] = [];
    for (const target of targets) messages.push(await message(fileStorage.writeAtomic(target, [bytes(1)])));
    server.close();
    expect(messages).toMatchInlineSnapshot(`
      [
        "GaiError: writeAtomic: it is not a regular file. Got a pipe at 'FOLDER/pipe'; expected a file, or a path where nothing is. Name a file.",
        "GaiError: writeAtomic: it is not a regular file. Got a socket at 'FOLDER/socket'; expected a file, or a path where nothing is. Name a file.",
        "GaiError: writeAtomic: the symbolic link leads nowhere. Got 'FOLDER/link'; expected a link to a file. Nothing was changed. Remove the link, or make what it leads to (a disk that is not mounted?).",
        "GaiError: writeAtomic: the symbolic links lead in a circle at 'FOLDER/circle' (ELOOP). Nothing was changed. Remove the link.",
      ]
    `);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    expect(await message(fileStorage.read(pipe))).toContain('read: it is not a regular file. Got a pipe');
    const device = await stat('/dev/null'); // not written to: were this to fail, the machine would lose it
    expect(() => checkRegular(device, '/dev/null', 'writeAtomic')).toThrow(
      "Got a device at '/dev/null'; expected a file",
    );
  });

  it('names a path through a file, a folder as target, and a name that is too long', async () => {
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'folder'));
    const long = 'x'.repeat(300);
    const messages = [
      await message(fileStorage.writeAtomic(join(folder, 'file', 'sub', 'x.bin'), [bytes(1)])),
      await message(fileStorage.writeAtomic(join(folder, 'folder'), [bytes(1)])),
      (await message(fileStorage.writeAtomic(join(folder, long), [bytes(1)]))).replace(long, 'LONG'),
    ];
    expect(messages).toMatchInlineSnapshot(`
      [
        "GaiError: writeAtomic: a part of the path is a file, not a folder at 'FOLDER/file/sub/x.bin' (ENOTDIR). Nothing was changed. Check the path.",
        "GaiError: writeAtomic: it is a folder at 'FOLDER/folder' (EISDIR). Nothing was changed. Name a file.",
        "GaiError: writeAtomic: the name is too long at 'FOLDER/LONG' (ENAMETOOLONG). Nothing was changed. Choose a shorter one.",
      ]
    `);
    expect(await readdir(folder)).toEqual(['file', 'folder']);
  });

  it('keeps the permissions of the file it replaces', async () => {
    const path = join(folder, 'secret.bin');
    await writeFile(path, 'old');
    await chmod(path, 0o600);
    await fileStorage.writeAtomic(path, [bytes(1)]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('read', () => {
  it('gives the whole file, or a range of it', async () => {
    const path = join(folder, 'file.bin');
    await writeFile(path, bytes(0, 1, 2, 3, 4));
    expect([...(await fileStorage.read(path))]).toEqual([0, 1, 2, 3, 4]);
    expect([...(await fileStorage.read(path, 3))]).toEqual([3, 4]);
    expect([...(await fileStorage.read(path, 1, 2))]).toEqual([1, 2]);
    expect([...(await fileStorage.read(path, 5))]).toEqual([]);
    expect((await fileStorage.read(path, 1, 2)).buffer.byteLength).toBe(2);
  });

  it('refuses ranges outside the file, missing files and folders', async () => {
    const path = join(folder, 'file.bin');
    await writeFile(path, bytes(0, 1, 2));
    const messages = [
      await message(fileStorage.read(path, 1, 3)),
      await message(fileStorage.read(path, 4)),
      await message(fileStorage.read(path, -1, 1)),
      await message(fileStorage.read(path, 0, 2 ** 52)),
      await message(fileStorage.read(join(folder, 'nothing'))),
      await message(fileStorage.read(folder)),
      await message(fileStorage.read(join(path, 'below'))),
    ];
    expect(messages).toMatchInlineSnapshot(`
      [
        "GaiError: read: the range lies outside the file 'FOLDER/file.bin'. Got 3 bytes from 1; expected a range within its 3 bytes. The file may be cut off: fetch or write it again.",
        "GaiError: read: the range lies outside the file 'FOLDER/file.bin'. Got 0 bytes from 4; expected a range within its 3 bytes. The file may be cut off: fetch or write it again.",
        "GaiError: read: the range lies outside the file 'FOLDER/file.bin'. Got 1 bytes from -1; expected a range within its 3 bytes. The file may be cut off: fetch or write it again.",
        "GaiError: read: the range lies outside the file 'FOLDER/file.bin'. Got 4503599627370496 bytes from 0; expected a range within its 3 bytes. The file may be cut off: fetch or write it again.",
        "GaiError: read: there is no such file at 'FOLDER/nothing' (ENOENT). Check the path.",
        "GaiError: read: it is a folder at 'FOLDER' (EISDIR). Name a file.",
        "GaiError: read: a part of the path is a file, not a folder at 'FOLDER/file.bin/below' (ENOTDIR). Check the path.",
      ]
    `);
  });
});

describe('size, list and remove', () => {
  it('tell what is there', async () => {
    expect(await fileStorage.size(join(folder, 'nothing'))).toBeUndefined();
    expect(await fileStorage.size(folder)).toBeUndefined();
    expect(await fileStorage.list(join(folder, 'nothing'))).toEqual([]);
    for (const name of ['b', 'a', 'c']) await writeFile(join(folder, name), 'xyz');
    expect(await fileStorage.size(join(folder, 'a'))).toBe(3);
    expect(await fileStorage.size(join(folder, 'a', 'below'))).toBeUndefined();
    expect(await fileStorage.list(folder)).toEqual(['a', 'b', 'c']);
    await fileStorage.remove(join(folder, 'b'));
    await fileStorage.remove(join(folder, 'b'));
    await fileStorage.remove(join(folder, 'a', 'below'));
    expect(await fileStorage.list(folder)).toEqual(['a', 'c']);
    expect(await message(fileStorage.list(join(folder, 'a')))).toBe(
      "GaiError: list: a part of the path is a file, not a folder at 'FOLDER/a' (ENOTDIR). Check the path.",
    );
    expect(await message(fileStorage.remove(folder))).toContain('GaiError: remove: ');
  });
});

it('knows its temporary files', () => {
  expect(isTemporary('.model.safetensors.0123abcd-77-0.gai-tmp')).toBe(true);
  expect(isTemporary('model.safetensors')).toBe(false);
  expect(isTemporary('.hidden.gai-tmp')).toBe(false);
});

describe('append', () => {
  it('makes the file and its folders, then adds to its end, also through a link', async () => {
    const path = join(folder, 'a', 'log.txt');
    await fileStorage.append!(path, bytes(1, 2));
    await symlink(path, join(folder, 'link'));
    await fileStorage.append!(join(folder, 'link'), bytes(3));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  });

  it('refuses what is no regular file', async () => {
    await expect(fileStorage.append!('/dev/null', bytes(1))).rejects.toThrow('append: it is not a regular file');
    await expect(fileStorage.append!(folder, bytes(1))).rejects.toThrow('append: it is a folder');
  });
});
