import { ArgumentError } from '@gai/core';
import { sizesOf } from './images.ts';
import type { HostImages, RandomSource } from './images.ts';

/**
 * Pads images by `padding` pixels of 0 and cuts a part of the old size out at random: the classic augmentation for
 * small pictures.
 * @param images - `[images, channels, height, width]`; changed in place.
 * @param random - Two numbers are drawn per image.
 * @param padding - Pixels on each side.
 * @example
 * const images = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] };
 * randomCrop(images, { float: () => 0.5 }, 1).data; // => new Float32Array([1, 2, 3, 4])
 * @category Augmentation
 */
export function randomCrop<I extends HostImages>(images: I, random: RandomSource, padding: number): I {
  if (!Number.isInteger(padding) || padding < 0) {
    throw new ArgumentError(`randomCrop: padding is no number of pixels. Got ${padding}; expected 0 or more.`, {
      op: 'randomCrop',
    });
  }
  const { count, channels, height, width } = sizesOf(images, 'randomCrop');
  const plane = height * width;
  const source = new Float32Array(plane);
  for (let image = 0; image < count; image++) {
    const down = Math.floor(random.float() * (2 * padding + 1)) - padding;
    const right = Math.floor(random.float() * (2 * padding + 1)) - padding;
    for (let channel = 0; channel < channels; channel++) {
      const target = images.data.subarray(
        (image * channels + channel) * plane,
        (image * channels + channel + 1) * plane,
      );
      source.set(target);
      shiftPlane(source, target, [height, width], [down, right]);
    }
  }
  return images;
}

function shiftPlane(
  source: Float32Array,
  target: Float32Array,
  [height, width]: readonly [number, number],
  [down, right]: readonly [number, number],
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [y, x] = [row + down, column + right];
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      target[row * width + column] = inside ? source[y * width + x]! : 0;
    }
  }
}
