import { ShapeError, formatShape } from '@gai/core';

/** A batch of images on the host: `[images, channels, height, width]`, row by row. */
export interface HostImages {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Where random numbers come from: `@gai/data`'s loaders hand one to `map`. */
export interface RandomSource {
  /** Uniform over [0, 1). */
  float(): number;
}

/** Sizes of a batch of images. */
export interface ImageSizes {
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The sizes of a batch of images; refuses anything without four axes that fill the data. */
export function sizesOf(images: HostImages, op: string): ImageSizes {
  const { shape, data } = images;
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  if (shape.length === 4 && count * channels * height * width === data.length)
    return { count, channels, height, width };
  throw new ShapeError(
    `${op}: not a batch of images. Got ${formatShape(shape)} with ${data.length} values; expected [images, channels, ` +
      `height, width] that they fill. Reshape the images.`,
    { op, details: { shape, length: data.length } },
  );
}
