import { add, mean, relu } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { BatchNorm2d, Conv2d, Identity, Linear, MaxPool2d, Module, Sequential, init } from '@gai/nn';
import type { LayerModule } from '@gai/nn';

/** Options of {@link ResNet18}. */
export interface ResNet18Options {
  /** Colours of the image. Default 3. */
  readonly inChannels?: number | undefined;
  /** Default 1000. */
  readonly numClasses?: number | undefined;
  /**
   * Begin for images of about 32×32 pixels: a 3×3 convolution of stride 1 and no pooling, in place of the 7×7
   * convolution of stride 2 and 3×3 pooling that make 224×224 pixels four times smaller. Default false.
   */
  readonly smallImages?: boolean | undefined;
  /** Filters of the first stage; the others have two, four and eight times as many. Default 64. */
  readonly width?: number | undefined;
  /** Blocks of each of the four stages. Default `[2, 2, 2, 2]`; `[3, 4, 6, 3]` is ResNet-34. */
  readonly blocks?: readonly [number, number, number, number] | undefined;
}

const conv = (sizes: { in: number; out: number; kernel: number; stride: number }): Conv2d =>
  new Conv2d({
    inChannels: sizes.in,
    outChannels: sizes.out,
    kernelSize: sizes.kernel,
    stride: sizes.stride,
    padding: Math.floor(sizes.kernel / 2),
    bias: false,
    weightInit: init.kaimingNormal({ mode: 'fanOut', nonlinearity: 'relu' }),
  });

/**
 * `relu(F(x) + x)` with F two 3×3 convolutions and batch norm; torchvision's `BasicBlock`, names included.
 * @category Models
 */
export class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: LayerModule | null;

  constructor(inChannels: number, outChannels: number, stride: number) {
    super();
    this.conv1 = conv({ in: inChannels, out: outChannels, kernel: 3, stride });
    this.bn1 = new BatchNorm2d({ numFeatures: outChannels });
    this.conv2 = conv({ in: outChannels, out: outChannels, kernel: 3, stride: 1 });
    this.bn2 = new BatchNorm2d({ numFeatures: outChannels });
    const same = stride === 1 && inChannels === outChannels;
    this.downsample = same
      ? null
      : new Sequential(
          conv({ in: inChannels, out: outChannels, kernel: 1, stride }),
          new BatchNorm2d({ numFeatures: outChannels }),
        );
  }

  /** `[batch, in, h, w]` → `[batch, out, ⌈h / stride⌉, ⌈w / stride⌉]`. */
  forward(x: Tensor): Tensor {
    const hidden = relu(this.bn1.forward(this.conv1.forward(x)));
    const residual = this.bn2.forward(this.conv2.forward(hidden));
    return relu(add(residual, this.downsample?.forward(x) ?? x));
  }
}

/**
 * ResNet-18: a convolution, four stages of residual blocks (all but the first halve the size), global average pooling
 * and a linear layer; 11.7 million parameters.
 *
 * The state dict has the names and shapes of torchvision's `resnet18` (with `blocks: [3, 4, 6, 3]` those of `resnet34`),
 * so its `.safetensors` files load. For training on small pictures {@link resnet20} is 40 times smaller.
 * @example
 * const model = new ResNet18({ smallImages: true, width: 8, numClasses: 10 }).eval();
 * model.forward(tensor(new Float32Array(3 * 256), { shape: [1, 3, 16, 16] })).shape; // => [1, 10]
 * @see He et al. 2016, table 1, https://arxiv.org/abs/1512.03385
 * @category Models
 */
export class ResNet18 extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly maxpool: LayerModule;
  readonly layer1: BasicBlock[];
  readonly layer2: BasicBlock[];
  readonly layer3: BasicBlock[];
  readonly layer4: BasicBlock[];
  readonly fc: Linear;

  constructor(options: ResNet18Options = {}) {
    checkOptionNames('ResNet18', options, ['inChannels', 'numClasses', 'smallImages', 'width', 'blocks']);
    super();
    const { inChannels = 3, numClasses = 1000, smallImages = false, width = 64, blocks = [2, 2, 2, 2] } = options;
    this.conv1 = conv({ in: inChannels, out: width, kernel: smallImages ? 3 : 7, stride: smallImages ? 1 : 2 });
    this.bn1 = new BatchNorm2d({ numFeatures: width });
    this.maxpool = smallImages ? new Identity() : new MaxPool2d({ kernelSize: 3, stride: 2, padding: 1 });
    this.layer1 = stage({ in: width, out: width, count: blocks[0], stride: 1 });
    this.layer2 = stage({ in: width, out: 2 * width, count: blocks[1], stride: 2 });
    this.layer3 = stage({ in: 2 * width, out: 4 * width, count: blocks[2], stride: 2 });
    this.layer4 = stage({ in: 4 * width, out: 8 * width, count: blocks[3], stride: 2 });
    this.fc = new Linear({ inFeatures: 8 * width, outFeatures: numClasses });
  }

  /**
   * @param x - `[batch, inChannels, height, width]`, float32.
   * @returns Logits `[batch, numClasses]`.
   */
  forward(x: Tensor): Tensor {
    let hidden = this.maxpool.forward(relu(this.bn1.forward(this.conv1.forward(x))));
    for (const block of [...this.layer1, ...this.layer2, ...this.layer3, ...this.layer4])
      hidden = block.forward(hidden);
    return this.fc.forward(mean(hidden, { axis: [2, 3] })); // [B, C, h, w] → [B, C]
  }
}

function stage(sizes: { in: number; out: number; count: number; stride: number }): BasicBlock[] {
  return Array.from({ length: sizes.count }, (_, index) =>
    index === 0 ? new BasicBlock(sizes.in, sizes.out, sizes.stride) : new BasicBlock(sizes.out, sizes.out, 1),
  );
}
