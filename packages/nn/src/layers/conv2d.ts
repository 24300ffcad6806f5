import { conv2d } from '@gai/core';
import type { Padding2d, Pair, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ConvLayer, extentsOf } from './conv-layer.ts';
import type { ConvLayerOptions } from './conv-layer.ts';

/** Options of {@link Conv2d}. */
export interface Conv2dLayerOptions extends ConvLayerOptions {
  /** Height and width of the kernel in pixels; one number for both. */
  readonly kernelSize: number | Pair;
  /** Steps of the kernel in pixels. Default 1. */
  readonly stride?: number | Pair | undefined;
  /** Zeros around the image: pixels, `'same'` or `'valid'`. Default 0. */
  readonly padding?: Padding2d | undefined;
  /** Distance of neighbouring kernel elements in pixels. Default 1. */
  readonly dilation?: number | Pair | undefined;
}

/**
 * Two-dimensional convolution (cross-correlation) over images.
 *
 * The size becomes `⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, with `padding` the sum of both sides.
 * State: `weight` `[outChannels, inChannels / groups, kernelHeight, kernelWidth]`, `bias` `[outChannels]`.
 * @throws {@link ArgumentError} if the channels are not multiples of `groups`.
 * @throws {@link ShapeError} if the input does not have `inChannels` channels.
 * @example
 * const layer = new Conv2d({ inChannels: 1, outChannels: 8, kernelSize: 3, padding: 1 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 1, 4, 4] })).shape; // => [1, 8, 4, 4]
 * @category Layers
 */
export class Conv2d extends ConvLayer {
  readonly kernelSize: Pair;
  readonly stride: number | Pair;
  readonly padding: Padding2d;
  readonly dilation: number | Pair;

  constructor(options: Conv2dLayerOptions) {
    checkOptionNames('Conv2d', options, [
      'kernelSize',
      'stride',
      'padding',
      'dilation',
      'inChannels',
      'outChannels',
      'groups',
      'bias',
      'weightInit',
      'biasInit',
    ]);
    const kernel = extentsOf('Conv2d', 2, options.kernelSize);
    super(options, { layer: 'Conv2d', kernel, transposed: false });
    this.kernelSize = kernel as unknown as Pair;
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
  }

  /** `[batch, inChannels, height, width]` → `[batch, outChannels, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    this.check('Conv2d', x, 2);
    const { stride, padding, dilation, groups } = this;
    return conv2d(x, this.weight, { bias: this.bias ?? undefined, stride, padding, dilation, groups });
  }
}
