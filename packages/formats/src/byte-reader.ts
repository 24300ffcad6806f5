import { NeedsMore } from './window.ts';

/** Numbers one after the other, the lowest byte first, out of the beginning of a file. */
export class ByteReader {
  protected readonly source: Uint8Array;
  protected readonly view: DataView;
  /** How far it is. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.source = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /**
   * Where the next `length` bytes are, which are then behind.
   * @throws {@link NeedsMore} if the beginning ends before they do.
   */
  protected take(length: number): number {
    const at = this.at;
    if (at + length > this.source.length) throw new NeedsMore();
    this.at = at + length;
    return at;
  }

  uint8(): number {
    return this.view.getUint8(this.take(1));
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }
}
