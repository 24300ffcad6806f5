import { flatten, reshape, transpose } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Conv2d, Module, ReLU, Sequential } from '@gai/nn';
import { argumentError } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import type { Space } from '../spaces/space.ts';
import { checkInteger } from '../tabular/errors.ts';
import { denseLayer, firstWeights } from './layers.ts';
import { ObservationCodec } from './observation-codec.ts';

/** Any module that makes features of observations, for the layers of a policy behind it. */
export interface FeaturesExtractor extends Module {
  /** Numbers that it gives per observation. */
  readonly featuresDim: number;
  /** `[batch, ...shape]` floats → `[batch, featuresDim]`. */
  forward(observations: Tensor): Tensor;
}

/** Settings of {@link NatureCNN} and {@link SmallCNN}. */
export interface CnnOptions {
  /** Numbers that it gives per image. Default 512 for NatureCNN, 128 for SmallCNN. */
  readonly featuresDim?: number | undefined;
  /** Orthogonal first weights of gain √2, biases 0; PyTorch's else. Default false. */
  readonly orthoInit?: boolean | undefined;
}

/** A kernel: channels that come out, its size and its step, and zeros around the image. */
type Kernel = readonly [outChannels: number, kernelSize: number, stride: number, padding: number];

/** Convolutions with ReLU over an image, and one layer behind them. */
abstract class ImageNetwork extends Module implements FeaturesExtractor {
  readonly featuresDim: number;
  readonly cnn: Sequential;
  readonly linear: Sequential;
  readonly #image: Image;

  protected constructor(space: Space, kernels: readonly Kernel[], options: CnnOptions & { op: string; dim: number }) {
    const { op, dim, featuresDim = dim, orthoInit = false } = options;
    super();
    checkInteger(op, 'featuresDim', [featuresDim, 1, Number.MAX_SAFE_INTEGER]);
    this.featuresDim = featuresDim;
    this.#image = imageOf(op, space);
    const gain = orthoInit ? Math.SQRT2 : undefined;
    let { channels, height, width } = this.#image;
    const layers: (Conv2d | ReLU)[] = [];
    for (const [outChannels, kernelSize, stride, padding] of kernels) {
      layers.push(
        new Conv2d({ inChannels: channels, outChannels, kernelSize, stride, padding, ...firstWeights(gain) }),
        new ReLU(),
      );
      channels = outChannels;
      [height, width] = [height, width].map((size) => Math.floor((size + 2 * padding - kernelSize) / stride) + 1) as [
        number,
        number,
      ];
      if (height < 1 || width < 1) throw tooSmall(op, space);
    }
    this.cnn = new Sequential(...layers);
    this.linear = new Sequential(denseLayer([channels * height * width, featuresDim], gain), new ReLU());
  }

  /** `[batch, height, width, channels]`, or channels first → `[batch, featuresDim]`. */
  forward(observations: Tensor): Tensor {
    const image = this.#image.isChannelsFirst ? observations : transpose(observations, [0, 3, 1, 2]);
    return this.linear.forward(flatten(this.cnn.forward(image) as Tensor)) as Tensor;
  }
}

/**
 * The network that DeepMind read Atari's screens with: three convolutions (32 of 8x8 by 4, 64 of 4x4 by 2, 64 of 3x3) and a layer
 * of 512, ReLU behind each. For images of 36x36 and more.
 *
 * @param space - An image: a `Box` of three axes, `[height, width, channels]`; `[channels, height, width]` where the first axis is
 *   the shortest, as Stable-Baselines3 tells them.
 * @param options - Default {@link CnnOptions}' own.
 * @throws ArgumentError for a space that is no image, or too small a one.
 * @example
 * import { Box } from '@gai/rl';
 * import { NatureCNN } from '@gai/rl/deep';
 * const screen = new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: 'uint8' });
 * new NatureCNN(screen, { featuresDim: 256 }).featuresDim; // => 256
 * @see Mnih et al. 2015, https://doi.org/10.1038/nature14236
 * @category Deep agents
 * @since 0.1.0
 */
export class NatureCNN extends ImageNetwork {
  constructor(space: Space, options: CnnOptions = {}) {
    checkOptionNames('NatureCNN', options, ['featuresDim', 'orthoInit']);
    const kernels: Kernel[] = [
      [32, 8, 4, 0],
      [64, 4, 2, 0],
      [64, 3, 1, 0],
    ];
    super(space, kernels, { ...options, op: 'NatureCNN', dim: 512 });
  }
}

/**
 * Features of small images, such as a board of 8x8: two convolutions of 3x3 (16, then 32 by 2) that keep the border, and a layer
 * of 128, ReLU behind each.
 *
 * @param space - An image, as {@link NatureCNN} takes it, of any size.
 * @param options - Default {@link CnnOptions}' own.
 * @throws ArgumentError for a space that is no image.
 * @example
 * import { Box } from '@gai/rl';
 * import { SmallCNN } from '@gai/rl/deep';
 * const board = new Box({ low: 0, high: 255, shape: [8, 8, 3], dtype: 'uint8' });
 * new SmallCNN(board).featuresDim; // => 128
 * @category Deep agents
 * @since 0.1.0
 */
export class SmallCNN extends ImageNetwork {
  constructor(space: Space, options: CnnOptions = {}) {
    checkOptionNames('SmallCNN', options, ['featuresDim', 'orthoInit']);
    const kernels: Kernel[] = [
      [16, 3, 1, 1],
      [32, 3, 2, 1],
    ];
    super(space, kernels, { ...options, op: 'SmallCNN', dim: 128 });
  }
}

/** Observations as one row of numbers each. */
export class Flatten extends Module implements FeaturesExtractor {
  readonly featuresDim: number;

  constructor(space: Space) {
    super();
    this.featuresDim = new ObservationCodec(space).size;
  }

  forward(observations: Tensor): Tensor {
    return reshape(observations, [observations.shape[0]!, this.featuresDim]);
  }
}

interface Image {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly isChannelsFirst: boolean;
}

/** Where the channels are: first, if that axis is the shortest. */
function imageOf(op: string, space: Space): Image {
  if (!(space instanceof Box) || space.shape.length !== 3) {
    throw argumentError(
      op,
      `observations are no images. Got ${space.toString()}; expected a Box of three axes, [height, width, channels]. Reshape ` +
        "them (TransformObservation), or take 'MlpPolicy'.",
    );
  }
  const [one, two, three] = space.shape as readonly [number, number, number];
  if (one <= two && one <= three) return { channels: one, height: two, width: three, isChannelsFirst: true };
  return { height: one, width: two, channels: three, isChannelsFirst: false };
}

const tooSmall = (op: string, space: Space): Error =>
  argumentError(
    op,
    `the image is too small for its kernels. Got ${space.toString()}; expected at least 36 pixels by 36. Take 'SmallCNN' ` +
      '(policyKwargs.featuresExtractorClass), or a network of your own.',
  );
