import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { RandomSource } from './images.ts';

/** A batch of images and what they show, on the host: labels `[images]` or probabilities `[images, classes]`. */
export interface LabeledImages {
  readonly x: { readonly data: unknown; readonly shape: readonly number[] };
  readonly y: { readonly data: ArrayLike<number>; readonly shape: readonly number[] };
}

/** Probabilities of all classes, one row per image. */
export interface ClassProbabilities {
  readonly data: Float32Array;
  readonly shape: readonly [images: number, classes: number];
  readonly dtype: 'float32';
}

/** A batch whose labels have become probabilities. */
export type MixedImages<B extends LabeledImages> = Omit<B, 'y'> & { readonly y: ClassProbabilities };

/** Options of {@link mixup} and {@link cutmix}. */
export interface MixOptions {
  /** Number of classes. */
  readonly numClasses: number;
  /** Parameter of the beta distribution of the share, above 0: small ones mix little, 1 mixes evenly. */
  readonly alpha?: number | undefined;
}

/** The images of a batch, which must be float32. */
export function imagesOf({ x }: LabeledImages, op: string): { data: Float32Array; shape: readonly number[] } {
  if (x.data instanceof Float32Array) return { data: x.data, shape: x.shape };
  throw new ArgumentError(
    `${op}: the images are not float32. Expected a Float32Array in column x. Convert them first.`,
    {
      op,
    },
  );
}

/** Labels as probabilities; probabilities are copied. */
export function probabilitiesOf({ y }: LabeledImages, numClasses: number, op: string): Float32Array {
  const [count = 0, classes] = y.shape;
  if (classes === numClasses && y.shape.length === 2) return Float32Array.from(y.data);
  const out = new Float32Array(count * numClasses);
  for (let image = 0; image < count; image++) {
    const label = y.data[image]!;
    const fits = y.shape.length === 1 && Number.isInteger(label) && label >= 0 && label < numClasses;
    if (!fits) {
      throw new ArgumentError(
        `${op}: the labels do not fit numClasses. Got ${label} in row ${image} of [${y.shape.join(',')}]; expected labels ` +
          `0 … ${numClasses - 1} or probabilities [${count},${numClasses}]. Correct numClasses.`,
        { op, details: { row: image, label, numClasses } },
      );
    }
    out[image * numClasses + label] = 1;
  }
  return out;
}

/** `share · own + (1 − share) · partner's` for every row of probabilities. */
export function mixProbabilities(
  own: Float32Array,
  { partners, share, numClasses }: { partners: Uint32Array; share: number; numClasses: number },
): ClassProbabilities {
  const data = new Float32Array(own.length);
  for (const [image, partner] of partners.entries()) {
    for (let label = 0; label < numClasses; label++) {
      data[image * numClasses + label] =
        share * own[image * numClasses + label]! + (1 - share) * own[partner * numClasses + label]!;
    }
  }
  return { data, shape: [partners.length, numClasses], dtype: 'float32' };
}

/** A random order of the images: each one's partner. */
export function drawPartners(count: number, random: RandomSource): Uint32Array {
  const partners = Uint32Array.from({ length: count }, (_, image) => image);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.float() * (last + 1));
    [partners[last], partners[other]] = [partners[other]!, partners[last]!];
  }
  return partners;
}

/** Refuses options of other names, or out of range. */
export function checkMix(op: string, options: MixOptions): void {
  checkOptionNames(op, options, ['numClasses', 'alpha']);
  const { numClasses, alpha = 1 } = options;
  const problem = !(Number.isInteger(numClasses) && numClasses >= 1)
    ? `numClasses is no count. Got ${numClasses}; expected a whole number ≥ 1`
    : !(alpha > 0 && Number.isFinite(alpha))
      ? `alpha is out of range. Got ${alpha}; expected a number above 0`
      : undefined;
  if (problem !== undefined) throw new ArgumentError(`${op}: ${problem}.`, { op, details: { numClasses, alpha } });
}
