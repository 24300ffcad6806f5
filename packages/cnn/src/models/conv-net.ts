import { ArgumentError, flatten, relu } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { BatchNorm2d, Conv2d, Linear, MaxPool2d, Module, init } from '@gai/nn';

/** Options of {@link ConvNet}. */
export interface ConvNetOptions {
  /** Height and width of the images in pixels; one number for both. Default 28. */
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  /** Colours of the image. Default 1. */
  readonly inChannels?: number | undefined;
  /** Default 10. */
  readonly numClasses?: number | undefined;
  /** Filters of each stage; every stage halves the image. Default `[32, 64, 128]`. */
  readonly channels?: readonly number[] | undefined;
}

/**
 * One stage of a {@link ConvNet}: `maxPool(relu(norm(conv(x))))`.
 * @category Models
 */
export class ConvStage extends Module {
  readonly conv: Conv2d;
  readonly norm: BatchNorm2d;
  readonly pool = new MaxPool2d({ kernelSize: 2 });

  constructor(inChannels: number, outChannels: number) {
    super();
    const weightInit = init.kaimingNormal();
    this.conv = new Conv2d({ inChannels, outChannels, kernelSize: 3, padding: 1, bias: false, weightInit });
    this.norm = new BatchNorm2d({ numFeatures: outChannels });
  }

  /** `[batch, in, h, w]` → `[batch, out, ⌊h / 2⌋, ⌊w / 2⌋]`. */
  forward(x: Tensor): Tensor {
    // Pooling before ReLU gives the same and touches a quarter of the elements.
    return relu(this.pool.forward(this.norm.forward(this.conv.forward(x))));
  }
}

/**
 * A plain convolutional network for small images: stages of a 3×3 convolution, batch norm, ReLU and 2×2 max pooling,
 * then one linear layer.
 *
 * The strongest model here per second of training on 28×28 images; {@link ResNet} is for deeper networks, {@link LeNet}
 * for the smallest.
 * @throws {@link ArgumentError} if there is no stage, or a stage would have no pixels left.
 * @example
 * const model = new ConvNet({ channels: [8, 16] }).eval();
 * model.forward(tensor(new Float32Array(784), { shape: [1, 1, 28, 28] })).shape; // => [1, 10]
 * @see Simonyan and Zisserman 2015, https://arxiv.org/abs/1409.1556 (stages of 3×3 convolutions and pooling)
 * @category Models
 */
export class ConvNet extends Module {
  readonly stages: ConvStage[];
  readonly fc: Linear;

  constructor(options: ConvNetOptions = {}) {
    checkOptionNames('ConvNet', options, ['imageSize', 'inChannels', 'numClasses', 'channels']);
    super();
    const { imageSize = 28, inChannels = 1, numClasses = 10, channels = [32, 64, 128] } = options;
    const [height, width] = typeof imageSize === 'number' ? [imageSize, imageSize] : imageSize;
    const [h, w] = [height, width].map((size) => Math.floor(size / 2 ** channels.length)) as [number, number];
    if (channels.length === 0 || !(h >= 1 && w >= 1)) throw noPixels(channels, height, width);
    this.stages = channels.map((out, stage) => new ConvStage(channels[stage - 1] ?? inChannels, out));
    this.fc = new Linear({ inFeatures: channels.at(-1)! * h * w, outFeatures: numClasses });
  }

  /**
   * @param x - `[batch, inChannels, height, width]`, float32, of the size the model was made for.
   * @returns Logits `[batch, numClasses]`.
   */
  forward(x: Tensor): Tensor {
    let hidden = x;
    for (const stage of this.stages) hidden = stage.forward(hidden);
    return this.fc.forward(flatten(hidden));
  }
}

function noPixels(channels: readonly number[], height: number, width: number): ArgumentError {
  return new ArgumentError(
    `ConvNet: the stages do not fit the images. Got ${channels.length} stages for ${height}×${width} pixels; expected at ` +
      `least 1, and at most ${Math.floor(Math.log2(Math.max(1, Math.min(height, width))))} halvings. Use fewer channels entries.`,
    { op: 'ConvNet', details: { stages: channels.length, height, width } },
  );
}
