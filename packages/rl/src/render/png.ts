import { zlibSync } from 'fflate';
import type { RgbFrame } from '../env.ts';
import { ByteWriter, checkFrames, checkRate } from './bytes.ts';

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** CRC-32 of a chunk's type and data (polynomial 0xEDB88320). */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(out: ByteWriter, type: string, data: Uint8Array): void {
  const body = new ByteWriter().text(type).bytes(data).finish();
  out.big32(data.length).bytes(body).big32(checksum(body));
}

/** Rows with filter 0, compressed. */
function pixels({ width, height, data }: RgbFrame): Uint8Array {
  const rows = new Uint8Array(height * (width * 3 + 1));
  for (let row = 0; row < height; row++) {
    rows.set(data.subarray(row * width * 3, (row + 1) * width * 3), row * (width * 3 + 1) + 1);
  }
  return zlibSync(rows, { level: 6 });
}

function header(out: ByteWriter, { width, height }: RgbFrame): void {
  out.bytes(SIGNATURE);
  chunk(out, 'IHDR', new ByteWriter().big32(width).big32(height).bytes([8, 2, 0, 0, 0]).finish());
}

/**
 * A frame as the bytes of a PNG file.
 *
 * @example
 * ```ts
 * import { CartPole, encodePng, type RgbFrame } from '@gai/rl';
 * const env = new CartPole();
 * env.reset({ seed: 0 });
 * const png = encodePng(env.render('rgb_array') as RgbFrame);
 * [...png.subarray(1, 4)]; // => [80, 78, 71]
 * ```
 *
 * @since 0.1.0
 */
export function encodePng(frame: RgbFrame): Uint8Array {
  const out = new ByteWriter();
  header(out, frame);
  chunk(out, 'IDAT', pixels(frame));
  chunk(out, 'IEND', new Uint8Array(0));
  return out.finish();
}

/**
 * Frames as the bytes of an animated PNG that repeats forever.
 *
 * @param frames - At least one, all of one size.
 * @param options - `fps`: frames per second, default 30.
 * @throws RLError `ARGUMENT` without frames, for frames of different sizes or an unusable rate.
 *
 * @since 0.1.0
 */
export function encodeApng(frames: readonly RgbFrame[], { fps = 30 }: { fps?: number } = {}): Uint8Array {
  checkFrames('encodeApng', frames);
  checkRate('encodeApng', fps);
  const out = new ByteWriter();
  header(out, frames[0]!);
  chunk(out, 'acTL', new ByteWriter().big32(frames.length).big32(0).finish());
  let sequence = 0;
  frames.forEach((frame, index) => {
    const control = new ByteWriter().big32(sequence++).big32(frame.width).big32(frame.height).big32(0).big32(0);
    chunk(
      out,
      'fcTL',
      control
        .big16(100)
        .big16(Math.round(fps * 100))
        .byte(0)
        .byte(0)
        .finish(),
    );
    if (index === 0) chunk(out, 'IDAT', pixels(frame));
    else chunk(out, 'fdAT', new ByteWriter().big32(sequence++).bytes(pixels(frame)).finish());
  });
  chunk(out, 'IEND', new Uint8Array(0));
  return out.finish();
}
