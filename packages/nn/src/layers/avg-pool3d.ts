import { avgPool3d } from '@gai/core';
import type { AvgPool3dOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/**
 * The mean of each window of a volume, as a layer.
 *
 * Options are those of `avgPool3d`: kernelSize, stride (default kernelSize), padding (0), ceilMode (false),
 * countIncludePad (true).
 * @example
 * const layer = new AvgPool3d({ kernelSize: 2 });
 * layer.forward(tensor(new Float32Array(64), { shape: [1, 1, 4, 4, 4] })).shape; // => [1, 1, 2, 2, 2]
 * @category Layers
 */
export class AvgPool3d extends Module {
  readonly options: AvgPool3dOptions;

  constructor(options: AvgPool3dOptions) {
    checkOptionNames('AvgPool3d', options, ['kernelSize', 'stride', 'padding', 'ceilMode', 'countIncludePad']);
    super();
    this.options = options;
  }

  /** `[batch, channels, depth, height, width]` → `[batch, channels, outDepth, outHeight, outWidth]`. */
  forward(x: Tensor): Tensor {
    return avgPool3d(x, this.options);
  }
}
