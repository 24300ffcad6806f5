import type { Storage } from '../backend/backend.ts';
import { DataError } from '../errors.ts';
import type { StoredRange, WatchedFile } from '../ir/tensor.ts';

/**
 * Bytes that can be read from any place: what a reader of a file format takes.
 * @category Files
 */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Reads `length` bytes from `offset`; refuses what lies outside. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Where such a part lies in a file, for a runtime that reads files itself, if it can be seen whether that changes. */
  file?(offset: number, length: number): Promise<StoredRange>;
}

/**
 * A file of a storage as a {@link ByteSource}. It must stay as it is as long as it is read from: one that was replaced
 * is refused where the storage can tell.
 * @param storage - Where: `getDefaultBackend().storage`, or any other.
 * @param path - The file.
 * @param op - Who reads, for messages.
 * @throws {@link DataError} if there is no such file.
 * @category Files
 */
export async function fileSource(storage: Storage, path: string, op = 'fileSource'): Promise<ByteSource> {
  const opened = await look(storage, path);
  if (opened === undefined) {
    throw new DataError(`${op}: no such file. Got '${path}'; expected a file. Check the path.`, {
      op,
      details: { path },
    });
  }
  const file: OpenedFile = { ...opened, op, storage, path };
  return {
    size: opened.size,
    async read(offset, length) {
      const bytes = await storage.read(path, offset, length);
      await checkName(file);
      return bytes;
    },
    ...(storage.hold !== undefined && {
      async file(offset, length) {
        await checkName(file);
        return { path, offset, length, watch: () => watch(file) };
      },
    }),
  };
}

/** A file as it was when it was opened. */
interface OpenedFile extends Look {
  /** Who reads it, for messages. */
  readonly op: string;
  readonly storage: Storage;
  readonly path: string;
}

/** What a file looks like from outside. */
interface Look {
  readonly size: number;
  /** Tells contents apart, where the storage can. */
  readonly version: string | undefined;
}

async function look(storage: Storage, path: string): Promise<Look | undefined> {
  const version = await storage.version?.(path);
  const size = await storage.size(path);
  return size === undefined ? undefined : { size, version };
}

/** Another file under the same name would give other numbers, in silence. */
async function checkName(file: OpenedFile): Promise<void> {
  const now = await look(file.storage, file.path);
  if (now !== undefined && now.size === file.size && now.version === file.version) return;
  const other = now?.size === file.size ? 'another content' : `${now?.size} bytes`;
  throw changed(file, now === undefined ? 'no file' : other, 'Open it again.');
}

/** Sees whether the file itself changes, while something else reads it: under its name there may be another one by then. */
async function watch(file: OpenedFile): Promise<WatchedFile> {
  const held = await file.storage.hold!(file.path);
  const check = (): void => {
    if (held.version() === file.version) return;
    const remedy =
      'Open it again and compile anew; replace a file by renaming another one (as saveSafetensors does), never write into it.';
    throw changed(file, 'a file that was written to while a compiled program reads it', remedy);
  };
  return { confirm: () => checkName(file), check, release: () => held.release() };
}

function changed({ op, path, size }: OpenedFile, got: string, remedy: string): DataError {
  return new DataError(
    `${op}: the file was changed after it was opened. Got ${got} at '${path}'; expected the same ${size} bytes as then. ` +
      remedy,
    { op, details: { path } },
  );
}
