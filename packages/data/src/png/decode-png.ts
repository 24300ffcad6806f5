import { checkOptionNames } from '@gai/core/ops';
import { readParts } from './chunks.ts';
import type { PngParts } from './chunks.ts';
import { convertChannels } from './convert-channels.ts';
import { unfilter } from './filter.ts';
import type { Image } from './image.ts';
import { inflateExactly } from './inflate.ts';
import { passesOf, unpackedSize } from './passes.ts';
import { pixelFormat } from './samples.ts';

/** Settings of {@link decodePng}. */
export interface DecodePngOptions {
  /** Refuse larger images before anything is unpacked. Default 16,777,216 (4096 × 4096). */
  readonly maxPixels?: number;
  /** Convert to so many channels (see {@link convertChannels}). Default: those of the file. */
  readonly channels?: Image['channels'];
  /** Grey level behind transparent pixels when alpha is dropped, 0 … 255. Default 255. */
  readonly background?: number;
}

/**
 * Reads a PNG image: every colour type, bit depth (1, 2, 4, 8, 16) and Adam7 interlacing.
 *
 * Samples are scaled to 8 bits, palettes become RGB, a transparent colour becomes an alpha channel; gamma and colour
 * profiles are ignored. The input is not trusted: checksums are verified, memory stays below about 16 bytes per pixel
 * of `maxPixels`, and whatever is wrong is a `DataError`. Works in browsers and Node (`DecompressionStream`).
 *
 * @param bytes - The whole file.
 * @throws {@link DataError} if the file is damaged, cut off, too large or no PNG.
 * @example
 * const file = await encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) });
 * const image = await decodePng(file);
 * image.data; // => [0, 255]
 * @see https://www.w3.org/TR/png-3/
 * @category Formats
 */
export async function decodePng(bytes: Uint8Array, options: DecodePngOptions = {}): Promise<Image> {
  checkOptionNames('decodePng', options, ['maxPixels', 'channels', 'background']);
  const { maxPixels = 2 ** 24, channels, background } = options;
  const parts = readParts(bytes, maxPixels);
  const passes = passesOf(parts.header);
  const raw = await inflateExactly(parts.data, unpackedSize(passes));
  const image = assemble(parts, raw);
  return channels === undefined ? image : convertChannels(image, channels, background);
}

/** Undoes filters and interlacing, and turns samples into channels. */
function assemble(parts: PngParts, raw: Uint8Array): Image {
  const { width, height, samples, bitDepth } = parts.header;
  const { channels, write } = pixelFormat(parts);
  const data = new Uint8Array(width * height * channels);
  const unit = Math.max(1, (samples * bitDepth) >> 3);
  let start = 0;
  for (const pass of passesOf(parts.header)) {
    const size = pass.height * (pass.stride + 1);
    const rows = raw.subarray(start, start + size);
    unfilter(rows, pass.stride, unit);
    for (let y = 0; y < pass.height; y++) {
      const row = rows.subarray(y * (pass.stride + 1) + 1, (y + 1) * (pass.stride + 1));
      const line = (pass.y0 + y * pass.dy) * width;
      for (let x = 0; x < pass.width; x++) write(row, x, data, (line + pass.x0 + x * pass.dx) * channels);
    }
    start += size;
  }
  return { width, height, channels: channels as Image['channels'], data };
}
