import { DataError } from '@gai/core';
import type { Image } from './image.ts';

/**
 * An image with another number of channels.
 *
 * Grey is `(19595 R + 38470 G + 7471 B) / 65536`, rounded (Rec. 601, as Pillow's `convert('L')`). Alpha that is
 * dropped is first blended with `background`; alpha that is added is 255.
 *
 * @param image - 8-bit samples.
 * @param channels - 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha.
 * @param background - Grey level behind transparent pixels, 0 … 255. Default 255 (white).
 * @returns A new image; the same one if it has that many channels.
 * @throws {@link DataError} if `channels` is none of 1, 2, 3, 4.
 * @example
 * const red: Image = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0) };
 * convertChannels(red, 1).data[0]; // => 76
 * @category Formats
 */
export function convertChannels(image: Image, channels: Image['channels'], background = 255): Image {
  if (channels === image.channels) return image;
  if (![1, 2, 3, 4].includes(channels)) {
    throw new DataError(
      `convertChannels: the number of channels is unknown. Got ${channels}; expected 1, 2, 3 or 4. Pass 1 for grey.`,
      { op: 'convertChannels', details: { channels } },
    );
  }
  const pixels = image.width * image.height;
  const data = new Uint8Array(pixels * channels);
  const keepsAlpha = channels % 2 === 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const rgba = readPixel(image, pixel);
    const color = keepsAlpha ? rgba : blend(rgba, background);
    const at = pixel * channels;
    if (channels >= 3) for (let c = 0; c < 3; c++) data[at + c] = color[c]!;
    else data[at] = image.channels < 3 ? color[0] : luma(color);
    if (keepsAlpha) data[at + channels - 1] = rgba[3];
  }
  return { width: image.width, height: image.height, channels, data };
}

type Rgba = readonly [number, number, number, number];

function readPixel({ data, channels }: Image, pixel: number): Rgba {
  const at = pixel * channels;
  const first = data[at]!;
  const alpha = channels % 2 === 0 ? data[at + channels - 1]! : 255;
  return channels < 3 ? [first, first, first, alpha] : [first, data[at + 1]!, data[at + 2]!, alpha];
}

function blend([r, g, b, alpha]: Rgba, background: number): Rgba {
  const over = (value: number): number => Math.round((value * alpha + background * (255 - alpha)) / 255);
  return [over(r), over(g), over(b), 255];
}

function luma([r, g, b]: Rgba): number {
  return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
}
