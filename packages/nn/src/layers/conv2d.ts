import { ArgumentError, conv2d } from '@gai/core';
import type { Padding2d, Pair, Tensor } from '@gai/core';
import { defaultBias, defaultWeight } from '../init/defaults.ts';
import type { Initializer } from '../init/initializer.ts';
import { computeFans } from '../init/fans.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { checkInput, checkSizes } from './check.ts';
import { pairOf } from './pair.ts';

/** Options of {@link Conv2d}. */
export interface Conv2dLayerOptions {
  /** Channels of the input. */
  readonly inChannels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** Height and width of the kernel in pixels; one number for both. */
  readonly kernelSize: number | Pair;
  /** Steps of the kernel in pixels. Default 1. */
  readonly stride?: number | Pair | undefined;
  /** Zeros around the image: pixels, `'same'` or `'valid'`. Default 0. */
  readonly padding?: Padding2d | undefined;
  /** Distance of neighbouring kernel elements in pixels. Default 1. */
  readonly dilation?: number | Pair | undefined;
  /** Parts that the channels are divided into, each with kernels of its own. Default 1. */
  readonly groups?: number | undefined;
  /** Whether a bias is added to each output channel. Default true. */
  readonly bias?: boolean | undefined;
  /** First value of the weight. Default: uniform over ±1/√fanIn, fanIn = inChannels / groups · kernel size. */
  readonly weightInit?: Initializer | undefined;
  /** First value of the bias. Default: uniform over ±1/√fanIn. */
  readonly biasInit?: Initializer | undefined;
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
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: Pair;
  readonly stride: number | Pair;
  readonly padding: Padding2d;
  readonly dilation: number | Pair;
  readonly groups: number;

  constructor(options: Conv2dLayerOptions) {
    super();
    const { inChannels, outChannels, groups = 1, bias = true } = options;
    checkSizes('Conv2d', { inChannels, outChannels, groups });
    checkGroups('Conv2d', { inChannels, outChannels, groups });
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pairOf('Conv2d', 'kernelSize', options.kernelSize);
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.groups = groups;
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    this.weight = new Parameter((options.weightInit ?? defaultWeight)(shape));
    const biasInit = options.biasInit ?? defaultBias(computeFans(shape).fanIn);
    this.bias = bias ? new Parameter(biasInit([outChannels])) : null;
  }

  /** `[batch, inChannels, height, width]` → `[batch, outChannels, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    const axis = { at: 1, size: this.inChannels, option: 'inChannels' };
    checkInput('Conv2d', x, { layout: '[batch, channels, height, width]', ranks: [4], axis });
    const { stride, padding, dilation, groups } = this;
    return conv2d(x, this.weight, { bias: this.bias ?? undefined, stride, padding, dilation, groups });
  }
}

/** Refuses channels that cannot be divided into the groups. */
export function checkGroups(
  layer: string,
  channels: { readonly inChannels: number; readonly outChannels: number; readonly groups: number },
): void {
  const { inChannels, outChannels, groups } = channels;
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ArgumentError(
    `${layer}: channels do not divide into groups. Got inChannels ${inChannels}, outChannels ${outChannels} and groups ` +
      `${groups}; expected both to be multiples of ${groups}.`,
    { op: layer, details: channels },
  );
}
