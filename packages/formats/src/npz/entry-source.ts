import { crc32 } from '@gai/core/io';
import type { ByteSource } from '@gai/core/io';
import { quote, refuse } from '../errors.ts';
import { inflate } from './inflate.ts';
import { MAX_NPY_HEADER } from './npy-header.ts';
import type { ZipArchive, ZipEntry } from '../zip/open-zip.ts';

const op = 'openNpz';
const STORED = 0;
const DEFLATED = 8;
/** No deflated byte stands for more. */
const MOST_PACKED = 1032;
/** Packed bytes that the beginning of an entry is unpacked from: whatever they are, several times a header comes out. */
const HEAD = 1 << 16;

/** The content of an entry as a source of its own; one that is packed is unpacked when it is first read. */
export async function entrySource(archive: ZipArchive, entry: ZipEntry, file: ByteSource): Promise<ByteSource> {
  const { name, method, size, compressedSize } = entry;
  const isWhole = method === STORED ? size === compressedSize : size <= compressedSize * MOST_PACKED;
  if ((method !== STORED && method !== DEFLATED) || !isWhole) {
    refuse({
      op,
      problem: `${quote(name)} is packed in another way`,
      got: `method ${method}, ${size} bytes in ${compressedSize}`,
      expected: 'stored or deflated',
    });
  }
  const start = await archive.dataOffset(entry);
  if (method === STORED) {
    return {
      size,
      read: compared(entry, (offset, length) => file.read(start + offset, length)),
      ...(file.file === undefined ? {} : { file: (offset, length) => file.file!(start + offset, length) }),
    };
  }
  // Held while somebody reads it piece by piece, and let go at its end.
  let whole: Promise<Uint8Array> | undefined;
  return {
    size,
    async read(offset, length) {
      whole ??= archive.read(entry).then((packed) => unpack(packed, entry));
      const bytes = await whole;
      if (offset + length === size) whole = undefined;
      return bytes.subarray(offset, offset + length);
    },
  };
}

async function unpack(packed: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  const bytes = await inflate(packed, entry.name, entry.size);
  compare(entry, crc32(bytes));
  return bytes;
}

/** Reads, and compares the checksum of what is read in order, piece by piece, when the end is reached. */
function compared(entry: ZipEntry, read: ByteSource['read']): ByteSource['read'] {
  let [next, sum] = [-1, 0];
  return async (offset, length) => {
    const bytes = await read(offset, length);
    if (offset !== next && offset > MAX_NPY_HEADER) return bytes;
    // Numbers are read from behind the header.
    const before = offset === next ? sum : crc32(await read(0, offset));
    [next, sum] = [offset + length, crc32(bytes, before)];
    if (next === entry.size) compare(entry, sum);
    return bytes;
  };
}

function compare({ name, crc32: stated }: ZipEntry, found: number): void {
  if (found === stated) return;
  refuse({
    op,
    problem: `${quote(name)} is damaged`,
    got: `CRC-32 ${found.toString(16)}`,
    expected: stated.toString(16),
    remedy: 'Get the file again.',
  });
}

/** The first bytes of an entry: at least `length`, or all. */
export async function entryStart(
  archive: ZipArchive,
  entry: ZipEntry,
  file: ByteSource,
  length: number,
): Promise<Uint8Array> {
  const start = await archive.dataOffset(entry);
  const most = Math.min(length, entry.size);
  if (entry.method === STORED) return file.read(start, most);
  return inflate(await file.read(start, Math.min(entry.compressedSize, HEAD)), entry.name, most);
}
