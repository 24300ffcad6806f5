import { GaiError, firstLine } from '@gai/core/backend';

interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

/** What the names of the browser's errors mean to the person at the keyboard. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  QuotaExceededError: { cause: 'the storage of this site is full', remedy: 'Remove files, or ask the user for room.' },
  NotFoundError: { cause: 'there is no such file', remedy: 'Check the path.' },
  TypeMismatchError: { cause: 'a file is where a folder should be, or the reverse', remedy: 'Check the path.' },
  NoModificationAllowedError: { cause: 'another tab or worker is writing it', remedy: 'Write from one place only.' },
  InvalidModificationError: { cause: 'it is a folder with files in it', remedy: 'Remove the files first.' },
  NotAllowedError: { cause: 'the browser does not allow it', remedy: 'Check the permissions of the site.' },
  SecurityError: {
    cause: 'the browser keeps no files here',
    remedy: 'Serve the page over https, outside of private browsing.',
  },
};

/** Whether the browser threw an error of this name. */
export function isNamed(thrown: unknown, ...names: readonly string[]): boolean {
  return thrown instanceof Error && names.includes(thrown.name);
}

/** An error of the file system as one line with its cause and remedy. Anything else comes back unchanged. */
export function storageError(thrown: unknown, op: string, path: string): unknown {
  if (!(thrown instanceof DOMException)) return thrown;
  const { cause, remedy } = EXPLANATIONS[thrown.name] ?? { cause: firstLine(thrown), remedy: 'Check the path.' };
  return new GaiError('STORAGE', `${op}: ${cause} at '${path}' (${thrown.name}). ${remedy}`, {
    op,
    details: { path, name: thrown.name },
    cause: thrown,
  });
}
