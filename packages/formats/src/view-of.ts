/** A kind of typed array. */
interface ViewConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
}

/** Bytes as elements, copied only where they are not aligned. Every platform that JavaScript runs on is little-endian. */
export function viewOf<T>(bytes: Uint8Array, View: ViewConstructor<T>): T {
  const size = View.BYTES_PER_ELEMENT;
  // Not bytes.slice(): of a Node Buffer that is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  return new View(aligned.buffer, aligned.byteOffset, bytes.length / size);
}
