import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '@gai/core/backend';
import { findTarget } from './regular-file.ts';
import type { Target } from './regular-file.ts';
import { removeAtExit, removeLeftovers, temporaryName } from './temporary.ts';

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that readers, and whoever comes after a crash, see the old content or the new one: write beside
 * it, flush, rename over it, flush the folder. Only regular files are replaced; a symbolic link is followed.
 */
export async function writeAtomic(path: string, chunks: Chunks): Promise<void> {
  let renamed = false;
  try {
    const target = await findTarget(path, 'writeAtomic');
    const folder = dirname(target.path);
    await mkdir(folder, { recursive: true });
    const temporary = await openTemporary(target.path);
    const written = await fillAndRename(temporary, target, chunks);
    renamed = true;
    await flushFolder(folder);
    await removeLeftovers(target.path, written);
  } catch (error) {
    throw fileError(error, 'writeAtomic', path, renamed ? ' The new file is in place.' : ' Nothing was changed.');
  }
}

/** Returns when the file system thinks it was written, in milliseconds. */
async function fillAndRename(temporary: Temporary, target: Target, chunks: Chunks): Promise<number> {
  const done = removeAtExit(temporary.path);
  try {
    const written = await writeFlushed(temporary, chunks, target.found?.mode);
    await rename(temporary.path, target.path).catch(async (error: unknown) => {
      await removeQuietly(temporary.path);
      throw error;
    });
    return written;
  } finally {
    done();
  }
}

interface Temporary {
  readonly path: string;
  readonly file: FileHandle;
}

/** A new file beside the target: opening fails where there is one, so that what is removed later is always our own. */
async function openTemporary(target: string): Promise<Temporary> {
  const path = temporaryName(target);
  return { path, file: await open(path, 'wx') };
}

/** Fills and closes the file, or removes it. Returns when the file system thinks it was written, in milliseconds. */
async function writeFlushed({ path, file }: Temporary, chunks: Chunks, mode: number | undefined): Promise<number> {
  let whole = false;
  try {
    if (mode !== undefined) await file.chmod(mode & 0o777);
    for await (const chunk of chunks) await writeFully(file, chunk);
    await file.sync();
    const { mtimeMs } = await file.stat();
    whole = true;
    return mtimeMs;
  } finally {
    await file.close();
    if (!whole) await removeQuietly(path);
  }
}

async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done);
    done += bytesWritten;
  }
}

/** Makes the new name survive a power cut. Windows has no such call and needs none. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The write has failed already, and its error is the one to report; a later write cleans up what stays. */
async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}
