import type { PngHeader } from './header.ts';

/** One of the seven images that Adam7 interlacing cuts a picture into, or the whole picture. */
export interface Pass {
  readonly width: number;
  readonly height: number;
  /** Bytes of one row, without the filter byte. */
  readonly stride: number;
  readonly x0: number;
  readonly y0: number;
  readonly dx: number;
  readonly dy: number;
}

/** Start and step of each Adam7 pass: x0, y0, dx, dy. */
const ADAM7: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** The passes of an image that have pixels. */
export function passesOf(header: PngHeader): Pass[] {
  const grid = header.interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return grid
    .map(([x0, y0, dx, dy]) => {
      const width = Math.ceil((header.width - x0) / dx);
      const height = Math.ceil((header.height - y0) / dy);
      const stride = Math.ceil((width * header.samples * header.bitDepth) / 8);
      return { width, height, stride, x0, y0, dx, dy };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of all passes unpacked, filter bytes included. */
export function unpackedSize(passes: readonly Pass[]): number {
  return passes.reduce((sum, pass) => sum + pass.height * (pass.stride + 1), 0);
}
