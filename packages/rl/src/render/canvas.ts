import type { RgbFrame } from '../env.ts';

/** Red, green, blue, each 0-255. */
export type Colour = readonly [number, number, number];

/** A point, x to the right and y down, in pixels. */
export type Point = readonly [number, number];

/** A small raster: polygons, discs, lines and letters without anti-aliasing, so that frames have few colours. */
export class Canvas implements RgbFrame {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number, background: Colour = [255, 255, 255]) {
    this.width = width;
    this.height = height;
    this.data = new Uint8Array(width * height * 3);
    this.rectangle([0, 0, width, height], background);
  }

  /** Fills the pixels of row y from x0 up to (not including) x1. */
  #span(y: number, x0: number, x1: number, colour: Colour): void {
    const from = Math.max(0, Math.ceil(x0 - 0.5));
    const to = Math.min(this.width, Math.ceil(x1 - 0.5));
    for (let offset = (y * this.width + from) * 3; offset < (y * this.width + to) * 3; offset += 3) {
      this.data[offset] = colour[0];
      this.data[offset + 1] = colour[1];
      this.data[offset + 2] = colour[2];
    }
  }

  /** Fills a rectangle given as left, top, width, height. */
  rectangle([x, y, width, height]: readonly [number, number, number, number], colour: Colour): void {
    const bottom = Math.min(this.height, Math.ceil(y + height - 0.5));
    for (let row = Math.max(0, Math.ceil(y - 0.5)); row < bottom; row++) this.#span(row, x, x + width, colour);
  }

  /** Fills a polygon by the even-odd rule at pixel centres. */
  polygon(points: readonly Point[], colour: Colour): void {
    const ys = points.map(([, y]) => y);
    const bottom = Math.min(this.height - 1, Math.floor(Math.max(...ys)));
    for (let row = Math.max(0, Math.floor(Math.min(...ys))); row <= bottom; row++) {
      const crossings: number[] = [];
      points.forEach(([x1, y1], index) => {
        const [x2, y2] = points[(index + 1) % points.length]!;
        const centre = row + 0.5;
        if (y1 <= centre !== y2 <= centre) crossings.push(x1 + ((centre - y1) / (y2 - y1)) * (x2 - x1));
      });
      crossings.sort((a, b) => a - b);
      for (let index = 0; index + 1 < crossings.length; index += 2) {
        this.#span(row, crossings[index]!, crossings[index + 1]!, colour);
      }
    }
  }

  /** Fills a disc. */
  disc([x, y]: Point, radius: number, colour: Colour): void {
    for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(this.height, y + radius); row++) {
      const half = Math.sqrt(Math.max(0, radius * radius - (row + 0.5 - y) ** 2));
      this.#span(row, x - half, x + half, colour);
    }
  }

  /** A straight stroke of a given thickness. */
  line([x1, y1]: Point, [x2, y2]: Point, colour: Colour, thickness = 2): void {
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const dx = ((y2 - y1) / length) * (thickness / 2);
    const dy = ((x1 - x2) / length) * (thickness / 2);
    const corners: Point[] = [
      [x1 + dx, y1 + dy],
      [x2 + dx, y2 + dy],
      [x2 - dx, y2 - dy],
      [x1 - dx, y1 - dy],
    ];
    this.polygon(corners, colour);
  }
}

/** Turns points about the origin by an angle in radians (from the x axis towards the y axis) and moves them. */
export function turnAndMove(points: readonly Point[], angle: number, [x, y]: Point): Point[] {
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  return points.map(([px, py]) => [x + px * cosine - py * sine, y + px * sine + py * cosine]);
}

/** The corners of a rectangle between two x and two y. */
export function corners(left: number, right: number, top: number, bottom: number): Point[] {
  return [
    [left, bottom],
    [left, top],
    [right, top],
    [right, bottom],
  ];
}
