import { DataError } from '@gai/core';

/** What to say where a file, or something else of the disk, cannot be read. */
// oxlint-disable-next-line max-params -- who reads what, and why it failed.
export function unreadable(op: string, path: string, cause: unknown, what = 'file'): DataError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const expected = what === 'file' ? 'a readable file' : 'a readable file or folder';
  return new DataError(
    `${op}: the ${what} cannot be read. Got ${code} for ${path}; expected ${expected}. Check the path and its permissions.`,
    { op, details: { path, code }, cause },
  );
}
