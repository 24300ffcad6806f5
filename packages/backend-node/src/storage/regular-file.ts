import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GaiError, hasCode } from '@gai/core/backend';

/** Where a write goes, and what is there now. */
export interface Target {
  readonly path: string;
  readonly found: Stats | undefined;
}

/**
 * Where a symbolic link leads, so that the file there is replaced and not the link.
 * @throws GaiError if a link leads nowhere, or something is there that is no file and no folder.
 */
export async function findTarget(path: string, op: string): Promise<Target> {
  const found = await ifThere(stat(path));
  if (found !== undefined) {
    checkRegular(found, path, op);
    return { path: await realpath(path), found };
  }
  if ((await ifThere(lstat(path)))?.isSymbolicLink() !== true) return { path: resolve(path), found };
  throw new GaiError(
    'STORAGE',
    `${op}: the symbolic link leads nowhere. Got '${path}'; expected a link to a file. Nothing was changed. Remove the ` +
      'link, or make what it leads to (a disk that is not mounted?).',
    { op, details: { path } },
  );
}

/**
 * Lets files and folders pass; a folder fails with the system's own error.
 * @throws GaiError for a device, a pipe or a socket: it would be replaced by a file, or read without end.
 */
export function checkRegular(found: Stats, path: string, op: string): void {
  if (found.isFile() || found.isDirectory()) return;
  throw new GaiError(
    'STORAGE',
    `${op}: it is not a regular file. Got ${kindOf(found)} at '${path}'; expected a file, or a path where nothing is. ` +
      'Name a file.',
    { op, details: { path } },
  );
}

function kindOf(found: Stats): string {
  if (found.isCharacterDevice() || found.isBlockDevice()) return 'a device';
  return found.isFIFO() ? 'a pipe' : 'a socket';
}

async function ifThere(stats: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await stats;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
