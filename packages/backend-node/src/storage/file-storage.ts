import type { FileHandle } from 'node:fs/promises';
import { appendFile, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GaiError, fileError, hasCode } from '@gai/core/backend';
import type { Storage } from '@gai/core/backend';
import { hold, versionOf } from './held-file.ts';
import { checkRegular, findTarget } from './regular-file.ts';
import { isTemporary } from './temporary.ts';
import { writeAtomic } from './write-atomic.ts';

/** The most one system call reads: Linux and macOS stop at 2 GiB. */
const LARGEST_READ = 1 << 30;

/** Files through `node:fs`. */
export const fileStorage: Storage = { size, version, hold, read, writeAtomic, append, list, remove };

async function size(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw fileError(error, 'size', path);
  }
}

async function version(path: string): Promise<string | undefined> {
  try {
    return versionOf(await stat(path, { bigint: true }));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw fileError(error, 'version', path);
  }
}

async function read(path: string, offset = 0, length?: number): Promise<Uint8Array<ArrayBuffer>> {
  let file: FileHandle | undefined;
  try {
    checkRegular(await stat(path), path, 'read'); // opening a pipe would wait for a writer
    file = await open(path, 'r');
    const available = (await file.stat()).size - offset;
    const wanted = length ?? Math.max(available, 0);
    if (offset < 0 || wanted < 0 || wanted > available) throw rangeError(path, offset, wanted, available + offset);
    return await readFully(file, path, offset, wanted);
  } catch (error) {
    throw fileError(error, 'read', path);
  } finally {
    await file?.close();
  }
}

async function readFully(
  file: FileHandle,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, Math.min(length - done, LARGEST_READ), offset + done);
    if (bytesRead === 0) throw rangeError(path, offset, length, offset + done);
    done += bytesRead;
  }
  return bytes;
}

async function append(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await appendFile((await findTarget(path, 'append')).path, bytes);
  } catch (error) {
    throw fileError(error, 'append', path);
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => !isTemporary(name)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw fileError(error, 'list', folder);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return;
    throw fileError(error, 'remove', path);
  }
}

function rangeError(path: string, offset: number, length: number, size: number): GaiError {
  return new GaiError(
    'STORAGE',
    `read: the range lies outside the file '${path}'. Got ${length} bytes from ${offset}; expected a range within its ` +
      `${size} bytes. The file may be cut off: fetch or write it again.`,
    { op: 'read', details: { path, offset, length, size } },
  );
}
