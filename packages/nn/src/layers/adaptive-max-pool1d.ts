import { adaptiveMaxPool1d } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkOutputSize } from './check-output-size.ts';

/** Options of {@link AdaptiveMaxPool1d}. */
export interface AdaptiveMaxPool1dOptions {
  /** Length of the output. */
  readonly outputSize: number | readonly [number];
}

/**
 * Largest elements of as many windows as the output has elements, whatever the size of the signal: window `i` goes from
 * `⌊i·in/out⌋` to `⌈(i+1)·in/out⌉`. `outputSize: 1` is the largest element of the whole signal.
 * @throws {@link ArgumentError} if `outputSize` is not a size.
 * @throws {@link ShapeError} if the size of the signal is symbolic and `outputSize` is not 1.
 * @example
 * const layer = new AdaptiveMaxPool1d({ outputSize: 2 });
 * await toArray(layer.forward(tensor([[[1, 2, 6]]]))); // => [[[2, 6]]]
 * @category Layers
 */
export class AdaptiveMaxPool1d extends Module {
  readonly outputSize: AdaptiveMaxPool1dOptions['outputSize'];

  constructor(options: AdaptiveMaxPool1dOptions) {
    checkOptionNames('AdaptiveMaxPool1d', options, ['outputSize']);
    super();
    checkOutputSize('AdaptiveMaxPool1d', 1, options.outputSize);
    this.outputSize = options.outputSize;
  }

  /** `[batch, channels, length]` → `[batch, channels, ...outputSize]`. */
  forward(x: Tensor): Tensor {
    return adaptiveMaxPool1d(x, this.outputSize);
  }
}
