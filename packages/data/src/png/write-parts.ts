import { SIGNATURE } from './chunks.ts';
import { crc32 } from '@gai/core/io';
import { predict } from './filter.ts';
import type { Image } from './image.ts';
import { join, pipe } from './stream.ts';

/** PNG colour types by number of channels. */
export const COLOR_TYPE = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/** Bytes of big-endian numbers of the given widths. */
export function bigEndian(...numbers: readonly (readonly [value: number, bytes: 1 | 2 | 4])[]): Uint8Array {
  const out = new Uint8Array(numbers.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of numbers) {
    for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out[at++] = value >>> shift;
  }
  return out;
}

/** How a file begins: the signature and the header of 8-bit samples, not interlaced. */
export function makeHeader({ width, height, channels }: Image): Uint8Array {
  const header = bigEndian([width, 4], [height, 4], [8, 1], [COLOR_TYPE[channels], 1], [0, 2], [0, 1]);
  return join([Uint8Array.from(SIGNATURE), makeChunk('IHDR', header)]);
}

/** The pixels: filtered row by row, compressed. */
export async function makePixels(image: Image): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of pipe([filterRows(image)], new CompressionStream('deflate'))) pieces.push(piece);
  return join(pieces);
}

function filterRows({ width, height, channels, data }: Image): Uint8Array {
  const stride = width * channels;
  const out = new Uint8Array(height * (stride + 1));
  let above: Uint8Array = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * stride, (y + 1) * stride);
    out.set(bestFilter(row, above, channels), y * (stride + 1));
    above = row;
  }
  return out;
}

/** The row behind its filter byte, by the filter whose differences (as signed bytes) have the smallest sum. */
function bestFilter(row: Uint8Array, above: Uint8Array, unit: number): Uint8Array {
  let best = new Uint8Array(0);
  let least = Infinity;
  for (let type = 0; type <= 4; type++) {
    const line = new Uint8Array(row.length + 1);
    line[0] = type;
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const difference = (row[i]! - (type === 0 ? 0 : predict(type, row, above, { i, unit }))) & 255;
      line[i + 1] = difference;
      sum += Math.min(difference, 256 - difference);
    }
    if (sum < least) {
      least = sum;
      best = line;
    }
  }
  return best;
}

/** A chunk: length, type, body, checksum. */
export function makeChunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}
