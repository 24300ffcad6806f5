import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';

/** Names that are devices on Windows, with any ending. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const MAX_LENGTH = 1024;

/** Whether a name out of an archive stays below the folder it is unpacked into, on every platform. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > MAX_LENGTH || /[\\:\p{Cc}<>"|?*]/u.test(path)) return false;
  return path
    .split('/')
    .every((part) => part !== '' && !/^\.+$/.test(part) && !/[. ]$/.test(part) && !DEVICES.test(part));
}

/** Refuses such a name. */
export function checkPath(path: string, op: string): void {
  if (isSafePath(path)) return;
  throw new DataError(
    `${op}: a file name that leads elsewhere. Got ${quoted(path)}; expected a relative path without '..', ` +
      `'\\' or ':'. Nothing was unpacked. Do not use this archive.`,
    { op, details: { path } },
  );
}
