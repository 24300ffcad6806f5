import { pngError } from './error.ts';

/** What the IHDR chunk says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample (per palette index for colour type 3). */
  readonly bitDepth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. */
  readonly colorType: number;
  readonly interlaced: boolean;
  /** Samples per pixel in the file. */
  readonly samples: number;
}

/** Samples per pixel and the permitted bit depths of each colour type. */
const COLOR_TYPES: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** Reads and checks an IHDR chunk. */
export function readHeader(body: Uint8Array, maxPixels: number): PngHeader {
  if (body.length !== 13) throw pngError('the header has a wrong length', `${body.length} bytes`, '13');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [bitDepth, colorType, compression, filter, interlace] = [...body.subarray(8)] as number[];
  const type = COLOR_TYPES[colorType!];
  if (width === 0 || height === 0) throw pngError('the image has no pixels', `${width} × ${height}`, 'at least 1 × 1');
  if (width * height > maxPixels) {
    throw pngError(
      'the image is too large',
      `${width} × ${height} pixels`,
      `at most ${maxPixels} in all. Pass { maxPixels } if you trust the file`,
    );
  }
  if (!type?.depths.includes(bitDepth!)) {
    throw pngError(
      'the pixel format is unknown',
      `colour type ${colorType} with ${bitDepth} bits`,
      'a pair of the standard',
    );
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    throw pngError('the encoding is unknown', `methods ${compression}, ${filter}, ${interlace}`, '0, 0 and 0 or 1');
  }
  return {
    width,
    height,
    bitDepth: bitDepth!,
    colorType: colorType!,
    interlaced: interlace === 1,
    samples: type.samples,
  };
}
