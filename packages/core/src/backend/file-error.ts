import { GaiError } from '../errors.ts';

interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

/** What Node adds to the errors of the system. */
interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
}

/** What the system's codes mean to the person at the keyboard. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOSPC: { cause: 'the disk is full', remedy: 'Free some space or choose another folder.' },
  EDQUOT: { cause: 'the disk quota is used up', remedy: 'Free some space or choose another folder.' },
  EFBIG: { cause: 'the file is larger than the file system allows', remedy: 'Choose another disk.' },
  EACCES: { cause: 'permission denied', remedy: 'Change the permissions or choose another folder.' },
  EPERM: { cause: 'operation not permitted', remedy: 'Change the permissions or choose another folder.' },
  EROFS: { cause: 'the file system is read-only', remedy: 'Choose a folder that can be written to.' },
  ENOENT: { cause: 'there is no such file', remedy: 'Check the path.' },
  ENOTDIR: { cause: 'a part of the path is a file, not a folder', remedy: 'Check the path.' },
  EISDIR: { cause: 'it is a folder', remedy: 'Name a file.' },
  EEXIST: { cause: 'a file is in the place of a folder', remedy: 'Check the path.' },
  ELOOP: { cause: 'the symbolic links lead in a circle', remedy: 'Remove the link.' },
  ENAMETOOLONG: { cause: 'the name is too long', remedy: 'Choose a shorter one.' },
  EMFILE: { cause: 'too many files are open', remedy: 'Close some, or raise the limit (ulimit -n).' },
  EIO: { cause: 'the disk reported an error', remedy: 'Check the disk.' },
};

/** Whether the system threw this with one of the codes. */
export function hasCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return thrown instanceof Error && codes.includes((thrown as SystemError).code ?? '');
}

/**
 * An error of the file system as one line with its cause and remedy. Anything else comes back unchanged, such as what
 * the producer of the data threw.
 * @param note - Said after the cause, for example that nothing was changed.
 */
export function fileError(thrown: unknown, op: string, path: string, note = ''): unknown {
  if (typeof path !== 'string' || path.includes('\0')) {
    const got = typeof path === 'string' ? JSON.stringify(path) : typeof path;
    return new GaiError('STORAGE', `${op}: the path is none. Got ${got}; expected a text without a zero character.`, {
      op,
      cause: thrown,
    });
  }
  const code = thrown instanceof Error ? (thrown as SystemError).code : undefined;
  const system = (thrown as SystemError | undefined)?.syscall !== undefined;
  if (code === undefined || !system) return thrown;
  const { cause, remedy } = EXPLANATIONS[code] ?? { cause: (thrown as Error).message, remedy: 'Check the path.' };
  return new GaiError('STORAGE', `${op}: ${cause} at '${path}' (${code}).${note} ${remedy}`, {
    op,
    details: { path, code },
    cause: thrown,
  });
}
