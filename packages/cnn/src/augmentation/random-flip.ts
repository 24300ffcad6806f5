import { ArgumentError } from '@gai/core';
import { sizesOf } from './images.ts';
import type { HostImages, RandomSource } from './images.ts';

/**
 * Mirrors each image left and right with a probability; exact, where {@link augment} interpolates.
 * @param images - `[images, channels, height, width]`; changed in place.
 * @param random - One number is drawn per image.
 * @param probability - From 0 to 1. Default 0.5.
 * @returns The same images.
 * @throws {@link ShapeError} if the images do not have four axes.
 * @throws {@link ArgumentError} if the probability is not from 0 to 1.
 * @example
 * const images = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] };
 * randomFlip(images, { float: () => 0.2 }).data; // => new Float32Array([2, 1, 4, 3])
 * @category Augmentation
 */
export function randomFlip<I extends HostImages>(images: I, random: RandomSource, probability = 0.5): I {
  if (!(probability >= 0 && probability <= 1)) {
    throw new ArgumentError(
      `randomFlip: the probability is out of range. Got ${probability}; expected a number from 0 to 1. Pass 0.5.`,
      { op: 'randomFlip', details: { probability } },
    );
  }
  const { count, channels, height, width } = sizesOf(images, 'randomFlip');
  for (let image = 0; image < count; image++) {
    if (random.float() >= probability) continue;
    for (let row = image * channels * height; row < (image + 1) * channels * height; row++) {
      images.data.subarray(row * width, (row + 1) * width).reverse();
    }
  }
  return images;
}
