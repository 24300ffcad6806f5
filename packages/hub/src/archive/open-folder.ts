import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { DataError } from '@gai/core';
import type { Archive, ArchiveFile } from './archive.ts';

/** Files that a folder may have, at most: somebody may have named the whole disk. */
const MAX_FILES = 10_000;

/** A folder, or a single file, as an archive. Links are followed for the thing itself and left out below it. */
export async function openFolder(path: string): Promise<Archive> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new DataError(
      `fetchModel: nothing to take the model from. Got '${path}'; expected a file or folder. Check the path.`,
      {
        op: 'fetchModel',
        cause,
      },
    );
  });
  const root = found.isDirectory() ? path : join(path, '..');
  const files = found.isDirectory() ? await listFiles(path) : [{ path: basename(path), bytes: found.size }];
  return { files, read: (file) => createReadStream(join(root, ...file.path.split('/'))) as AsyncIterable<Uint8Array> };
}

async function listFiles(folder: string): Promise<ArchiveFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')));
  if (names.length > MAX_FILES) {
    throw new DataError(
      `fetchModel: too many files for a model. Got ${names.length} in '${folder}'; expected at most ${MAX_FILES}. Name ` +
        `another folder.`,
      { op: 'fetchModel' },
    );
  }
  return Promise.all(
    names.sort().map(async (path) => ({ path, bytes: (await stat(join(folder, ...path.split('/')))).size })),
  );
}
