import { maxPool1d } from '@gai/core';
import type { MaxPool1dOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/**
 * The largest element of each window of a signal, as a layer.
 *
 * Options are those of `maxPool1d`: kernelSize, stride (default kernelSize), padding (0), dilation (1),
 * ceilMode (false).
 * @example
 * const layer = new MaxPool1d({ kernelSize: 2 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 1, 16] })).shape; // => [1, 1, 8]
 * @category Layers
 */
export class MaxPool1d extends Module {
  readonly options: MaxPool1dOptions;

  constructor(options: MaxPool1dOptions) {
    checkOptionNames('MaxPool1d', options, ['kernelSize', 'stride', 'padding', 'dilation', 'ceilMode']);
    super();
    this.options = options;
  }

  /** `[batch, channels, length]` → `[batch, channels, outLength]`. */
  forward(x: Tensor): Tensor {
    return maxPool1d(x, this.options);
  }
}
