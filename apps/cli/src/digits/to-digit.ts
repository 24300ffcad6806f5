import { DataError } from '@gai/core';

/** A decoded picture: rows of pixels with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels of 8 bits. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

const SIZE = 28;
/** The digit fills this many pixels of the 28, as in the pictures the models learn from. */
const BOX = 20;

/**
 * Any picture of one digit as the models expect it: light on dark in 0..1, the digit scaled into 20×20 and its centre
 * of mass put in the middle of 28×28.
 */
export function toDigit(image: DecodedImage): Float32Array {
  const ink = inkOf(image);
  if (image.width === SIZE && image.height === SIZE) return ink;
  const box = boundsOf(ink, image);
  const scale = Math.max(box.width, box.height) / BOX;
  const scaled = new Float32Array(SIZE * SIZE);
  const sample = (row: number, column: number): number => averageAt(ink, image, box, { row, column, scale });
  const [rows, columns] = [Math.ceil(box.height / scale), Math.ceil(box.width / scale)];
  let [mass, massY, massX] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = sample(row, column);
      mass += value;
      massY += value * row;
      massX += value * column;
    }
  }
  const down = Math.round(SIZE / 2 - 0.5 - massY / mass);
  const right = Math.round(SIZE / 2 - 0.5 - massX / mass);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [y, x] = [row + down, column + right];
      if (y >= 0 && y < SIZE && x >= 0 && x < SIZE) scaled[y * SIZE + x] = sample(row, column);
    }
  }
  return scaled;
}

/** Brightness 0..1, transparent parts as paper, turned so that the digit is light on dark. */
function inkOf({ width, height, channels, data }: DecodedImage): Float32Array {
  const count = width * height;
  const grey = new Float32Array(count);
  const color = channels >= 3;
  for (let at = 0; at < count; at++) {
    const first = at * channels;
    const value = color ? 0.299 * data[first]! + 0.587 * data[first + 1]! + 0.114 * data[first + 2]! : data[first]!;
    const alpha = channels === 2 || channels === 4 ? data[first + channels - 1]! / 255 : 1;
    grey[at] = (value / 255) * alpha + (1 - alpha);
  }
  // The border is paper: if it is light, the ink is dark.
  let border = 0;
  for (let x = 0; x < width; x++) border += grey[x]! + grey[(height - 1) * width + x]!;
  if (border / (2 * width) > 0.5) for (let at = 0; at < count; at++) grey[at] = 1 - grey[at]!;
  return grey;
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest box around everything brighter than a fifth of the brightest. */
function boundsOf(ink: Float32Array, { width, height }: DecodedImage): Box {
  const most = ink.reduce((best, value) => Math.max(best, value), 0);
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let at = 0; at < ink.length; at++) {
    if (ink[at]! <= most / 5) continue;
    const [y, x] = [Math.floor(at / width), at % width];
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    left = Math.min(left, x);
    right = Math.max(right, x);
  }
  if (most < 0.05 || bottom < 0) {
    throw new DataError(
      `predict: the picture is blank. Got ${width}×${height} pixels of one colour; expected a digit that stands out ` +
        `from the paper.`,
    );
  }
  return { top, left, width: right - left + 1, height: bottom - top + 1 };
}

/** The mean of the source pixels under one target pixel. */
function averageAt(
  ink: Float32Array,
  image: DecodedImage,
  box: Box,
  { row, column, scale }: { readonly row: number; readonly column: number; readonly scale: number },
): number {
  const [y0, x0] = [box.top + row * scale, box.left + column * scale];
  let [sum, count] = [0, 0];
  for (let y = Math.floor(y0); y < Math.max(y0 + scale, Math.floor(y0) + 1); y++) {
    for (let x = Math.floor(x0); x < Math.max(x0 + scale, Math.floor(x0) + 1); x++) {
      if (y >= image.height || x >= image.width) continue;
      sum += ink[y * image.width + x]!;
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}
