import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { sizesOf } from './images.ts';
import type { HostImages, ImageSizes, RandomSource } from './images.ts';

/** How {@link cutout} covers images. */
export interface CutoutOptions {
  /** Side of each square in pixels. */
  readonly size: number;
  /** Squares per image. Default 1. */
  readonly holes?: number | undefined;
  /** Value of covered pixels. Default 0. */
  readonly fill?: number | undefined;
}

/**
 * Covers squares of each image at random, in all channels. A square's centre is anywhere in the image, so parts of it
 * may lie outside.
 * @param images - `[images, channels, height, width]`; changed in place.
 * @param random - Two numbers are drawn per square.
 * @returns The same images.
 * @throws {@link ShapeError} if the images do not have four axes.
 * @throws {@link ArgumentError} if an option is out of range.
 * @example
 * const images = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] };
 * cutout(images, { float: () => 0 }, { size: 1 }).data; // => new Float32Array([0, 2, 3, 4])
 * @see DeVries and Taylor 2017, https://arxiv.org/abs/1708.04552
 * @category Augmentation
 */
export function cutout<I extends HostImages>(images: I, random: RandomSource, options: CutoutOptions): I {
  checkOptionNames('cutout', options, ['size', 'holes', 'fill']);
  const { size, holes = 1, fill = 0 } = options;
  checkCount('size', size);
  checkCount('holes', holes);
  const sizes = sizesOf(images, 'cutout');
  for (let hole = 0; hole < sizes.count * holes; hole++) {
    const top = Math.floor(random.float() * sizes.height) - Math.floor(size / 2);
    const left = Math.floor(random.float() * sizes.width) - Math.floor(size / 2);
    cover(images.data, sizes, { image: Math.floor(hole / holes), top, left, size, fill });
  }
  return images;
}

function cover(
  data: Float32Array,
  { channels, height, width }: ImageSizes,
  hole: { image: number; top: number; left: number; size: number; fill: number },
): void {
  const from = Math.max(0, hole.left);
  const to = Math.min(width, hole.left + hole.size);
  for (let channel = 0; channel < channels; channel++) {
    const plane = (hole.image * channels + channel) * height * width;
    for (let row = Math.max(0, hole.top); row < Math.min(height, hole.top + hole.size); row++) {
      data.fill(hole.fill, plane + row * width + from, plane + row * width + to);
    }
  }
}

function checkCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new ArgumentError(`cutout: ${name} is out of range. Got ${value}; expected a whole number ≥ 1.`, {
    op: 'cutout',
    details: { [name]: value },
  });
}
