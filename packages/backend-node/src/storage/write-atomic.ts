import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileError, hasCode } from './file-error.ts';
import { removeLeftovers, temporaryName } from './temporary.ts';

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that readers, and whoever comes after a crash, see the old content or the new one: write beside
 * it, flush, rename over it, flush the folder.
 */
export async function writeAtomic(path: string, chunks: Chunks): Promise<void> {
  let temporary: string | undefined;
  let renamed = false;
  try {
    const target = await realTarget(path);
    await mkdir(dirname(target), { recursive: true });
    temporary = temporaryName(target);
    await writeFlushed(temporary, chunks, await modeOf(target));
    await rename(temporary, target);
    renamed = true;
    await flushFolder(dirname(target));
    await removeLeftovers(target);
  } catch (error) {
    if (temporary !== undefined && !renamed) await removeQuietly(temporary);
    throw fileError(error, 'writeAtomic', path, renamed ? ' The new file is in place.' : ' Nothing was changed.');
  }
}

async function writeFlushed(path: string, chunks: Chunks, mode: number | undefined): Promise<void> {
  const file = await open(path, 'wx');
  try {
    if (mode !== undefined) await file.chmod(mode);
    for await (const chunk of chunks) await writeFully(file, chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done);
    done += bytesWritten;
  }
}

/** Where a symbolic link leads, so that the file there is replaced and not the link. */
async function realTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return resolve(path);
    throw error;
  }
}

/** The permissions of the file that will be replaced; undefined if there is none. */
async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
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

/** The write has failed already, and its error is the one to report; the next write cleans up what stays. */
async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}
