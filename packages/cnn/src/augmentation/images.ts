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

/** Size of one image's channel and of one image, in elements. */
export function sizesOf(images: HostImages): ImageSizes {
  const [count = 0, channels = 0, height = 0, width = 0] = images.shape;
  return { count, channels, height, width };
}
