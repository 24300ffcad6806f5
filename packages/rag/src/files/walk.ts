import { lstat, opendir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@gai/core/errors';
import picomatch from 'picomatch';
import type { Refusal } from '../parse/parse-documents.ts';

/** Folders that hold nothing to ask. */
const PASSED_OVER = new Set(['node_modules']);

/** Why a folder is not read that is there. */
export const UNREADABLE = 'a folder that cannot be read';

/** Bounds of a walk. */
export interface WalkLimits {
  readonly maxDepth: number;
  readonly maxFiles: number;
}

/** A file that a walk found. */
export interface WalkedFile {
  /** As the user named it, with `/`. */
  readonly source: string;
  readonly path: string;
}

/**
 * The regular files below a folder or of a pattern, or one file, in the order of their names. Links are not followed, so that nothing
 * outside is read and no walk goes in circles; each is refused, as are folders that cannot be read.
 * @throws {@link DataError} if there is nothing of that name.
 */
export async function* walk(
  wanted: string,
  limits: WalkLimits,
  refuse: (refusal: Refusal) => void,
): AsyncGenerator<WalkedFile> {
  const { base, glob } = picomatch.scan(wanted.replaceAll('\\', '/'));
  const start = glob === '' ? wanted : base === '' ? '.' : base;
  const root = await resolve(start);
  const fits = glob === '' ? () => true : picomatch(glob, { dot: true });
  const name = start === '.' ? '' : start.replaceAll('\\', '/').replace(/\/+$/u, '');
  if ((await lstat(root)).isFile()) {
    yield { source: name, path: root };
    return;
  }
  let count = 0;
  for await (const relative of filesBelow(root, '', limits.maxDepth, (path, reason) =>
    refuse({ source: sourceOf(name, path), reason }),
  )) {
    if (!fits(relative)) continue;
    count++;
    if (count > limits.maxFiles) {
      refuse({ source: name === '' ? '.' : name, reason: `more than ${limits.maxFiles} files; the rest was not read` });
      return;
    }
    yield { source: sourceOf(name, relative), path: join(root, relative) };
  }
}

const sourceOf = (name: string, relative: string): string => (name === '' ? relative : `${name}/${relative}`);

/** Where it lies; a link that the user names is followed, for it was asked for. */
async function resolve(start: string): Promise<string> {
  try {
    return await realpath(start);
  } catch (error) {
    throw new DataError(
      `ingest: nothing to read. Got '${start}'; expected a file, a folder or a pattern. Look at its spelling.`,
      {
        op: 'ingest',
        cause: error,
      },
    );
  }
}

async function* filesBelow(
  root: string,
  below: string,
  depth: number,
  refuse: (path: string, reason: string) => void,
): AsyncGenerator<string> {
  const entries = [];
  try {
    for await (const entry of await opendir(join(root, below))) entries.push(entry);
  } catch {
    refuse(below, UNREADABLE);
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || PASSED_OVER.has(entry.name)) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) yield path;
    else if (entry.isSymbolicLink()) refuse(path, 'a symbolic link; links are not followed');
    else if (!entry.isDirectory()) refuse(path, 'no regular file');
    else if (depth <= 1) refuse(path, 'a folder that lies too deep');
    else yield* filesBelow(root, path, depth - 1, refuse);
  }
}
