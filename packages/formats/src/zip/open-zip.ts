import type { ByteSource } from '@gai/core/io';
import { quote, refuse } from '../errors.ts';
import { toByteSource } from '../source.ts';
import type { Source } from '../source.ts';
import { findDirectory } from './find-directory.ts';
import type { Directory } from './find-directory.ts';

/**
 * One file in a zip archive.
 * @category Files
 */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflated. */
  readonly method: number;
  /** Checksum of the content, as CRC-32. */
  readonly crc32: number;
  /** Bytes in the archive, and of the content. */
  readonly compressedSize: number;
  readonly size: number;
  /** Where the entry's own header begins in the archive. */
  readonly headerOffset: number;
}

/**
 * The list of files in a zip archive.
 * @category Files
 */
export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** Where the bytes of an entry begin, packed as they are. */
  dataOffset(entry: ZipEntry): Promise<number>;
  /** The bytes of an entry, packed as they are. */
  read(entry: ZipEntry): Promise<Uint8Array>;
}

const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
/** Sizes and offsets that stand in the extra field of 64-bit numbers instead. */
const ELSEWHERE = 0xffffffff;
const ZIP64 = 1;
const ENCRYPTED = 1;

/**
 * Reads the central directory of a zip archive, 64-bit ones included; entries are read when they are asked for. Names are
 * given as they stand in the archive: whoever writes files must check them.
 * @param source - Bytes, a `Blob`, or a file.
 * @param op - Who reads, for messages.
 * @throws {@link DataError} if it is not a zip archive, is damaged, split or encrypted, or has a name twice.
 * @category Files
 */
export async function openZip(source: Source, op = 'openZip'): Promise<ZipArchive> {
  const bytes = toByteSource(source, op);
  const directory = await findDirectory(bytes, op);
  const entries = readEntries(await bytes.read(directory.offset, directory.size), directory, op);
  const dataOffset = (entry: ZipEntry): Promise<number> => findData(bytes, entry, { op, end: directory.offset });
  return {
    entries,
    dataOffset,
    read: async (entry) => bytes.read(await dataOffset(entry), entry.compressedSize),
  };
}

function readEntries(bytes: Uint8Array, { count }: Directory, op: string): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const { entry, end } = readEntry(bytes, at, op);
    if (entries.has(entry.name)) refuse({ op, problem: 'a name twice', got: quote(entry.name), expected: 'it once' });
    entries.set(entry.name, entry);
    at = end;
  }
  return entries;
}

function readEntry(bytes: Uint8Array, at: number, op: string): { entry: ZipEntry; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = (): never =>
    refuse({ op, problem: 'the list of files breaks off', got: `${bytes.length} bytes`, expected: 'whole entries' });
  if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== ENTRY) return broken();
  const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
  const extraStart = at + ENTRY_BYTES + nameLength;
  const end = extraStart + extraLength + view.getUint16(at + 32, true);
  if (end > bytes.length) return broken();
  const name = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(at + ENTRY_BYTES, extraStart));
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) {
    refuse({
      op,
      problem: 'an encrypted entry',
      got: quote(name),
      expected: 'plain ones',
      remedy: 'Decrypt it first.',
    });
  }
  const stated = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  const extra = new DataView(bytes.buffer, bytes.byteOffset + extraStart, extraLength);
  const [size, compressedSize, headerOffset] = withLargeNumbers(stated, extra) ?? broken();
  const method = view.getUint16(at + 10, true);
  const crc32 = view.getUint32(at + 16, true);
  return {
    entry: { name, method, crc32, size: size!, compressedSize: compressedSize!, headerOffset: headerOffset! },
    end,
  };
}

/** Numbers that do not fit into 32 bits stand in the extra field, one after the other; undefined if they do not. */
function withLargeNumbers(stated: readonly number[], extra: DataView): number[] | undefined {
  if (!stated.includes(ELSEWHERE)) return [...stated];
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== ZIP64) continue;
    const end = Math.min(at + 4 + extra.getUint16(at + 2, true), extra.byteLength);
    let next = at + 4;
    const numbers = stated.map((number) => {
      if (number !== ELSEWHERE) return number;
      next += 8;
      return next > end ? Number.NaN : Number(extra.getBigUint64(next - 8, true));
    });
    return numbers.every(Number.isSafeInteger) ? numbers : undefined;
  }
  return undefined;
}

/** The entry's own header may have another extra field than the directory says: torch pads it to align the data. */
async function findData(
  source: ByteSource,
  { name, compressedSize, headerOffset }: ZipEntry,
  { op, end }: { op: string; end: number },
): Promise<number> {
  const outside = (at: number): never =>
    refuse({
      op,
      problem: `${quote(name)} does not lie in the archive`,
      got: `${compressedSize} bytes from ${at}`,
      expected: `an entry that ends before ${end}, where the list of files begins`,
    });
  if (headerOffset + LOCAL_BYTES > end) outside(headerOffset);
  const header = await source.read(headerOffset, LOCAL_BYTES);
  const view = new DataView(header.buffer, header.byteOffset, LOCAL_BYTES);
  if (view.getUint32(0, true) !== LOCAL) {
    refuse({ op, problem: `${quote(name)} has no header`, got: 'other bytes', expected: `one at ${headerOffset}` });
  }
  const start = headerOffset + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  return start + compressedSize > end ? outside(start) : start;
}
