import { DataError } from '@gai/core';

const op = 'fetchModel';

/** Files that a model may have, at most: somebody may have named the whole disk. */
export const MAX_FILES = 10_000;
/** How much is unpacked, at most, of what is small itself. */
const ALWAYS_ALLOWED = 2 ** 30;
/** How many times its own size a larger archive may have. Weights hardly become smaller at all, text a few times. */
const MAX_RATIO = 100;

/** Refuses the list of files of an archive that no model has. */
export function checkCount(count: number, where: string): void {
  if (count <= MAX_FILES) return;
  throw new DataError(
    `${op}: too many files for a model. Got more than ${MAX_FILES} in '${where}'; expected at most as many. Name another folder or ` +
      `package.`,
    { op },
  );
}

/** Refuses an archive that fills the disk: a small one may unpack to any size. */
export function checkUnpacked(unpacked: number, packed: number): void {
  if (unpacked <= Math.max(ALWAYS_ALLOWED, MAX_RATIO * packed)) return;
  throw new DataError(
    `${op}: the archive becomes too large. Got more than ${MAX_RATIO} times its ${packed} bytes; expected the files of a model. Do not ` +
      `use this archive.`,
    { op, details: { unpacked, packed } },
  );
}
