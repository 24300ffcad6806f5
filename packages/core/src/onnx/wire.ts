import { internalError } from '../errors.ts';

const TEXT = new TextEncoder();
const NOTHING = new Uint8Array(0);
/** Text up to this length is tried as ASCII. */
const LONGEST = 100;
/** Payloads from this size on are kept as they are instead of being copied into the buffer. */
const LARGE = 1 << 14;

/** Bytes that are read when they are written, and held no longer. */
export interface LazyBytes {
  readonly length: number;
  /** The bytes in pieces. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * A protobuf message being written: each method appends one field. Only what ONNX needs: varints, 32-bit floats,
 * bytes, strings, nested messages and packed lists.
 */
export class Wire {
  #parts: (Uint8Array | LazyBytes)[] = [];
  #size = 0;
  #buffer: Uint8Array<ArrayBuffer> = NOTHING;
  #used = 0;

  /** Length of the message so far in bytes. */
  get size(): number {
    return this.#size + this.#used;
  }

  /** A whole number (int32, int64, enum, bool), negative ones as 64-bit two's complement. */
  int(field: number, value: number): this {
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  /** A 32-bit float. */
  float(field: number, value: number): this {
    this.#varint(field * 8 + 5);
    this.#reserve(4);
    new DataView(this.#buffer.buffer).setFloat32(this.#used, value, true);
    this.#used += 4;
    return this;
  }

  /** Raw bytes; large ones are not copied until {@link finish}, lazy ones not read before {@link chunks}. */
  bytes(field: number, value: Uint8Array | LazyBytes): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#append(value);
    return this;
  }

  /** Text as UTF-8. */
  string(field: number, value: string): this {
    if (value.length > LONGEST) return this.bytes(field, TEXT.encode(value));
    const start = this.#used;
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#reserve(value.length);
    const buffer = this.#buffer;
    let used = this.#used;
    // A model is mostly short names in ASCII, for which calling the encoder takes longer than writing them.
    for (let at = 0; at < value.length; at++) {
      const code = value.charCodeAt(at);
      if (code >= 128) {
        this.#used = start;
        return this.bytes(field, TEXT.encode(value));
      }
      buffer[used++] = code;
    }
    this.#used = used;
    return this;
  }

  /** A nested message. */
  message(field: number, value: Wire): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.size);
    value.#flush();
    for (const part of value.#parts) this.#append(part);
    return this;
  }

  /** A packed list of whole numbers. */
  ints(field: number, values: readonly number[]): this {
    const list = new Wire();
    for (const value of values) list.#varint(value);
    return this.message(field, list);
  }

  /** The message as one array of bytes; it holds no lazy ones. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      if (!(part instanceof Uint8Array)) throw internalError('a message with lazy bytes is finished at once.');
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** The message piece by piece: nothing is copied, and lazy bytes are read when it is their turn. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    this.#flush();
    for (const part of this.#parts) {
      if (part instanceof Uint8Array) yield part;
      else yield* part.chunks();
    }
  }

  #append(data: Uint8Array | LazyBytes): void {
    if (data.length >= LARGE || !(data instanceof Uint8Array)) {
      this.#flush();
      this.#parts.push(data);
      this.#size += data.length;
      return;
    }
    this.#reserve(data.length);
    this.#buffer.set(data, this.#used);
    this.#used += data.length;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#parts.push(this.#buffer.subarray(0, this.#used));
    this.#size += this.#used;
    this.#buffer = NOTHING;
    this.#used = 0;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(128, this.#buffer.length * 2, this.#used + bytes));
    grown.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = grown;
  }

  #varint(value: number): void {
    this.#reserve(10);
    if (value < 0) return this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    let rest = value;
    while (rest >= 128) {
      this.#buffer[this.#used++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#used++] = rest;
  }

  #bigVarint(value: bigint): void {
    let rest = value;
    while (rest >= 128n) {
      this.#buffer[this.#used++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#buffer[this.#used++] = Number(rest);
  }
}
