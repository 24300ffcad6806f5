import { add, mean } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { BatchNorm2d, Conv2d, Dropout, Linear, Module, ReLU6, Sequential, init } from '@gai/nn';
import type { LayerModule } from '@gai/nn';

/** One row of the network's table: blocks of one kind. */
export interface MobileNetV2Stage {
  /** Times as many channels inside a block as at its input. */
  readonly expand: number;
  /** Channels of the output, before the width multiplier. */
  readonly channels: number;
  /** Number of blocks. */
  readonly blocks: number;
  /** Stride of the first block; the others have 1. */
  readonly stride: 1 | 2;
}

/** Options of {@link MobileNetV2}. */
export interface MobileNetV2Options {
  /** Colours of the image. Default 3. */
  readonly inChannels?: number | undefined;
  /** Default 1000. */
  readonly numClasses?: number | undefined;
  /** Factor on the channels of every layer; the result is rounded to a multiple of 8. Default 1. */
  readonly widthMultiplier?: number | undefined;
  /** Share of the pooled features that are dropped in training. Default 0.2. */
  readonly dropout?: number | undefined;
  /**
   * For images of about 32×32 pixels: the first convolution and the second stage have stride 1, so that 4×4 pixels are
   * left at the end. Default false.
   */
  readonly smallImages?: boolean | undefined;
  /** The network's table. Default: table 2 of the paper. */
  readonly stages?: readonly MobileNetV2Stage[] | undefined;
}

/** Table 2 of the paper. */
const STAGES: readonly MobileNetV2Stage[] = [
  { expand: 1, channels: 16, blocks: 1, stride: 1 },
  { expand: 6, channels: 24, blocks: 2, stride: 2 },
  { expand: 6, channels: 32, blocks: 3, stride: 2 },
  { expand: 6, channels: 64, blocks: 4, stride: 2 },
  { expand: 6, channels: 96, blocks: 3, stride: 1 },
  { expand: 6, channels: 160, blocks: 3, stride: 2 },
  { expand: 6, channels: 320, blocks: 1, stride: 1 },
];

interface ConvSizes {
  readonly in: number;
  readonly out: number;
  readonly kernel: 1 | 3;
  readonly stride?: number;
  readonly groups?: number;
}

function conv({ in: inChannels, out, kernel, stride = 1, groups = 1 }: ConvSizes): Conv2d {
  const weightInit = init.kaimingNormal({ mode: 'fanOut', nonlinearity: 'relu' });
  const padding = (kernel - 1) / 2;
  return new Conv2d({
    inChannels,
    outChannels: out,
    kernelSize: kernel,
    stride,
    padding,
    groups,
    bias: false,
    weightInit,
  });
}

/** Convolution, batch norm and `relu6`. */
const convNormActivation = (sizes: ConvSizes): LayerModule =>
  new Sequential(conv(sizes), new BatchNorm2d({ numFeatures: sizes.out }), new ReLU6());

/** Widen by 1×1, convolve each channel by 3×3, narrow by 1×1 without activation; added to the input if sizes agree. */
class InvertedResidual extends Module {
  readonly conv: LayerModule;
  readonly #skip: boolean;

  constructor(sizes: { in: number; out: number; stride: number; expand: number }) {
    super();
    const hidden = Math.round(sizes.in * sizes.expand);
    const widen = sizes.expand === 1 ? [] : [convNormActivation({ in: sizes.in, out: hidden, kernel: 1 })];
    this.conv = new Sequential(
      ...widen,
      convNormActivation({ in: hidden, out: hidden, kernel: 3, stride: sizes.stride, groups: hidden }),
      conv({ in: hidden, out: sizes.out, kernel: 1 }),
      new BatchNorm2d({ numFeatures: sizes.out }),
    );
    this.#skip = sizes.stride === 1 && sizes.in === sizes.out;
  }

  /** `[batch, in, h, w]` → `[batch, out, ⌈h / stride⌉, ⌈w / stride⌉]`. */
  forward(x: Tensor): Tensor {
    return this.#skip ? add(x, this.conv.forward(x)) : this.conv.forward(x);
  }
}

/** The multiple of 8 nearest to a number of channels, at least 8 and not more than a tenth below it. */
function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/**
 * MobileNetV2: inverted residual blocks with depthwise convolutions and `relu6`; 3.5 million parameters at width 1.
 *
 * Few multiplications, but depthwise convolutions keep a CPU's arithmetic units idle: per multiplication it is slower
 * than {@link ResNet18}. The state dict has the names and shapes of torchvision's `mobilenet_v2`, so its `.safetensors`
 * files load.
 * @example
 * const model = new MobileNetV2({ widthMultiplier: 0.25, smallImages: true, numClasses: 10 }).eval();
 * model.forward(tensor(new Float32Array(3 * 1024), { shape: [1, 3, 32, 32] })).shape; // => [1, 10]
 * @see Sandler et al. 2018, https://arxiv.org/abs/1801.04381
 * @category Models
 */
export class MobileNetV2 extends Module {
  readonly features: LayerModule[];
  readonly classifier: LayerModule;

  constructor(options: MobileNetV2Options = {}) {
    checkOptionNames('MobileNetV2', options, [
      'inChannels',
      'numClasses',
      'widthMultiplier',
      'dropout',
      'smallImages',
      'stages',
    ]);
    super();
    const { inChannels = 3, numClasses = 1000, widthMultiplier = 1, dropout = 0.2 } = options;
    const { smallImages = false, stages = STAGES } = options;
    let width = roundChannels(32 * widthMultiplier);
    this.features = [convNormActivation({ in: inChannels, out: width, kernel: 3, stride: smallImages ? 1 : 2 })];
    for (const [index, { expand, channels, blocks, stride }] of stages.entries()) {
      const out = roundChannels(channels * widthMultiplier);
      for (let block = 0; block < blocks; block++) {
        const step = block > 0 || (smallImages && index === 1) ? 1 : stride;
        this.features.push(new InvertedResidual({ in: width, out, stride: step, expand }));
        width = out;
      }
    }
    const last = roundChannels(1280 * Math.max(1, widthMultiplier));
    this.features.push(convNormActivation({ in: width, out: last, kernel: 1 }));
    const weightInit = init.normal({ std: 0.01 });
    const linear = new Linear({ inFeatures: last, outFeatures: numClasses, weightInit, biasInit: init.zeros() });
    this.classifier = new Sequential(new Dropout({ p: dropout }), linear);
  }

  /**
   * @param x - `[batch, inChannels, height, width]`, float32.
   * @returns Logits `[batch, numClasses]`.
   */
  forward(x: Tensor): Tensor {
    let hidden = x;
    for (const layer of this.features) hidden = layer.forward(hidden);
    return this.classifier.forward(mean(hidden, { axis: [2, 3] })); // [B, C, h, w] → [B, C]
  }
}
