import { createReadStream } from 'node:fs';
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError } from '@gai/core';
import type { Archive, ArchiveFile } from './archive.ts';
import { checkCount } from './limits.ts';

/** Folders that are looked into, at most: somebody may have named the whole disk. */
const MAX_FOLDERS = 10_000;

/**
 * A folder, or a single file, as an archive. What begins with a dot is left out. Links to files are followed, as the cache of Hugging
 * Face's library consists of them; links to folders are not, which may lead in a circle.
 */
export async function openFolder(path: string): Promise<Archive> {
  const found = await stat(path).catch((cause: unknown) => {
    throw noSource(`'${path}'`, cause);
  });
  if (!found.isDirectory() && !found.isFile()) throw noSource(`a device or pipe at '${path}'`);
  const root = found.isDirectory() ? path : join(path, '..');
  const files = found.isDirectory() ? await listFiles(path) : [{ path: basename(path), bytes: found.size }];
  return {
    files,
    read: (file) => createReadStream(join(root, ...file.path.split('/'))) as AsyncIterable<Uint8Array>,
    close: () => Promise.resolve(),
  };
}

async function listFiles(folder: string): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  const folders = [''];
  for (const inside of folders) {
    const entries = await readdir(join(folder, ...inside.split('/')), { withFileTypes: true });
    for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else {
        const bytes = await sizeOf(entry, join(folder, ...path.split('/')));
        if (bytes !== undefined) files.push({ path, bytes });
      }
    }
    checkCount(Math.max(files.length, folders.length - MAX_FOLDERS), folder);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The size of a file, or of one that a link leads to; undefined for what is none. */
async function sizeOf(entry: Dirent, path: string): Promise<number | undefined> {
  if (!entry.isFile() && !entry.isSymbolicLink()) return undefined;
  const found = await stat(path).catch((error: unknown) => {
    if (entry.isSymbolicLink()) return undefined; // it leads nowhere
    throw error;
  });
  return found?.isFile() === true ? found.size : undefined;
}

const noSource = (got: string, cause?: unknown): DataError =>
  new DataError(`fetchModel: nothing to take the model from. Got ${got}; expected a file or folder. Check the path.`, {
    op: 'fetchModel',
    cause,
  });
