import { conv1d } from '@gai/core';
import type { Padding1d, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { ConvLayer, extentsOf } from './conv-layer.ts';
import type { ConvLayerOptions } from './conv-layer.ts';

/** Options of {@link Conv1d}. */
export interface Conv1dLayerOptions extends ConvLayerOptions {
  /** Length of the kernel. */
  readonly kernelSize: number | readonly [number];
  /** Steps of the kernel in elements. Default 1. */
  readonly stride?: number | readonly [number] | undefined;
  /** Zeros around the signal: elements, `'same'` or `'valid'`. Default 0. */
  readonly padding?: Padding1d | undefined;
  /** Distance of neighbouring kernel elements in elements. Default 1. */
  readonly dilation?: number | readonly [number] | undefined;
}

/**
 * One-dimensional convolution (cross-correlation) over signals.
 *
 * The size becomes `⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, with `padding` the sum of both sides.
 * State: `weight` `[outChannels, inChannels / groups, kernelLength]`, `bias` `[outChannels]`.
 * @throws {@link ArgumentError} if the channels are not multiples of `groups`.
 * @throws {@link ShapeError} if the input does not have `inChannels` channels.
 * @example
 * const layer = new Conv1d({ inChannels: 1, outChannels: 8, kernelSize: 3, padding: 1 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 1, 16] })).shape; // => [1, 8, 16]
 * @category Layers
 */
export class Conv1d extends ConvLayer {
  readonly kernelSize: readonly [length: number];
  readonly stride: number | readonly [number];
  readonly padding: Padding1d;
  readonly dilation: number | readonly [number];

  constructor(options: Conv1dLayerOptions) {
    checkOptionNames('Conv1d', options, [
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
    const kernel = extentsOf('Conv1d', 1, options.kernelSize);
    super(options, { layer: 'Conv1d', kernel, transposed: false });
    this.kernelSize = kernel as unknown as readonly [length: number];
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
  }

  /** `[batch, inChannels, length]` → `[batch, outChannels, outLength]`. */
  forward(x: Tensor): Tensor {
    this.check('Conv1d', x, 1);
    const { stride, padding, dilation, groups } = this;
    return conv1d(x, this.weight, { bias: this.bias ?? undefined, stride, padding, dilation, groups });
  }
}
