import { symmetricBeta } from './beta.ts';
import { sizesOf } from './images.ts';
import type { ImageSizes, RandomSource } from './images.ts';
import { checkMix, drawPartners, imagesOf, mixProbabilities, probabilitiesOf } from './labels.ts';
import type { LabeledImages, MixOptions, MixedImages } from './labels.ts';

/**
 * CutMix: a rectangle of each image is replaced by that of another of the batch, and labels are mixed by area.
 *
 * The rectangle covers `1 − λ` of the image with `λ ~ Beta(α, α)`, less where it reaches over an edge; it is the same for
 * the batch. Labels become probabilities, which `crossEntropy` takes. As a loader's `map`: {@link cutmixBatches}.
 * @param batch - `x` `[images, channels, height, width]` float32, changed in place; `y` labels `[images]`, or
 *   probabilities `[images, numClasses]`.
 * @param random - Numbers for λ, the order and the place.
 * @param options.numClasses - Number of classes.
 * @param options.alpha - Above 0. Default 1.
 * @returns The batch with `y` as probabilities `[images, numClasses]`, float32.
 * @throws {@link ArgumentError} if an option is out of range or labels do not fit.
 * @throws {@link ShapeError} if the images do not have four axes.
 * @example
 * const batch = { x: { data: Float32Array.of(0, 1), shape: [2, 1, 1, 1] }, y: { data: [0, 1], shape: [2] } };
 * cutmix(batch, { float: () => 0.4 }, { numClasses: 2 }).y.shape; // => [2, 2]
 * @see Yun et al. 2019, https://arxiv.org/abs/1905.04899
 * @category Augmentation
 */
export function cutmix<B extends LabeledImages>(batch: B, random: RandomSource, options: MixOptions): MixedImages<B> {
  checkMix('cutmix', options);
  const { numClasses, alpha = 1 } = options;
  const images = imagesOf(batch, 'cutmix');
  const sizes = sizesOf(images, 'cutmix');
  const own = probabilitiesOf(batch, numClasses, 'cutmix');
  const box = drawBox(random, sizes, symmetricBeta(random, alpha));
  const partners = drawPartners(sizes.count, random);
  const source = images.data.slice();
  const plane = sizes.height * sizes.width;
  for (const [image, partner] of partners.entries()) {
    for (let channel = 0; channel < sizes.channels; channel++) {
      const to = (image * sizes.channels + channel) * plane;
      const from = (partner * sizes.channels + channel) * plane;
      for (let row = box.top; row < box.bottom; row++) {
        const [start, end] = [row * sizes.width + box.left, row * sizes.width + box.right];
        images.data.set(source.subarray(from + start, from + end), to + start);
      }
    }
  }
  const share = 1 - ((box.bottom - box.top) * (box.right - box.left)) / Math.max(1, plane);
  return { ...batch, y: mixProbabilities(own, { partners, share, numClasses }) };
}

interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A rectangle of the image's form around a random place that covers `1 − share` of it, cut at the edges. */
function drawBox(random: RandomSource, { height, width }: ImageSizes, share: number): Box {
  const scale = Math.sqrt(1 - share);
  const [y, x] = [Math.floor(random.float() * height), Math.floor(random.float() * width)];
  const [h, w] = [Math.floor(height * scale), Math.floor(width * scale)];
  return {
    top: Math.max(0, y - Math.floor(h / 2)),
    bottom: Math.min(height, y - Math.floor(h / 2) + h),
    left: Math.max(0, x - Math.floor(w / 2)),
    right: Math.min(width, x - Math.floor(w / 2) + w),
  };
}

/**
 * {@link cutmix} as a loader's `map`.
 * @param options.numClasses - Number of classes.
 * @param options.alpha - Default 1.
 * @example
 * typeof cutmixBatches({ numClasses: 10 }); // => 'function'
 * @category Augmentation
 */
export function cutmixBatches(
  options: MixOptions,
): <B extends LabeledImages>(batch: B, context: { readonly random: RandomSource }) => MixedImages<B> {
  checkMix('cutmixBatches', options);
  return (batch, { random }) => cutmix(batch, random, options);
}
