import { convTranspose3d } from '@gai/core';
import type { ConvTranspose3dOptions, Tensor, Triple } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ConvLayer, extentsOf } from './conv-layer.ts';
import type { Conv3dLayerOptions } from './conv3d.ts';

/** Options of {@link ConvTranspose3d}. */
export interface ConvTranspose3dLayerOptions extends Omit<Conv3dLayerOptions, 'padding'> {
  /** What the convolution it reverses had as padding. Default 0. */
  readonly padding?: ConvTranspose3dOptions['padding'];
  /** Planes, rows and columns added at the end; below stride or dilation. Default 0. */
  readonly outputPadding?: number | Triple | undefined;
}

/**
 * Transposed convolution over volumes, used to make them larger.
 *
 * The size becomes `(in − 1)·stride − padding + dilation·(kernel − 1) + outputPadding + 1`, with `padding` the sum of
 * both sides. State: `weight` `[inChannels, outChannels / groups, kernelDepth, kernelHeight, kernelWidth]`, `bias` `[outChannels]`;
 * both start uniform over ±1/√(outChannels / groups · kernel size), as in PyTorch.
 * @throws {@link ArgumentError} if the channels are not multiples of `groups`.
 * @throws {@link ShapeError} if the input does not have `inChannels` channels.
 * @example
 * const layer = new ConvTranspose3d({ inChannels: 2, outChannels: 1, kernelSize: 2, stride: 2 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 2, 2, 2, 2] })).shape; // => [1, 1, 4, 4, 4]
 * @category Layers
 */
export class ConvTranspose3d extends ConvLayer {
  readonly kernelSize: Triple;
  readonly stride: number | Triple;
  readonly padding: NonNullable<ConvTranspose3dOptions['padding']>;
  readonly outputPadding: number | Triple;
  readonly dilation: number | Triple;

  constructor(options: ConvTranspose3dLayerOptions) {
    checkOptionNames('ConvTranspose3d', options, [
      'padding',
      'outputPadding',
      'kernelSize',
      'stride',
      'dilation',
      'inChannels',
      'outChannels',
      'groups',
      'bias',
      'weightInit',
      'biasInit',
    ]);
    const kernel = extentsOf('ConvTranspose3d', 3, options.kernelSize);
    super(options, { layer: 'ConvTranspose3d', kernel, transposed: true });
    this.kernelSize = kernel as unknown as Triple;
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.outputPadding = options.outputPadding ?? 0;
    this.dilation = options.dilation ?? 1;
  }

  /** `[batch, inChannels, depth, height, width]` → `[batch, outChannels, outDepth, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    this.check('ConvTranspose3d', x, 3);
    const { stride, padding, outputPadding, dilation, groups } = this;
    const bias = this.bias ?? undefined;
    return convTranspose3d(x, this.weight, { bias, stride, padding, outputPadding, dilation, groups });
  }
}
