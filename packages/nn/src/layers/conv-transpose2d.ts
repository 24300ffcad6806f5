import { convTranspose2d } from '@gai/core';
import type { ConvTranspose2dOptions, Pair, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ConvLayer, extentsOf } from './conv-layer.ts';
import type { Conv2dLayerOptions } from './conv2d.ts';

/** Options of {@link ConvTranspose2d}. */
export interface ConvTranspose2dLayerOptions extends Omit<Conv2dLayerOptions, 'padding'> {
  /** What the convolution it reverses had as padding. Default 0. */
  readonly padding?: ConvTranspose2dOptions['padding'];
  /** Rows and columns added at the end; below stride or dilation. Default 0. */
  readonly outputPadding?: number | Pair | undefined;
}

/**
 * Transposed convolution over images, used to make them larger.
 *
 * The size becomes `(in − 1)·stride − padding + dilation·(kernel − 1) + outputPadding + 1`, with `padding` the sum of
 * both sides. State: `weight` `[inChannels, outChannels / groups, kernelHeight, kernelWidth]`, `bias` `[outChannels]`;
 * both start uniform over ±1/√(outChannels / groups · kernel size), as in PyTorch.
 * @throws {@link ArgumentError} if the channels are not multiples of `groups`.
 * @throws {@link ShapeError} if the input does not have `inChannels` channels.
 * @example
 * const layer = new ConvTranspose2d({ inChannels: 2, outChannels: 1, kernelSize: 2, stride: 2 });
 * layer.forward(tensor(new Float32Array(18), { shape: [1, 2, 3, 3] })).shape; // => [1, 1, 6, 6]
 * @category Layers
 */
export class ConvTranspose2d extends ConvLayer {
  readonly kernelSize: Pair;
  readonly stride: number | Pair;
  readonly padding: NonNullable<ConvTranspose2dOptions['padding']>;
  readonly outputPadding: number | Pair;
  readonly dilation: number | Pair;

  constructor(options: ConvTranspose2dLayerOptions) {
    checkOptionNames('ConvTranspose2d', options, [
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
    const kernel = extentsOf('ConvTranspose2d', 2, options.kernelSize);
    super(options, { layer: 'ConvTranspose2d', kernel, transposed: true });
    this.kernelSize = kernel as unknown as Pair;
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.outputPadding = options.outputPadding ?? 0;
    this.dilation = options.dilation ?? 1;
  }

  /** `[batch, inChannels, height, width]` → `[batch, outChannels, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    this.check('ConvTranspose2d', x, 2);
    const { stride, padding, outputPadding, dilation, groups } = this;
    const bias = this.bias ?? undefined;
    return convTranspose2d(x, this.weight, { bias, stride, padding, outputPadding, dilation, groups });
  }
}
