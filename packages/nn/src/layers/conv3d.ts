import { conv3d } from '@gai/core';
import type { Padding3d, Tensor, Triple } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ConvLayer, extentsOf } from './conv-layer.ts';
import type { ConvLayerOptions } from './conv-layer.ts';

/** Options of {@link Conv3d}. */
export interface Conv3dLayerOptions extends ConvLayerOptions {
  /** Depth, height and width of the kernel in voxels; one number for all. */
  readonly kernelSize: number | Triple;
  /** Steps of the kernel in voxels. Default 1. */
  readonly stride?: number | Triple | undefined;
  /** Zeros around the volume: voxels, `'same'` or `'valid'`. Default 0. */
  readonly padding?: Padding3d | undefined;
  /** Distance of neighbouring kernel elements in voxels. Default 1. */
  readonly dilation?: number | Triple | undefined;
}

/**
 * Three-dimensional convolution (cross-correlation) over volumes.
 *
 * The size becomes `⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, with `padding` the sum of both sides.
 * State: `weight` `[outChannels, inChannels / groups, kernelDepth, kernelHeight, kernelWidth]`, `bias` `[outChannels]`.
 * @throws {@link ArgumentError} if the channels are not multiples of `groups`.
 * @throws {@link ShapeError} if the input does not have `inChannels` channels.
 * @example
 * const layer = new Conv3d({ inChannels: 1, outChannels: 8, kernelSize: 3, padding: 1 });
 * layer.forward(tensor(new Float32Array(27), { shape: [1, 1, 3, 3, 3] })).shape; // => [1, 8, 3, 3, 3]
 * @category Layers
 */
export class Conv3d extends ConvLayer {
  readonly kernelSize: Triple;
  readonly stride: number | Triple;
  readonly padding: Padding3d;
  readonly dilation: number | Triple;

  constructor(options: Conv3dLayerOptions) {
    checkOptionNames('Conv3d', options, [
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
    const kernel = extentsOf('Conv3d', 3, options.kernelSize);
    super(options, { layer: 'Conv3d', kernel, transposed: false });
    this.kernelSize = kernel as unknown as Triple;
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
  }

  /** `[batch, inChannels, depth, height, width]` → `[batch, outChannels, outDepth, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    this.check('Conv3d', x, 3);
    const { stride, padding, dilation, groups } = this;
    return conv3d(x, this.weight, { bias: this.bias ?? undefined, stride, padding, dilation, groups });
  }
}
