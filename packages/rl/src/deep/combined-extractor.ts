import { concat, mul, reshape, split } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module, ModuleList } from '@gai/nn';
import { argumentError } from '../errors.ts';
import { Dict } from '../spaces/dict.ts';
import type { Space } from '../spaces/space.ts';
import { Flatten, NatureCNN, SmallCNN } from './features.ts';
import type { CnnOptions, FeaturesExtractor } from './features.ts';
import { isImage } from './observation-codec.ts';

/** Pixels of a side that {@link NatureCNN} needs. */
const NATURE = 36;

/** What becomes of one key: numbers of the row it takes, and how they are seen. */
interface Part {
  readonly size: number;
  /** Sizes of an image of bytes; undefined for anything else. */
  readonly image: readonly number[] | undefined;
}

/**
 * Features of records: images of bytes by a network each (`NatureCNN`; `SmallCNN` for those of less than 36 pixels by 36), everything
 * else as it is, side by side in the order of the keys. Stable-Baselines3's `CombinedExtractor`, which `'MultiInputPolicy'` looks with.
 *
 * @param space - A `Dict`. Choices are one-hot; a record or tuple within is one vector.
 * @param options - `featuresDim`, numbers that are given per image. Default 256.
 * @throws ArgumentError for a space that is no `Dict`.
 * @example
 * import { Box, Dict, Discrete } from '@gai/rl';
 * import { CombinedExtractor } from '@gai/rl/deep';
 * const camera = new Box({ low: 0, high: 255, shape: [8, 8, 3], dtype: 'uint8' });
 * new CombinedExtractor(new Dict({ camera, gear: new Discrete(5) }), { featuresDim: 32 }).featuresDim; // => 37
 * @category Deep agents
 * @since 0.1.0
 */
export class CombinedExtractor extends Module implements FeaturesExtractor {
  readonly featuresDim: number;
  /** One per key, in the order of the keys. */
  readonly extractors: ModuleList<FeaturesExtractor>;
  readonly #parts: readonly Part[];

  constructor(space: Space, options: CnnOptions = {}) {
    checkOptionNames('CombinedExtractor', options, ['featuresDim', 'orthoInit']);
    super();
    if (!(space instanceof Dict)) throw noRecord(space);
    const byKey = space.spaces as Readonly<Record<string, Space>>;
    const spaces = (space as Dict<object>).keys.map((key) => byKey[key]!);
    this.#parts = spaces.map((one) => ({ size: one.flatSize, image: isImage(one) ? one.shape! : undefined }));
    const { featuresDim = 256, orthoInit } = options;
    this.extractors = new ModuleList(spaces.map((one) => extractorOf(one, { featuresDim, orthoInit })));
    this.featuresDim = [...this.extractors].reduce((total, one) => total + one.featuresDim, 0);
  }

  /** `[batch, size]`, records as one vector each → `[batch, featuresDim]`. */
  forward(observations: Tensor): Tensor {
    const sizes = this.#parts.map(({ size }) => size);
    const extractors = [...this.extractors];
    const features = split(observations, sizes, { axis: 1 }).map((part, index) => {
      const { image } = this.#parts[index]!;
      const seen = image === undefined ? part : reshape(mul(part, 1 / 255), [observations.shape[0]!, ...image]);
      return extractors[index]!.forward(seen);
    });
    return concat(features, { axis: 1 });
  }
}

function extractorOf(space: Space, options: CnnOptions): FeaturesExtractor {
  if (!isImage(space)) return new Flatten(space);
  // The shortest axis has the channels: the sides are the other two.
  const [, shorter] = [...space.shape!].sort((one, other) => one - other);
  return shorter! < NATURE ? new SmallCNN(space, options) : new NatureCNN(space, options);
}

const noRecord = (space: Space): Error =>
  argumentError(
    'CombinedExtractor',
    `observations are no records. Got ${space.toString()}; expected a Dict. Take 'MlpPolicy', or 'CnnPolicy' for images.`,
  );
