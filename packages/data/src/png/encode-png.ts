import { DataError } from '@gai/core';
import type { Image } from './image.ts';
import { join } from './stream.ts';
import { COLOR_TYPE, makeChunk, makeHeader, makePixels } from './write-parts.ts';

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
  checkImage('encodePng', image);
  return join([makeHeader(image), makeChunk('IDAT', await makePixels(image)), makeChunk('IEND', new Uint8Array(0))]);
}

/** Throws unless the data fills the image. */
export function checkImage(op: string, image: Image): void {
  const { width, height, channels, data } = image;
  const sized = [width, height].every((size) => Number.isInteger(size) && size >= 1 && size < 2 ** 31);
  if (sized && channels in COLOR_TYPE && data.length === width * height * channels) return;
  throw new DataError(
    `${op}: the data does not fill the image. Got ${data.length} bytes for ${width} × ${height} × ${channels}; ` +
      `expected sizes ≥ 1, 1 … 4 channels and ${width * height * channels} bytes. Correct the sizes.`,
    { op, details: { width, height, channels, bytes: data.length } },
  );
}
