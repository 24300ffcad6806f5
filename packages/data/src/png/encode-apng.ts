import { DataError } from '@gai/core';
import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { checkImage } from './encode-png.ts';
import type { Image } from './image.ts';
import { join } from './stream.ts';
import { bigEndian, makeChunk, makeHeader, makePixels } from './write-parts.ts';

/**
 * Writes an animated PNG that repeats for ever; programs that know no animation show its first picture.
 *
 * @param images - At least one, all of one size and number of channels.
 * @param options.fps - Pictures per second, 0.01 to 100. Default 30.
 * @returns The bytes of the file.
 * @throws {@link DataError} without images, for images of different kinds, or for data that does not fill its image.
 * @throws {@link ArgumentError} for a rate out of range.
 * @example
 * const dark: Image = { width: 1, height: 1, channels: 3, data: Uint8Array.of(0, 0, 0) };
 * const light = { ...dark, data: Uint8Array.of(255, 255, 255) };
 * const bytes = await encodeApng([dark, light], { fps: 2 });
 * bytes[1] === 'P'.charCodeAt(0); // => true
 * @category Formats
 */
export async function encodeApng(
  images: readonly Image[],
  options: { readonly fps?: number } = {},
): Promise<Uint8Array> {
  checkOptionNames('encodeApng', options, ['fps']);
  const { fps = 30 } = options;
  const fits = typeof fps === 'number' && fps >= 0.01 && fps <= 100;
  checkArgument(fits, fps, { op: 'encodeApng', name: 'fps', rule: 'a number, 0.01 to 100' });
  checkImages(images);
  const parts = [makeHeader(images[0]!), makeChunk('acTL', bigEndian([images.length, 4], [0, 4]))];
  let sequence = 0;
  for (const [index, image] of images.entries()) {
    parts.push(makeChunk('fcTL', controlOf(image, sequence++, fps)));
    const pixels = await makePixels(image);
    parts.push(index === 0 ? makeChunk('IDAT', pixels) : makeChunk('fdAT', join([bigEndian([sequence++, 4]), pixels])));
  }
  return join([...parts, makeChunk('IEND', new Uint8Array(0))]);
}

/** Where and how long a picture is shown: all over, for 1 / fps of a second, over the one before. */
function controlOf({ width, height }: Image, sequence: number, fps: number): Uint8Array {
  // A fraction of two whole numbers below 2¹⁶; the larger of them carries the digits.
  const [numerator, denominator] = fps < 1 ? [Math.round(100 / fps), 100] : [100, Math.round(fps * 100)];
  const place = [
    [width, 4],
    [height, 4],
    [0, 4],
    [0, 4],
  ] as const;
  return bigEndian([sequence, 4], ...place, [numerator, 2], [denominator, 2], [0, 1], [0, 1]);
}

function checkImages(images: readonly Image[]): void {
  const op = 'encodeApng';
  const [first] = images;
  if (first === undefined) throw new DataError(`${op}: no images. Got 0; expected at least 1. Draw some.`, { op });
  for (const image of images) {
    checkImage(op, image);
    const { width, height, channels } = image;
    if (width === first.width && height === first.height && channels === first.channels) continue;
    throw new DataError(
      `${op}: the images differ. Got ${width} × ${height} × ${channels} after ${first.width} × ${first.height} × ` +
        `${first.channels}; expected one size and number of channels. Draw them all alike.`,
      { op, details: { width, height, channels } },
    );
  }
}
