import { maxPool2d } from '@gai/core';
import type { MaxPool2dOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/**
 * The largest element of each window of an image, as a layer.
 *
 * Options are those of `maxPool2d`: kernelSize, stride (default kernelSize), padding (0), dilation (1),
 * ceilMode (false).
 * @example
 * const layer = new MaxPool2d({ kernelSize: 2 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 1, 4, 4] })).shape; // => [1, 1, 2, 2]
 * @category Layers
 */
export class MaxPool2d extends Module {
  readonly options: MaxPool2dOptions;

  constructor(options: MaxPool2dOptions) {
    checkOptionNames('MaxPool2d', options, ['kernelSize', 'stride', 'padding', 'dilation', 'ceilMode']);
    super();
    this.options = options;
  }

  /** `[batch, channels, height, width]` → `[batch, channels, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.options);
  }
}
