import { DataError } from '@gai/core';
import { SIGNATURE } from './chunks.ts';
import { crc32 } from './crc32.ts';
import { predict } from './filter.ts';
import type { Image } from './image.ts';
import { join, pipe } from './stream.ts';

/** PNG colour types by number of channels. */
const COLOR_TYPE = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/**
 * Writes a PNG file of 8-bit samples, not interlaced; each row gets the filter with the least sum of differences.
 *
 * @param image - 1 … 4 channels, channels last.
 * @returns The bytes of the file.
 * @throws {@link DataError} if the data does not fill the image.
 * @example
 * const bytes = await encodePng({ width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0) });
 * bytes[1] === 'P'.charCodeAt(0); // => true
 * @category Formats
 */
export async function encodePng(image: Image): Promise<Uint8Array> {
  const { width, height, channels } = checkImage(image);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPE[channels]], 8);
  const chunks = [
    Uint8Array.from(SIGNATURE),
    makeChunk('IHDR', header),
    makeChunk('IDAT', await deflate(filterRows(image))),
    makeChunk('IEND', new Uint8Array(0)),
  ];
  return join(chunks);
}

function checkImage(image: Image): Image {
  const { width, height, channels, data } = image;
  const sized = [width, height].every((size) => Number.isInteger(size) && size >= 1 && size < 2 ** 31);
  if (sized && channels in COLOR_TYPE && data.length === width * height * channels) return image;
  throw new DataError(
    `encodePng: the data does not fill the image. Got ${data.length} bytes for ${width} × ${height} × ${channels}; ` +
      `expected sizes ≥ 1, 1 … 4 channels and ${width * height * channels} bytes. Correct the sizes.`,
    { op: 'encodePng', details: { width, height, channels, bytes: data.length } },
  );
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

function makeChunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of pipe([bytes], new CompressionStream('deflate'))) pieces.push(piece);
  return join(pieces);
}
