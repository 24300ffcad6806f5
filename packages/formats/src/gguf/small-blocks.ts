import { halfTable } from './half-table.ts';

/**
 * Writes the elements of one block. The products of scales and codes are exact in float32, so that the one rounding of a
 * sum is that of the array: the result is that of Python's `gguf` bit for bit.
 * @param bytes - The tensor's bytes.
 * @param at - Where the block begins.
 * @param into - Its elements, as many as a block has.
 */
export type Dequantize = (bytes: Uint8Array, at: number, into: Float32Array) => void;

/** A float16 at a place. */
export const half = (bytes: Uint8Array, at: number): number => halfTable()[bytes[at]! | (bytes[at + 1]! << 8)]!;

const HALF = 16;

/** w = d (q − 8); byte i holds the codes i, in its lower half, and i + 16. */
export function q4_0(bytes: Uint8Array, at: number, into: Float32Array): void {
  const d = half(bytes, at);
  for (let index = 0; index < HALF; index += 1) {
    const byte = bytes[at + 2 + index]!;
    into[index] = d * ((byte & 15) - 8);
    into[index + HALF] = d * ((byte >> 4) - 8);
  }
}

/** w = d q + m. */
export function q4_1(bytes: Uint8Array, at: number, into: Float32Array): void {
  const [d, m] = [half(bytes, at), half(bytes, at + 2)];
  for (let index = 0; index < HALF; index += 1) {
    const byte = bytes[at + 4 + index]!;
    into[index] = d * (byte & 15) + m;
    into[index + HALF] = d * (byte >> 4) + m;
  }
}

/** w = d (q − 16); the fifth bits stand before the others. */
export function q5_0(bytes: Uint8Array, at: number, into: Float32Array): void {
  const d = half(bytes, at);
  for (let index = 0; index < 2 * HALF; index += 1) into[index] = d * (fiveBits(bytes, at + 2, index) - 16);
}

/** w = d q + m. */
export function q5_1(bytes: Uint8Array, at: number, into: Float32Array): void {
  const [d, m] = [half(bytes, at), half(bytes, at + 2)];
  for (let index = 0; index < 2 * HALF; index += 1) into[index] = d * fiveBits(bytes, at + 4, index) + m;
}

function fiveBits(bytes: Uint8Array, at: number, index: number): number {
  const high = (bytes[at + (index >> 3)]! >> (index & 7)) & 1;
  const byte = bytes[at + 4 + (index % HALF)]!;
  return (index < HALF ? byte & 15 : byte >> 4) | (high << 4);
}

/** w = d q with a signed byte q. */
export function q8_0(bytes: Uint8Array, at: number, into: Float32Array): void {
  const d = half(bytes, at);
  for (let index = 0; index < 2 * HALF; index += 1) into[index] = d * ((bytes[at + 2 + index]! << 24) >> 24);
}
