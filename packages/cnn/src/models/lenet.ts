import { relu, reshape } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Conv2d, Linear, MaxPool2d, Module } from '@gai/nn';

/** Options of {@link LeNet}. */
export interface LeNetOptions {
  /** Colours of the image. Default 1. */
  readonly inChannels?: number;
  /** Default 10. */
  readonly numClasses?: number;
  /** Filters of the two convolutions. Default `[8, 16]`. */
  readonly channels?: readonly [number, number];
}

/**
 * A small convolutional network for 28×28 images: two 5×5 convolutions, each with ReLU and 2×2 max pooling, and one
 * linear layer.
 *
 * Differs from the paper: ReLU and max pooling in place of sigmoids and trained subsampling, one linear layer.
 * @example
 * const model = new LeNet();
 * model.forward(tensor(new Float32Array(784), { shape: [1, 1, 28, 28] })).shape; // => [1, 10]
 * @see LeCun et al. 1998, http://yann.lecun.com/exdb/publis/pdf/lecun-01a.pdf
 * @category Models
 */
export class LeNet extends Module {
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly pool = new MaxPool2d({ kernelSize: 2 });
  readonly fc: Linear;

  constructor(options: LeNetOptions = {}) {
    checkOptionNames('LeNet', options, ['inChannels', 'numClasses', 'channels']);
    super();
    const { inChannels = 1, numClasses = 10, channels = [8, 16] } = options;
    this.conv1 = new Conv2d({ inChannels, outChannels: channels[0], kernelSize: 5, padding: 2 });
    this.conv2 = new Conv2d({ inChannels: channels[0], outChannels: channels[1], kernelSize: 5 });
    this.fc = new Linear({ inFeatures: channels[1] * 25, outFeatures: numClasses });
  }

  /**
   * @param x - `[batch, inChannels, 28, 28]`, float32.
   * @returns Logits `[batch, numClasses]`.
   */
  forward(x: Tensor): Tensor {
    // Pooling before ReLU gives the same and touches a quarter of the elements.
    const first = relu(this.pool.forward(this.conv1.forward(x))); // [B, C1, 14, 14]
    const second = relu(this.pool.forward(this.conv2.forward(first))); // [B, C2, 5, 5]
    return this.fc.forward(reshape(second, [second.shape[0]!, -1]));
  }
}
