import { maxPool3d } from '@gai/core';
import type { MaxPool3dOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/**
 * The largest element of each window of a volume, as a layer.
 *
 * Options are those of `maxPool3d`: kernelSize, stride (default kernelSize), padding (0), dilation (1),
 * ceilMode (false).
 * @example
 * const layer = new MaxPool3d({ kernelSize: 2 });
 * layer.forward(tensor(new Float32Array(64), { shape: [1, 1, 4, 4, 4] })).shape; // => [1, 1, 2, 2, 2]
 * @category Layers
 */
export class MaxPool3d extends Module {
  readonly options: MaxPool3dOptions;

  constructor(options: MaxPool3dOptions) {
    checkOptionNames('MaxPool3d', options, ['kernelSize', 'stride', 'padding', 'dilation', 'ceilMode']);
    super();
    this.options = options;
  }

  /** `[batch, channels, depth, height, width]` → `[batch, channels, outDepth, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    return maxPool3d(x, this.options);
  }
}
