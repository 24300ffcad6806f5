import { adaptiveAvgPool1d } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkOutputSize } from './check-output-size.ts';

/** Options of {@link AdaptiveAvgPool1d}. */
export interface AdaptiveAvgPool1dOptions {
  /** Length of the output. */
  readonly outputSize: number | readonly [number];
}

/**
 * Means of as many windows as the output has elements, whatever the size of the signal: window `i` goes from
 * `⌊i·in/out⌋` to `⌈(i+1)·in/out⌉`. `outputSize: 1` is the mean of the whole signal (global average pooling).
 * @throws {@link ArgumentError} if `outputSize` is not a size.
 * @throws {@link ShapeError} if the size of the signal is symbolic and `outputSize` is not 1.
 * @example
 * const layer = new AdaptiveAvgPool1d({ outputSize: 2 });
 * await toArray(layer.forward(tensor([[[1, 2, 6]]]))); // => [[[1.5, 4]]]
 * @category Layers
 */
export class AdaptiveAvgPool1d extends Module {
  readonly outputSize: AdaptiveAvgPool1dOptions['outputSize'];

  constructor(options: AdaptiveAvgPool1dOptions) {
    checkOptionNames('AdaptiveAvgPool1d', options, ['outputSize']);
    super();
    checkOutputSize('AdaptiveAvgPool1d', 1, options.outputSize);
    this.outputSize = options.outputSize;
  }

  /** `[batch, channels, length]` → `[batch, channels, ...outputSize]`. */
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}
