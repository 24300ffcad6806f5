import { add, mean, relu } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { BatchNorm2d, Conv2d, Linear, Module, init } from '@gai/nn';

/** Options of {@link resnet20} and of {@link ResNet}. */
export interface ResNetOptions {
  /** Colours of the image. Default 3. */
  readonly inChannels?: number;
  /** Default 10. */
  readonly numClasses?: number;
  /** Filters of the three stages. Default `[16, 32, 64]`. */
  readonly channels?: readonly [number, number, number];
  /** Residual blocks per stage; depth is 6 · blocks + 2. Default 3 (ResNet-20). */
  readonly blocksPerStage?: number;
}

const conv3x3 = (inChannels: number, outChannels: number, stride: number): Conv2d =>
  new Conv2d({
    inChannels,
    outChannels,
    kernelSize: 3,
    stride,
    padding: 1,
    bias: false,
    weightInit: init.kaimingNormal(),
  });

/**
 * Two 3×3 convolutions with batch norm, added to their input: `relu(x + F(x))`. Where sizes change, the input passes
 * through a 1×1 convolution.
 * @see He et al. 2016, fig. 2, https://arxiv.org/abs/1512.03385
 * @category Models
 */
export class ResidualBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly shortcut: Conv2d | null;
  readonly shortcutNorm: BatchNorm2d | null;

  constructor(inChannels: number, outChannels: number, stride: number) {
    super();
    this.conv1 = conv3x3(inChannels, outChannels, stride);
    this.bn1 = new BatchNorm2d({ numFeatures: outChannels });
    this.conv2 = conv3x3(outChannels, outChannels, 1);
    this.bn2 = new BatchNorm2d({ numFeatures: outChannels });
    const same = stride === 1 && inChannels === outChannels;
    this.shortcut = same ? null : new Conv2d({ inChannels, outChannels, kernelSize: 1, stride, bias: false });
    this.shortcutNorm = same ? null : new BatchNorm2d({ numFeatures: outChannels });
  }

  /** `[batch, in, h, w]` → `[batch, out, h / stride, w / stride]`. */
  forward(x: Tensor): Tensor {
    const hidden = relu(this.bn1.forward(this.conv1.forward(x)));
    const residual = this.bn2.forward(this.conv2.forward(hidden));
    const skip =
      this.shortcut === null || this.shortcutNorm === null ? x : this.shortcutNorm.forward(this.shortcut.forward(x));
    return relu(add(residual, skip));
  }
}

/**
 * The residual network for small images: a 3×3 convolution, three stages of residual blocks (the second and third
 * halve the size), global average pooling and a linear layer.
 *
 * Differs from the paper: shortcuts where sizes change are 1×1 convolutions (its option B), not zero padding.
 * @example
 * const model = new ResNet({ inChannels: 1, blocksPerStage: 1 }).eval();
 * model.forward(tensor(new Float32Array(784), { shape: [1, 1, 28, 28] })).shape; // => [1, 10]
 * @see He et al. 2016, section 4.2, https://arxiv.org/abs/1512.03385
 * @category Models
 */
export class ResNet extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly blocks: ResidualBlock[] = [];
  readonly fc: Linear;

  constructor(options: ResNetOptions = {}) {
    checkOptionNames('ResNet', options, ['inChannels', 'numClasses', 'channels', 'blocksPerStage']);
    super();
    const { inChannels = 3, numClasses = 10, channels = [16, 32, 64], blocksPerStage = 3 } = options;
    this.conv1 = conv3x3(inChannels, channels[0], 1);
    this.bn1 = new BatchNorm2d({ numFeatures: channels[0] });
    let width = channels[0];
    channels.forEach((out, stage) => {
      for (let block = 0; block < blocksPerStage; block++) {
        this.blocks.push(new ResidualBlock(width, out, stage > 0 && block === 0 ? 2 : 1));
        width = out;
      }
    });
    this.fc = new Linear({ inFeatures: width, outFeatures: numClasses });
  }

  /**
   * @param x - `[batch, inChannels, height, width]`, float32.
   * @returns Logits `[batch, numClasses]`.
   */
  forward(x: Tensor): Tensor {
    let hidden = relu(this.bn1.forward(this.conv1.forward(x)));
    for (const block of this.blocks) hidden = block.forward(hidden);
    return this.fc.forward(mean(hidden, { axis: [2, 3] })); // [B, C, h, w] → [B, C]
  }
}

/**
 * ResNet-20: three residual blocks per stage, 0.27 million parameters.
 * @example
 * resnet20({ inChannels: 1 }).blocks.length; // => 9
 * @category Models
 */
export function resnet20(options: Omit<ResNetOptions, 'blocksPerStage'> = {}): ResNet {
  checkOptionNames('resnet20', options, ['inChannels', 'numClasses', 'channels']);
  return new ResNet({ ...options, blocksPerStage: 3 });
}
