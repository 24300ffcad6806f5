import { convTranspose1d } from '@gai/core';
import type { ConvTranspose1dOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ConvLayer, extentsOf } from './conv-layer.ts';
import type { Conv1dLayerOptions } from './conv1d.ts';

/** Options of {@link ConvTranspose1d}. */
export interface ConvTranspose1dLayerOptions extends Omit<Conv1dLayerOptions, 'padding'> {
  /** What the convolution it reverses had as padding. Default 0. */
  readonly padding?: ConvTranspose1dOptions['padding'];
  /** Elements added at the end; below stride or dilation. Default 0. */
  readonly outputPadding?: number | readonly [number] | undefined;
}

/**
 * Transposed convolution over signals, used to make them larger.
 *
 * The size becomes `(in − 1)·stride − padding + dilation·(kernel − 1) + outputPadding + 1`, with `padding` the sum of
 * both sides. State: `weight` `[inChannels, outChannels / groups, kernelLength]`, `bias` `[outChannels]`;
 * both start uniform over ±1/√(outChannels / groups · kernel size), as in PyTorch.
 * @throws {@link ArgumentError} if the channels are not multiples of `groups`.
 * @throws {@link ShapeError} if the input does not have `inChannels` channels.
 * @example
 * const layer = new ConvTranspose1d({ inChannels: 2, outChannels: 1, kernelSize: 2, stride: 2 });
 * layer.forward(tensor(new Float32Array(6), { shape: [1, 2, 3] })).shape; // => [1, 1, 6]
 * @category Layers
 */
export class ConvTranspose1d extends ConvLayer {
  readonly kernelSize: readonly [length: number];
  readonly stride: number | readonly [number];
  readonly padding: NonNullable<ConvTranspose1dOptions['padding']>;
  readonly outputPadding: number | readonly [number];
  readonly dilation: number | readonly [number];

  constructor(options: ConvTranspose1dLayerOptions) {
    checkOptionNames('ConvTranspose1d', options, [
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
    const kernel = extentsOf('ConvTranspose1d', 1, options.kernelSize);
    super(options, { layer: 'ConvTranspose1d', kernel, transposed: true });
    this.kernelSize = kernel as unknown as readonly [length: number];
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.outputPadding = options.outputPadding ?? 0;
    this.dilation = options.dilation ?? 1;
  }

  /** `[batch, inChannels, length]` → `[batch, outChannels, outLength]`. */
  forward(x: Tensor): Tensor {
    this.check('ConvTranspose1d', x, 1);
    const { stride, padding, outputPadding, dilation, groups } = this;
    const bias = this.bias ?? undefined;
    return convTranspose1d(x, this.weight, { bias, stride, padding, outputPadding, dilation, groups });
  }
}
