import type { ByteSource } from '@gai/core/io';
import { refuse } from '../errors.ts';

/** Where the list of files stands, and how many it has. */
export interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
/** The comment at the end of an archive has a length of 16 bits. */
const MAX_COMMENT = 0xffff;
/** An entry of the directory without its name. */
const LEAST_ENTRY = 46;
/** Directories beyond this are refused. */
const MAX_DIRECTORY_BYTES = 1 << 28;

/** Finds the central directory from the end of the archive, where its place is told. */
export async function findDirectory(source: ByteSource, op: string): Promise<Directory> {
  const start = Math.max(0, source.size - END_BYTES - MAX_COMMENT);
  const tail = await source.read(start, source.size - start);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const at = findEnd(view);
  if (at < 0) {
    refuse({ op, problem: 'not a whole zip archive', got: 'no end record', expected: 'one in the last 64 KiB' });
  }
  const isLarge = at >= LOCATOR64_BYTES && view.getUint32(at - LOCATOR64_BYTES, true) === LOCATOR64;
  const directory = isLarge
    ? await readLarge(source, Number(view.getBigUint64(at - LOCATOR64_BYTES + 8, true)), op)
    : readSmall(view, at);
  return checkDirectory(directory, { op, end: start + at });
}

function findEnd(view: DataView): number {
  for (let at = view.byteLength - END_BYTES; at >= 0; at -= 1) {
    const comment = view.byteLength - at - END_BYTES;
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === comment) return at;
  }
  return -1;
}

const readSmall = (view: DataView, at: number): Directory & { readonly disks: number } => ({
  count: view.getUint16(at + 10, true),
  size: view.getUint32(at + 12, true),
  offset: view.getUint32(at + 16, true),
  disks: view.getUint16(at + 4, true) | view.getUint16(at + 6, true),
});

async function readLarge(source: ByteSource, at: number, op: string): Promise<Directory & { readonly disks: number }> {
  const record = at + END64_BYTES <= source.size ? await source.read(at, END64_BYTES) : new Uint8Array(END64_BYTES);
  const view = new DataView(record.buffer, record.byteOffset, END64_BYTES);
  if (view.getUint32(0, true) !== END64) {
    refuse({ op, problem: 'the 64-bit end record is missing', got: 'other bytes', expected: `one at ${at}` });
  }
  return {
    count: Number(view.getBigUint64(32, true)),
    size: Number(view.getBigUint64(40, true)),
    offset: Number(view.getBigUint64(48, true)),
    disks: view.getUint32(16, true) | view.getUint32(20, true),
  };
}

function checkDirectory(
  { disks, ...directory }: Directory & { readonly disks: number },
  { op, end }: { op: string; end: number },
): Directory {
  const { offset, size, count } = directory;
  if (disks !== 0) refuse({ op, problem: 'a split archive', got: `part ${disks}`, expected: 'one file' });
  if (offset + size <= end && size <= MAX_DIRECTORY_BYTES && count * LEAST_ENTRY <= size) return directory;
  return refuse({
    op,
    problem: 'the list of files does not fit',
    got: `${count} entries in ${size} bytes from ${offset}`,
    expected: `at least ${LEAST_ENTRY} bytes for each, before the end record at ${end}`,
  });
}
