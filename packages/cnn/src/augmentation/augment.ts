import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { sizesOf } from './images.ts';
import type { HostImages, ImageSizes, RandomSource } from './images.ts';

/** How images are changed at random; see {@link augment}. */
export interface AugmentOptions {
  /** Shift by up to so many pixels along each axis, in fractions of a pixel. Default 0. */
  readonly shift?: number;
  /** Rotate by up to so many degrees either way. Default 0. */
  readonly rotate?: number;
  /** Scale by a factor between 1 − scale and 1 + scale. Default 0. */
  readonly scale?: number;
  /** Shear by up to so many degrees either way. Default 0. */
  readonly shear?: number;
  /** Mirror left and right with this probability. Default 0. */
  readonly flip?: number;
  /** Value outside the image. Default 0. */
  readonly fill?: number;
}

/**
 * Changes images at random: shift, rotation, scale, shear and flip as one affine map, with bilinear interpolation.
 *
 * Runs on the host while batches are made; give it to a loader's `map`.
 * @param images - `[images, channels, height, width]`; changed in place.
 * @param random - Seven numbers are drawn per image.
 * @returns The same images.
 * @throws {@link ShapeError} if the images do not have four axes.
 * @example
 * const images = { data: Float32Array.of(0, 1, 0, 0), shape: [1, 1, 2, 2] };
 * augment(images, { float: () => 0.5 }, { flip: 1 }).data; // => new Float32Array([1, 0, 0, 0])
 * @category Augmentation
 */
export function augment<I extends HostImages>(images: I, random: RandomSource, options: AugmentOptions): I {
  checkOptions('augment', options);
  const sizes = sizesOf(images, 'augment');
  const size = sizes.channels * sizes.height * sizes.width;
  const source = new Float32Array(size);
  for (let index = 0; index < sizes.count; index++) {
    const image = images.data.subarray(index * size, (index + 1) * size);
    source.set(image);
    warp(source, image, sizes, { map: drawMap(random, options), fill: options.fill ?? 0 });
  }
  return images;
}

/** From a place in the result, relative to the centre, to a place in the source: `x' = a·x + b·y + c`. */
type AffineMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

function drawMap(random: RandomSource, options: AugmentOptions): AffineMap {
  const around = (most: number): number => (random.float() * 2 - 1) * most;
  const angle = (around(options.rotate ?? 0) * Math.PI) / 180;
  const shear = Math.tan((around(options.shear ?? 0) * Math.PI) / 180);
  const scaleX = 1 / (1 + around(options.scale ?? 0));
  const scaleY = 1 / (1 + around(options.scale ?? 0));
  const shiftX = around(options.shift ?? 0);
  const shiftY = around(options.shift ?? 0);
  const mirror = random.float() < (options.flip ?? 0) ? -1 : 1;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [a, b] = [(cos + shear * sin) * scaleX * mirror, (shear * cos - sin) * scaleX * mirror];
  const [d, e] = [sin * scaleY, cos * scaleY];
  return [a, b, -(a * shiftX + b * shiftY), d, e, -(d * shiftX + e * shiftY)];
}

function warp(
  source: Float32Array,
  target: Float32Array,
  { channels, height, width }: ImageSizes,
  { map: [a, b, c, d, e, f], fill }: { map: AffineMap; fill: number },
): void {
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const plane = height * width;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = [column - centreX, row - centreY];
      const fromX = a * x + b * y + c + centreX;
      const fromY = d * x + e * y + f + centreY;
      const at = row * width + column;
      for (let channel = 0; channel < channels; channel++) {
        target[channel * plane + at] = sample(source, channel * plane, [height, width], [fromY, fromX, fill]);
      }
    }
  }
}

/** Bilinear interpolation at (y, x); pixels outside have the fill value. */
function sample(
  source: Float32Array,
  offset: number,
  [height, width]: readonly [number, number],
  [y, x, fill]: readonly [number, number, number],
): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  if (x0 < -1 || y0 < -1 || x0 >= width || y0 >= height) return fill;
  const [right, below] = [x - x0, y - y0];
  const at = offset + y0 * width + x0;
  const inLeft = x0 >= 0;
  const inRight = x0 + 1 < width;
  const inTop = y0 >= 0;
  const inBottom = y0 + 1 < height;
  const topLeft = inTop && inLeft ? source[at]! : fill;
  const topRight = inTop && inRight ? source[at + 1]! : fill;
  const bottomLeft = inBottom && inLeft ? source[at + width]! : fill;
  const bottomRight = inBottom && inRight ? source[at + width + 1]! : fill;
  const top = topLeft + right * (topRight - topLeft);
  const bottom = bottomLeft + right * (bottomRight - bottomLeft);
  return top + below * (bottom - top);
}

const NAMES: readonly (keyof AugmentOptions)[] = ['shift', 'rotate', 'scale', 'shear', 'flip', 'fill'];

function checkOptions(op: string, options: AugmentOptions): void {
  checkOptionNames(op, options, NAMES);
  for (const [name, value] of Object.entries(options)) {
    if (Number.isFinite(value) && (name === 'fill' || value >= 0)) continue;
    throw new ArgumentError(`${op}: ${name} is out of range. Got ${value}; expected a finite number of 0 or more.`, {
      op,
    });
  }
}

/**
 * {@link augment} as a loader's `map`: changes the column `x` of every batch.
 * @example
 * const map = augmentBatches({ shift: 2, rotate: 10 });
 * typeof map; // => 'function'
 * @category Augmentation
 */
export function augmentBatches(
  options: AugmentOptions,
): <B extends { readonly x: { readonly data: unknown; readonly shape: readonly number[] } }>(
  batch: B,
  context: { readonly random: RandomSource },
) => B {
  checkOptions('augmentBatches', options);
  return (batch, { random }) => {
    if (!(batch.x.data instanceof Float32Array)) {
      throw new ArgumentError('augmentBatches: the images are not float32. Expected a Float32Array in column x.', {
        op: 'augmentBatches',
      });
    }
    augment({ data: batch.x.data, shape: batch.x.shape }, random, options);
    return batch;
  };
}
