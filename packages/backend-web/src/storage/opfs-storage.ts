import { GaiError } from '@gai/core/backend';
import type { Storage } from '@gai/core/backend';
import type { Directory, FileHandle, Platform, Writable } from '../platform.ts';
import { namesOf, splitPath } from './path.ts';
import { isNamed, storageError } from './storage-error.ts';

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Files of the page's origin, in its private file system; undefined where there is none, as in Node. */
export function opfsStorage({ navigator }: Platform): Storage | undefined {
  const manager = navigator?.storage;
  if (manager?.getDirectory === undefined) return undefined;
  const root = (): Promise<Directory> => (manager.getDirectory as () => Promise<Directory>)();
  return {
    size: (path) => explained('size', path, async () => (await fileAt(root, path, 'size'))?.size),
    version: (path) =>
      explained('version', path, async () => {
        const file = await fileAt(root, path, 'size');
        return file instanceof File ? `${file.lastModified}-${file.size}` : undefined;
      }),
    read: (path, offset = 0, length) =>
      explained('read', path, async () => {
        const file = await fileAt(root, path, 'read');
        if (file === undefined) throw new DOMException('no such file', 'NotFoundError');
        return readRange(file, path, { offset, length: length ?? Math.max(file.size - offset, 0) });
      }),
    writeAtomic: (path, chunks) => explained('writeAtomic', path, () => writeAtomic(root, path, chunks)),
    list: (path) => explained('list', path, () => list(root, path)),
    remove: (path) => explained('remove', path, () => remove(root, path)),
  };
}

async function explained<T>(op: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error, op, path);
  }
}

async function folderAt(
  root: () => Promise<Directory>,
  folders: readonly string[],
  create = false,
): Promise<Directory> {
  let folder = await root();
  for (const name of folders) folder = await folder.getDirectoryHandle(name, { create });
  return folder;
}

/** The file, or undefined if there is none. */
async function fileAt(root: () => Promise<Directory>, path: string, op: string): Promise<Blob | undefined> {
  const { folders, name } = splitPath(path, op);
  try {
    const folder = await folderAt(root, folders);
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (isNamed(error, 'NotFoundError') || (op === 'size' && isNamed(error, 'TypeMismatchError'))) return undefined;
    throw error;
  }
}

async function readRange(
  file: Blob,
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array<ArrayBuffer>> {
  if (offset < 0 || length < 0 || offset + length > file.size) {
    throw new GaiError(
      'STORAGE',
      `read: the range lies outside the file '${path}'. Got ${length} bytes from ${offset}; expected a range within its ` +
        `${file.size} bytes. The file may be cut off: fetch or write it again.`,
      { op: 'read', details: { path, offset, length, size: file.size } },
    );
  }
  return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
}

/** The browser writes to a file of its own and puts it in place at `close`: readers see the old content or the new. */
async function writeAtomic(root: () => Promise<Directory>, path: string, chunks: Chunks): Promise<void> {
  const { folders, name } = splitPath(path, 'writeAtomic');
  const folder = await folderAt(root, folders, true);
  const existed = await has(folder, name);
  const stream = await open(await folder.getFileHandle(name, { create: true }), path);
  try {
    for await (const chunk of chunks) await stream.write(ownMemory(chunk));
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => undefined); // a stream that failed is closed already
    if (!existed) await removeEmpty(folder, name).catch(() => undefined); // the error of the write is the one to report
    throw error;
  }
}

/** What our write made was an empty file; one with content is of another tab or worker that was faster. */
async function removeEmpty(folder: Directory, name: string): Promise<void> {
  const file = await (await folder.getFileHandle(name)).getFile();
  if (file.size === 0) await folder.removeEntry(name);
}

async function open(file: FileHandle, path: string): Promise<Writable> {
  if (file.createWritable !== undefined) return file.createWritable();
  throw new GaiError(
    'STORAGE',
    `writeAtomic: this browser cannot write files whole. Got '${path}' where FileSystemFileHandle.createWritable is ` +
      'missing; expected Chrome 86, Firefox 111, Safari 26 or later. Save the bytes yourself: toOnnx() and ' +
      'writeSafetensors() give them.',
    { op: 'writeAtomic', details: { path } },
  );
}

/** Streams refuse memory that is shared between threads, or take it as it is later. */
function ownMemory(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  return chunk.buffer instanceof ArrayBuffer ? (chunk as Uint8Array<ArrayBuffer>) : new Uint8Array(chunk);
}

async function has(folder: Directory, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    if (isNamed(error, 'NotFoundError')) return false;
    throw error;
  }
}

async function list(root: () => Promise<Directory>, path: string): Promise<string[]> {
  try {
    const folder = await folderAt(root, namesOf(path, 'list'));
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    return names.sort();
  } catch (error) {
    if (isNamed(error, 'NotFoundError')) return [];
    throw error;
  }
}

async function remove(root: () => Promise<Directory>, path: string): Promise<void> {
  const { folders, name } = splitPath(path, 'remove');
  try {
    await (await folderAt(root, folders)).removeEntry(name);
  } catch (error) {
    if (!isNamed(error, 'NotFoundError', 'TypeMismatchError')) throw error;
  }
}
