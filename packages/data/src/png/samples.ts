import { pngError, SAVE_AGAIN } from './error.ts';
import type { PngParts } from './chunks.ts';

/** Reads sample `i` of a row. */
type SampleReader = (row: Uint8Array, i: number) => number;

/** A reader for a bit depth; samples below 8 bits are packed from the high bit down. */
function sampleReader(bitDepth: number): SampleReader {
  if (bitDepth === 8) return (row, i) => row[i]!;
  if (bitDepth === 16) return (row, i) => (row[2 * i]! << 8) | row[2 * i + 1]!;
  const mask = (1 << bitDepth) - 1;
  return (row, i) => {
    const bit = i * bitDepth;
    return (row[bit >> 3]! >> (8 - bitDepth - (bit & 7))) & mask;
  };
}

/** Writes the channels of one pixel, given a row and the pixel's number in it. */
type PixelWriter = (row: Uint8Array, pixel: number, out: Uint8Array, at: number) => void;

/** How the pixels of a file become bytes: channels per pixel and the function that writes one. */
export interface PixelFormat {
  readonly channels: number;
  readonly write: PixelWriter;
}

/** The pixel format of a file; grey and RGB get an alpha channel if one colour is transparent. */
export function pixelFormat(parts: PngParts): PixelFormat {
  return parts.header.colorType === 3 ? paletteFormat(parts) : directFormat(parts);
}

function paletteFormat({ header, palette, transparency }: PngParts): PixelFormat {
  if (!palette) throw pngError('the palette is missing', 'no PLTE chunk', `one for colour type 3. ${SAVE_AGAIN}`);
  const colors = palette.length / 3;
  if (transparency && transparency.length > colors) throw wrongTransparency(transparency.length, `at most ${colors}`);
  const read = sampleReader(header.bitDepth);
  const write: PixelWriter = (row, pixel, out, at) => {
    const index = read(row, pixel);
    if (index >= colors)
      throw pngError('a colour is not in the palette', `index ${index}`, `below ${colors}. ${SAVE_AGAIN}`);
    out[at] = palette[3 * index]!;
    out[at + 1] = palette[3 * index + 1]!;
    out[at + 2] = palette[3 * index + 2]!;
    if (transparency) out[at + 3] = transparency[index] ?? 255;
  };
  return { channels: transparency ? 4 : 3, write };
}

function directFormat({ header, transparency }: PngParts): PixelFormat {
  const { samples, bitDepth } = header;
  const read = sampleReader(bitDepth);
  const largest = 2 ** bitDepth - 1;
  const scale = (value: number): number => (bitDepth === 8 ? value : Math.round((value * 255) / largest));
  const key = transparency && transparentColor(transparency, samples);
  const write: PixelWriter = (row, pixel, out, at) => {
    let opaque = key === undefined;
    for (let channel = 0; channel < samples; channel++) {
      const value = read(row, pixel * samples + channel);
      out[at + channel] = scale(value);
      if (key && value !== key[channel]) opaque = true;
    }
    if (key) out[at + samples] = opaque ? 255 : 0;
  };
  return { channels: samples + (key ? 1 : 0), write };
}

/** The one transparent colour of a grey or RGB image, as samples of the file. */
function transparentColor(body: Uint8Array, samples: number): number[] {
  const valid = samples === 1 || samples === 3;
  if (!valid || body.length !== 2 * samples)
    throw wrongTransparency(body.length, valid ? `${2 * samples}` : 'no tRNS chunk');
  return Array.from({ length: samples }, (_, i) => (body[2 * i]! << 8) | body[2 * i + 1]!);
}

function wrongTransparency(got: number, expected: string): Error {
  return pngError('the transparency does not fit', `a tRNS chunk of ${got} bytes`, `${expected}. ${SAVE_AGAIN}`);
}
