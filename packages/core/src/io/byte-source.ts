import type { Storage } from '../backend/backend.ts';
import { DataError } from '../errors.ts';
import type { StoredRange } from '../ir/tensor.ts';

/**
 * Bytes that can be read from any place: what a reader of a file format takes.
 * @category Files
 */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Reads `length` bytes from `offset`; refuses what lies outside. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Where such a part lies in a file, for a runtime that reads files itself. */
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
  const check = async (): Promise<void> => {
    const now = await look(storage, path);
    if (now !== undefined && now.size === opened.size && now.version === opened.version) return;
    throwChanged(op, path, { size: opened.size, now: now?.size });
  };
  return {
    size: opened.size,
    async read(offset, length) {
      const bytes = await storage.read(path, offset, length);
      await check();
      return bytes;
    },
    async file(offset, length) {
      await check();
      return { path, offset, length };
    },
  };
}

async function look(
  storage: Storage,
  path: string,
): Promise<{ size: number; version: string | undefined } | undefined> {
  const version = await storage.version?.(path);
  const size = await storage.size(path);
  return size === undefined ? undefined : { size, version };
}

/** Another file under the same name would give other numbers, in silence. */
function throwChanged(op: string, path: string, { size, now }: { size: number; now: number | undefined }): never {
  const got = now === undefined ? 'no file' : now === size ? 'another content' : `${now} bytes`;
  throw new DataError(
    `${op}: the file was changed after it was opened. Got ${got} at '${path}'; expected the same ${size} bytes as then. ` +
      `Open it again.`,
    { op, details: { path } },
  );
}
