import { avgPool2d } from '@gai/core';
import type { AvgPool2dOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/**
 * The mean of each window of an image, as a layer.
 *
 * Options are those of `avgPool2d`: kernelSize, stride (default kernelSize), padding (0), ceilMode (false),
 * countIncludePad (true).
 * @example
 * const layer = new AvgPool2d({ kernelSize: 2 });
 * layer.forward(tensor(new Float32Array(16), { shape: [1, 1, 4, 4] })).shape; // => [1, 1, 2, 2]
 * @category Layers
 */
export class AvgPool2d extends Module {
  readonly options: AvgPool2dOptions;

  constructor(options: AvgPool2dOptions) {
    checkOptionNames('AvgPool2d', options, ['kernelSize', 'stride', 'padding', 'ceilMode', 'countIncludePad']);
    super();
    this.options = options;
  }

  /** `[batch, channels, height, width]` → `[batch, channels, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.options);
  }
}
