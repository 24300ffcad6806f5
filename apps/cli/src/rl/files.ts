import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from '@gai/core/backend';
import { DataError } from '@gai/core/errors';

/** Most bytes of a file that is read whole. */
const LARGEST = 256 * 1024 * 1024;

/** The text of a file; `what` says what was expected there. */
export function readText(op: string, path: string, what: string): string {
  try {
    const { size } = statSync(path);
    if (size > LARGEST) throw tooLarge(op, path, `${size} bytes`);
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw fileError(cause, op, path, ` gai cannot read ${what} there.`);
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
    throw fileError(cause, op, path, ' gai cannot write there.');
  }
}

const tooLarge = (op: string, path: string, got: string): DataError =>
  new DataError(`${op}: cannot read '${path}'. Got ${got}; expected at most ${LARGEST}. Check the path.`, {
    op,
    details: { path },
  });
