import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError } from '@gai/core';
import { unreadable } from './unreadable.ts';

/** Reads a whole file of at most `maxBytes`; `op` names the caller in errors. */
export async function readBounded(path: string, maxBytes: number, op: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const status = await file.stat();
      if (!status.isFile()) throw unreadable(op, path, { code: 'no regular file' });
      const { size } = status;
      if (size > maxBytes) throw tooLarge(op, path, `${size} bytes`, maxBytes);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw DataError.isInstance(error) ? error : unreadable(op, path, error);
  }
}

/**
 * Unpacks gzip data of at most `maxBytes` unpacked; data that is not gzip is returned as it is.
 */
export async function gunzipBounded(
  bytes: Uint8Array,
  path: string,
  limits: { maxBytes: number; op: string },
): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const { maxBytes, op } = limits;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(op, path, 'more when unpacked', maxBytes);
    throw new DataError(
      `${op}: the file cannot be unpacked. Got ${code} for ${path}; expected whole gzip data. Download it again.`,
      { op, details: { path, code }, cause },
    );
  }
}

function tooLarge(op: string, path: string, got: string, maxBytes: number): DataError {
  return new DataError(
    `${op}: the file is too large. Got ${got} for ${path}; expected at most ${maxBytes} bytes. Pass { maxBytes } if you ` +
      `trust the file.`,
    { op, details: { path, maxBytes } },
  );
}
