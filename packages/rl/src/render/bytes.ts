import type { RgbFrame } from '../env.ts';
import { argumentError } from '../errors.ts';

/** Bytes that grow. */
export class ByteWriter {
  #buffer = new Uint8Array(1024);
  #length = 0;

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + extra));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  bytes(values: ArrayLike<number>): this {
    this.#reserve(values.length);
    this.#buffer.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  text(value: string): this {
    return this.bytes(Uint8Array.from(value, (character) => character.charCodeAt(0)));
  }

  /** 16 bits, least significant byte first. */
  little16(value: number): this {
    return this.byte(value & 255).byte(value >>> 8);
  }

  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }
}

/** Throws unless there is a frame and all have one size. */
export function checkFrames(op: string, frames: readonly RgbFrame[]): void {
  const [first] = frames;
  if (first === undefined)
    throw argumentError(op, 'there is nothing to show. Got 0 frames; expected at least 1. Render some.');
  const other = frames.find(({ width, height }) => width !== first.width || height !== first.height);
  if (other !== undefined) {
    throw argumentError(
      op,
      `the frames differ in size. Got ${other.width}x${other.height} after ${first.width}x${first.height}; expected one size. ` +
        'Render them all from one env.',
    );
  }
}

/** Throws unless `fps` is usable. */
export function checkRate(op: string, fps: number): void {
  if (fps > 0 && fps <= 100) return;
  throw argumentError(op, `fps is out of range. Got ${fps}; expected 0 < fps <= 100 frames per second. Use 30.`);
}
