import { avgPool1d } from '@gai/core';
import type { AvgPool1dOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/**
 * The mean of each window of a signal, as a layer.
 *
 * Options are those of `avgPool1d`: kernelSize, stride (default kernelSize), padding (0), ceilMode (false),
 * countIncludePad (true).
 * @example
 * const layer = new AvgPool1d({ kernelSize: 2 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 1, 16] })).shape; // => [1, 1, 8]
 * @category Layers
 */
export class AvgPool1d extends Module {
  readonly options: AvgPool1dOptions;

  constructor(options: AvgPool1dOptions) {
    checkOptionNames('AvgPool1d', options, ['kernelSize', 'stride', 'padding', 'ceilMode', 'countIncludePad']);
    super();
    this.options = options;
  }

  /** `[batch, channels, length]` → `[batch, channels, outLength]`. */
  forward(x: Tensor): Tensor {
    return avgPool1d(x, this.options);
  }
}
