import { symmetricBeta } from './beta.ts';
import { sizesOf } from './images.ts';
import type { RandomSource } from './images.ts';
import { checkMix, drawPartners, imagesOf, mixProbabilities, probabilitiesOf } from './labels.ts';
import type { LabeledImages, MixOptions, MixedImages } from './labels.ts';

/**
 * Mixup: each image and its label become a mixture with another of the batch, `λ·xᵢ + (1 − λ)·xⱼ` with
 * `λ ~ Beta(α, α)` drawn once per batch and j a random order.
 *
 * Labels become probabilities, which `crossEntropy` takes. As a loader's `map`: {@link mixupBatches}.
 * @param batch - `x` `[images, channels, height, width]` float32, changed in place; `y` labels `[images]`, or
 *   probabilities `[images, numClasses]`.
 * @param random - Numbers for λ and the order.
 * @param options.numClasses - Number of classes.
 * @param options.alpha - Above 0; 0.2 mixes most images a little, 1 evenly. Default 0.2.
 * @returns The batch with `y` as probabilities `[images, numClasses]`, float32.
 * @throws {@link ArgumentError} if an option is out of range or labels do not fit.
 * @throws {@link ShapeError} if the images do not have four axes.
 * @example
 * const batch = { x: { data: Float32Array.of(0, 1), shape: [2, 1, 1, 1] }, y: { data: [0, 1], shape: [2] } };
 * const { y } = mixup(batch, { float: () => 0.4 }, { numClasses: 2 });
 * y.shape; // => [2, 2]
 * y.data[0]! + y.data[1]!; // => 1
 * @see Zhang et al. 2018, https://arxiv.org/abs/1710.09412
 * @category Augmentation
 */
export function mixup<B extends LabeledImages>(batch: B, random: RandomSource, options: MixOptions): MixedImages<B> {
  checkMix('mixup', options);
  const { numClasses, alpha = 0.2 } = options;
  const images = imagesOf(batch, 'mixup');
  const { count } = sizesOf(images, 'mixup');
  const own = probabilitiesOf(batch, numClasses, 'mixup');
  const share = symmetricBeta(random, alpha);
  const partners = drawPartners(count, random);
  const source = images.data.slice();
  const size = source.length / Math.max(1, count);
  for (const [image, partner] of partners.entries()) {
    for (let at = 0; at < size; at++) {
      images.data[image * size + at] = share * source[image * size + at]! + (1 - share) * source[partner * size + at]!;
    }
  }
  return { ...batch, y: mixProbabilities(own, { partners, share, numClasses }) };
}

/**
 * {@link mixup} as a loader's `map`.
 * @param options.numClasses - Number of classes.
 * @param options.alpha - Default 0.2.
 * @example
 * typeof mixupBatches({ numClasses: 10 }); // => 'function'
 * @category Augmentation
 */
export function mixupBatches(
  options: MixOptions,
): <B extends LabeledImages>(batch: B, context: { readonly random: RandomSource }) => MixedImages<B> {
  checkMix('mixupBatches', options);
  return (batch, { random }) => mixup(batch, random, options);
}
