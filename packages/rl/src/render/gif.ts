import { checkOptionNames } from '@gai/core/errors';
import type { RgbFrame } from '../env.ts';
import { ByteWriter, checkFrames, checkRate } from './bytes.ts';

/** Colours in use (0xRRGGBB → index): the exact ones if at most 256, else 3 bits red, 3 green, 2 blue. */
interface Palette {
  readonly colours: readonly number[];
  readonly indexOf: (colour: number) => number;
}

function colourAt(data: Uint8Array, offset: number): number {
  return (data[offset]! << 16) | (data[offset + 1]! << 8) | data[offset + 2]!;
}

function coarsePalette(): Palette {
  const colours = Array.from({ length: 256 }, (_, index) => {
    const red = Math.round(((index >> 5) * 255) / 7);
    const green = Math.round((((index >> 2) & 7) * 255) / 7);
    return (red << 16) | (green << 8) | ((index & 3) * 85);
  });
  const level = (value: number, steps: number): number => Math.round((value * steps) / 255);
  return {
    colours,
    indexOf: (c) => (level(c >> 16, 7) << 5) | (level((c >> 8) & 255, 7) << 2) | level(c & 255, 3),
  };
}

function buildPalette(frames: readonly RgbFrame[]): Palette {
  const indices = new Map<number, number>();
  for (const { data } of frames) {
    for (let offset = 0; offset < data.length; offset += 3) {
      const colour = colourAt(data, offset);
      if (!indices.has(colour)) indices.set(colour, indices.size);
      if (indices.size > 256) return coarsePalette();
    }
  }
  return { colours: [...indices.keys()], indexOf: (colour) => indices.get(colour)! };
}

/** Codes of growing width, packed least significant bit first into blocks of at most 255 bytes. */
class CodeWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #pendingBits = 0;

  write(code: number, width: number): void {
    this.#pending |= code << this.#pendingBits;
    this.#pendingBits += width;
    while (this.#pendingBits >= 8) {
      this.#bytes.push(this.#pending & 255);
      this.#pending >>>= 8;
      this.#pendingBits -= 8;
    }
  }

  finish(out: ByteWriter): void {
    if (this.#pendingBits > 0) this.#bytes.push(this.#pending & 255);
    for (let from = 0; from < this.#bytes.length; from += 255) {
      const block = this.#bytes.slice(from, from + 255);
      out.byte(block.length).bytes(block);
    }
    out.byte(0);
  }
}

/** GIF's variable-width LZW. The table maps (prefix code, next index) to a code and is cleared at 4096 entries. */
function compress(indices: Uint8Array, minimumWidth: number, out: ByteWriter): void {
  const clear = 1 << minimumWidth;
  const codes = new CodeWriter();
  let table = new Map<number, number>();
  let next = clear + 2;
  let width = minimumWidth + 1;
  codes.write(clear, width);
  let prefix = indices[0]!;
  for (let position = 1; position < indices.length; position++) {
    const key = prefix * 256 + indices[position]!;
    const known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    codes.write(prefix, width);
    if (next === 4096) {
      codes.write(clear, width);
      table = new Map();
      next = clear + 2;
      width = minimumWidth + 1;
    } else {
      table.set(key, next);
      if (next === 1 << width) width++;
      next++;
    }
    prefix = indices[position]!;
  }
  codes.write(prefix, width);
  codes.write(clear + 1, width);
  codes.finish(out);
}

/**
 * Frames as the bytes of an animated GIF that repeats forever.
 *
 * Up to 256 colours are kept exactly (the built-in drawings have fewer); more are reduced to a fixed palette.
 *
 * @param frames - At least one, all of one size.
 * @param options - `fps`: frames per second, default 30; GIF rounds the delay to hundredths of a second.
 * @throws ArgumentError without frames, for frames of different sizes or an unusable rate.
 * @example
 * import { encodeGif } from '@gai/rl';
 * const frame = { width: 1, height: 1, data: new Uint8Array([255, 0, 0]) };
 * String.fromCharCode(...encodeGif([frame]).subarray(0, 6)); // => 'GIF89a'
 * @category Rendering
 * @since 0.1.0
 */
export function encodeGif(frames: readonly RgbFrame[], options: { fps?: number } = {}): Uint8Array {
  checkOptionNames('encodeGif', options, ['fps']);
  const { fps = 30 } = options;
  checkFrames('encodeGif', frames);
  checkRate('encodeGif', fps);
  const { width, height } = frames[0]!;
  const palette = buildPalette(frames);
  const bits = Math.max(2, Math.ceil(Math.log2(Math.max(2, palette.colours.length))));
  const out = new ByteWriter()
    .text('GIF89a')
    .little16(width)
    .little16(height)
    .bytes([0xf0 | (bits - 1), 0, 0]);
  for (let index = 0; index < 1 << bits; index++) {
    const colour = palette.colours[index] ?? 0;
    out.bytes([colour >> 16, (colour >> 8) & 255, colour & 255]);
  }
  out.bytes([0x21, 0xff, 11]).text('NETSCAPE2.0').bytes([3, 1, 0, 0, 0]);
  for (const { data } of frames) {
    const indices = Uint8Array.from({ length: width * height }, (_, pixel) =>
      palette.indexOf(colourAt(data, pixel * 3)),
    );
    out
      .bytes([0x21, 0xf9, 4, 0])
      .little16(Math.max(1, Math.round(100 / fps)))
      .bytes([0, 0]);
    out.byte(0x2c).little16(0).little16(0).little16(width).little16(height).byte(0).byte(bits);
    compress(indices, bits, out);
  }
  return out.byte(0x3b).finish();
}
