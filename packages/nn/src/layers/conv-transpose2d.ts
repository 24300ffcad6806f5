import { convTranspose2d } from '@gai/core';
import type { ConvTranspose2dOptions, Pair, Tensor } from '@gai/core';
import { defaultBias, defaultWeight } from '../init/defaults.ts';
import { computeFans } from '../init/fans.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { checkInput, checkSizes } from './check.ts';
import { checkGroups } from './conv2d.ts';
import type { Conv2dLayerOptions } from './conv2d.ts';
import { pairOf } from './pair.ts';

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
export class ConvTranspose2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: Pair;
  readonly stride: number | Pair;
  readonly padding: NonNullable<ConvTranspose2dOptions['padding']>;
  readonly outputPadding: number | Pair;
  readonly dilation: number | Pair;
  readonly groups: number;

  constructor(options: ConvTranspose2dLayerOptions) {
    super();
    const { inChannels, outChannels, groups = 1, bias = true } = options;
    checkSizes('ConvTranspose2d', { inChannels, outChannels, groups });
    checkGroups('ConvTranspose2d', { inChannels, outChannels, groups });
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pairOf('ConvTranspose2d', 'kernelSize', options.kernelSize);
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.outputPadding = options.outputPadding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.groups = groups;
    const shape = [inChannels, outChannels / groups, ...this.kernelSize];
    this.weight = new Parameter((options.weightInit ?? defaultWeight)(shape));
    const biasInit = options.biasInit ?? defaultBias(computeFans(shape).fanIn);
    this.bias = bias ? new Parameter(biasInit([outChannels])) : null;
  }

  /** `[batch, inChannels, height, width]` → `[batch, outChannels, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    const axis = { at: 1, size: this.inChannels, option: 'inChannels' };
    checkInput('ConvTranspose2d', x, { layout: '[batch, channels, height, width]', ranks: [4], axis });
    const { stride, padding, outputPadding, dilation, groups } = this;
    const bias = this.bias ?? undefined;
    return convTranspose2d(x, this.weight, { bias, stride, padding, outputPadding, dilation, groups });
  }
}
