import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from '@gai/core/errors';

/** Most bytes of a file that is read whole. */
const LARGEST = 256 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ENAMETOOLONG: 'the name is too long',
};

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

/** The text of a file; `what` says what was expected there. */
export function readText(op: string, path: string, what: string): string {
  try {
    const { size } = statSync(path);
    if (size > LARGEST) throw new Error(`it has ${size} bytes, more than ${LARGEST}`);
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    const message = `cannot read '${path}': ${reason(cause)}. Check the path; expected ${what}.`;
    throw new DataError(`${op}: ${message}`, { op, details: { path }, cause });
  }
}

/** Refuses a file that cannot be written, before anything slow is begun; what is in it stays. */
export function checkWritable(op: string, path: string): void {
  writing(op, path, () => closeSync(openSync(path, 'a')));
}

/** Writes a file and the folders above it. */
export function writeResult(op: string, path: string, content: string | Uint8Array): void {
  writing(op, path, () => writeFileSync(path, content));
}

function writing(op: string, path: string, write: () => void): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    write();
  } catch (cause) {
    const message = `cannot write '${path}': ${reason(cause)}. Name a file in a folder you may write to.`;
    throw new DataError(`${op}: ${message}`, { op, details: { path }, cause });
  }
}
