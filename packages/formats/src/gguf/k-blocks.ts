import { half } from './small-blocks.ts';

// Blocks of 256 elements, whose scales are numbers of 4 or 6 bits that have a scale of their own.

/** w = d s q − dmin m: 16 groups of 16, codes of 2 bits, s and m the halves of a byte. */
export function q2K(bytes: Uint8Array, at: number, into: Float32Array): void {
  const [d, dmin] = [half(bytes, at + 80), half(bytes, at + 82)];
  for (let index = 0; index < 256; index += 1) {
    const scale = bytes[at + (index >> 4)]!;
    const code = (bytes[at + 16 + twoBitByte(index)]! >> twoBitShift(index)) & 3;
    into[index] = d * (scale & 15) * code - dmin * (scale >> 4);
  }
}

/** Codes of 2 bits lie in 32 bytes for each 128 elements: element i, i + 32, i + 64 and i + 96 in byte i. */
const twoBitByte = (index: number): number => ((index >> 7) << 5) | (index & 31);
const twoBitShift = (index: number): number => ((index >> 5) & 3) << 1;

/** w = d (s − 32) (q − 4 [its third bit is not set]): 16 groups of 16. */
export function q3K(bytes: Uint8Array, at: number, into: Float32Array): void {
  const d = half(bytes, at + 108);
  for (let index = 0; index < 256; index += 1) {
    const low = (bytes[at + 32 + twoBitByte(index)]! >> twoBitShift(index)) & 3;
    const high = (bytes[at + (index & 31)]! >> (index >> 5)) & 1;
    into[index] = d * (scale3K(bytes, at + 96, index >> 4) - 32) * (low - (high ^ 1) * 4);
  }
}

/** Six bits: the lower four in halves of 8 bytes, the upper two in quarters of the 4 bytes after. */
function scale3K(bytes: Uint8Array, at: number, group: number): number {
  const low = (bytes[at + (group & 7)]! >> ((group >> 3) << 2)) & 15;
  return low | (((bytes[at + 8 + (group & 3)]! >> ((group >> 2) << 1)) & 3) << 4);
}

/** Scale and minimum of a group of 32, of 6 bits each, packed into 12 bytes. */
function scaleOf(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return bytes[at + group]! & 63;
  return (bytes[at + 4 + group]! & 15) | ((bytes[at + group - 4]! >> 2) & 48);
}
function minimumOf(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return bytes[at + 4 + group]! & 63;
  return (bytes[at + 4 + group]! >> 4) | ((bytes[at + group]! >> 2) & 48);
}

/** w = d s q − dmin m: 8 groups of 32, codes of 4 bits. */
export function q4K(bytes: Uint8Array, at: number, into: Float32Array): void {
  const [d, dmin] = [half(bytes, at), half(bytes, at + 2)];
  for (let group = 0; group < 8; group += 1) {
    const scale = d * scaleOf(bytes, at + 4, group);
    const minimum = dmin * minimumOf(bytes, at + 4, group);
    const [codes, shift] = [at + 16 + ((group >> 1) << 5), (group & 1) << 2];
    for (let index = 0; index < 32; index += 1) {
      into[(group << 5) + index] = scale * ((bytes[codes + index]! >> shift) & 15) - minimum;
    }
  }
}

/** As {@link q4K} with a fifth bit: that of group g is bit g of the 32 bytes after the scales. */
export function q5K(bytes: Uint8Array, at: number, into: Float32Array): void {
  const [d, dmin] = [half(bytes, at), half(bytes, at + 2)];
  for (let group = 0; group < 8; group += 1) {
    const scale = d * scaleOf(bytes, at + 4, group);
    const minimum = dmin * minimumOf(bytes, at + 4, group);
    const [codes, shift] = [at + 48 + ((group >> 1) << 5), (group & 1) << 2];
    for (let index = 0; index < 32; index += 1) {
      const high = (bytes[at + 16 + index]! >> group) & 1;
      const code = ((bytes[codes + index]! >> shift) & 15) | (high << 4);
      into[(group << 5) + index] = scale * code - minimum;
    }
  }
}

/** w = d s (q − 32): 16 groups of 16 with signed bytes s, four bits of a code first and two later. */
export function q6K(bytes: Uint8Array, at: number, into: Float32Array): void {
  const d = half(bytes, at + 208);
  for (let index = 0; index < 256; index += 1) {
    const scale = d * ((bytes[at + 192 + (index >> 4)]! << 24) >> 24);
    const low = (bytes[at + ((index >> 7) << 6) + (index & 63)]! >> (((index >> 6) & 1) << 2)) & 15;
    const high = (bytes[at + 128 + twoBitByte(index)]! >> twoBitShift(index)) & 3;
    into[index] = scale * ((low | (high << 4)) - 32);
  }
}
