import { ArgumentError } from '@gai/core';
import type { ByteSource } from '@gai/core/io';
import { refuse } from './errors.ts';

/**
 * What the readers take: bytes in memory, a `Blob` or `File` of a page, or any source such as `fileSource` of
 * `@gai/core/io` gives for a file of a storage.
 * @category Files
 */
export type Source = Uint8Array | Blob | ByteSource;

/** Any {@link Source} as one that is read by ranges, never beyond its end. */
export function toByteSource(source: Source, op: string): ByteSource {
  if (source instanceof Uint8Array) return bytesSource(source, op);
  if (typeof Blob === 'function' && source instanceof Blob) return blobSource(source, op);
  if (isByteSource(source)) return checked(source, op);
  throw new ArgumentError(
    `${op}: not a source of bytes. Got ${typeof source}; expected a Uint8Array, a Blob, or an object with size and read. ` +
      `For a file: await fileSource(storage, path).`,
    { op },
  );
}

function isByteSource(value: unknown): value is ByteSource {
  if (typeof value !== 'object' || value === null) return false;
  const { size, read } = value as Partial<ByteSource>;
  return Number.isSafeInteger(size) && typeof read === 'function';
}

function checkRange(op: string, [offset, length]: readonly [number, number], size: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  const got = `${length} bytes from ${offset}`;
  refuse({ op, problem: 'a part lies outside the file', got, expected: `a part of its ${size} bytes` });
}

/** The same bytes without what a subclass adds: of Node's Buffer a slice is a view, and its elements would be one. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

const bytesSource = (bytes: Uint8Array, op: string): ByteSource => ({
  size: bytes.length,
  async read(offset, length) {
    checkRange(op, [offset, length], bytes.length);
    return plain(bytes).subarray(offset, offset + length);
  },
});

const blobSource = (blob: Blob, op: string): ByteSource => ({
  size: blob.size,
  async read(offset, length) {
    checkRange(op, [offset, length], blob.size);
    return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
  },
});

/** A source that another wrote, held to what it promised. */
const checked = (source: ByteSource, op: string): ByteSource => ({
  size: source.size,
  async read(offset, length) {
    checkRange(op, [offset, length], source.size);
    const bytes = await source.read(offset, length);
    if (bytes.length === length) return plain(bytes);
    return refuse({ op, problem: 'a read came back short', got: `${bytes.length} bytes`, expected: `${length}` });
  },
  ...(source.file === undefined ? {} : { file: (offset, length) => source.file!(offset, length) }),
});
