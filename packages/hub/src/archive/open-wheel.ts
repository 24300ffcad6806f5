import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable, pipeline } from 'node:stream';
import { createInflateRaw, crc32 } from 'node:zlib';
import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import { openZip } from '@gai/formats/zip';
import type { ZipArchive, ZipEntry } from '@gai/formats/zip';
import type { Archive } from './archive.ts';
import { checkCount, checkUnpacked } from './limits.ts';

const op = 'fetchModel';
const PIECE = 1 << 20;
const [STORED, DEFLATED] = [0, 8];

/** Opens a zip archive: a wheel of Python. Checksums of the archive are compared as files are read. */
export async function openWheel(path: string): Promise<Archive> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const zip = await openZip({ size, read: (offset, length) => readRange(handle, offset, length) }, op);
    const entries = [...zip.entries.values()].filter(({ name }) => !name.endsWith('/'));
    checkCount(entries.length, path);
    // What the entries say they become; they may all be the same packed bytes.
    checkUnpacked(
      entries.reduce((sum, entry) => sum + entry.size, 0),
      size,
    );
    return {
      files: entries.map(({ name, size: bytes }) => ({ path: name, bytes })),
      read: ({ path: name }) => contentOf(handle, zip, zip.entries.get(name)!),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readRange(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function* contentOf(file: FileHandle, zip: ZipArchive, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const packed = packedPieces(file, await zip.dataOffset(entry), entry.compressedSize);
  let [bytes, checksum] = [0, 0];
  for await (const piece of unpacked(packed, entry)) {
    bytes += piece.length;
    if (bytes > entry.size) break;
    checksum = crc32(piece, checksum);
    yield piece;
  }
  if (bytes === entry.size && checksum === entry.crc32) return;
  throw damaged(entry.name, bytes === entry.size ? 'another checksum' : `${bytes} bytes`, `${entry.size} bytes`);
}

async function* packedPieces(file: FileHandle, start: number, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += PIECE) yield await readRange(file, start + at, Math.min(PIECE, length - at));
}

async function* unpacked(packed: AsyncGenerator<Uint8Array>, { method, name }: ZipEntry): AsyncGenerator<Uint8Array> {
  if (method === STORED) yield* packed;
  else if (method === DEFLATED) yield* inflated(packed, name);
  else throw damaged(name, `packing method ${method}`, 'stored or deflated');
}

async function* inflated(packed: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw();
  pipeline(Readable.from(packed), inflate, () => undefined); // an error comes out of the iterator too
  try {
    yield* inflate as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw damaged(name, 'bytes that do not unpack', 'a deflated file', cause);
  } finally {
    inflate.destroy();
  }
}

function damaged(name: string, got: string, expected: string, cause?: unknown): DataError {
  return new DataError(
    `${op}: a file of the archive is damaged. Got ${got} for ${quoted(name)}; expected ${expected}. ` +
      `Fetch it again.`,
    { op, details: { name }, cause },
  );
}
