import { createHash } from 'node:crypto';
import { DataError } from '@gai/core';

/** What is compared with what is known of it. */
interface Known {
  readonly op: string;
  /** SHA-256 of all parts. */
  readonly expected: string;
  /** Completes "… from the known one". */
  readonly what: string;
  readonly path: string;
  readonly remedy: string;
}

/** Refuses data other than what is known, part by part. */
export function verifyChecksum(
  parts: Iterable<Uint8Array | string>,
  { op, expected, what, path, remedy }: Known,
): void {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const checksum = hash.digest('hex');
  if (checksum === expected) return;
  throw new DataError(
    `${op}: ${what} from the known one. Got checksum ${checksum.slice(0, 16)}… in ${path}; expected ` +
      `${expected.slice(0, 16)}…. ${remedy}`,
    { op, details: { path, checksum, expected } },
  );
}
