import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError, GaiError } from '@gai/core';
import type { CachedFile } from './manifest.ts';

/** Where a file goes, and what is told of its progress. */
export interface WriteTarget {
  readonly folder: string;
  readonly path: string;
  /** What it should have: more is refused before the disk is full of it. */
  readonly bytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Writes a file into a folder that nobody sees yet, flushed, and returns its size and checksum. */
export async function writeHashed(chunks: AsyncIterable<Uint8Array>, target: WriteTarget): Promise<CachedFile> {
  const { folder, path, signal, onBytes } = target;
  const place = join(folder, ...path.split('/'));
  await mkdir(dirname(place), { recursive: true });
  const hash = createHash('sha256');
  const file = await open(place, 'wx');
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      if (signal?.aborted === true) throw new GaiError('ABORTED', `fetchModel: stopped while '${path}' was unpacked.`);
      if (bytes + chunk.length > target.bytes) throw tooLarge(target);
      hash.update(chunk);
      for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten;
      bytes += chunk.length;
      onBytes?.(chunk.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

const tooLarge = ({ path, bytes }: WriteTarget): DataError =>
  new DataError(
    `fetchModel: a file is larger than it should be. Got more than ${bytes} bytes for '${path}'; expected as many. Nothing was kept. Fetch ` +
      `it again; if it stays so, do not use it.`,
    { op: 'fetchModel', details: { path } },
  );

/** Size and checksum of a file; undefined if there is none. */
export async function hashFile(folder: string, path: string): Promise<CachedFile | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(join(folder, ...path.split('/'))) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  return { path, bytes, sha256: hash.digest('hex') };
}
