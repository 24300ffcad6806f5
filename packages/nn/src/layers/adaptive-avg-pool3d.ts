import { adaptiveAvgPool3d } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkOutputSize } from './check-output-size.ts';

/** Options of {@link AdaptiveAvgPool3d}. */
export interface AdaptiveAvgPool3dOptions {
  /** Depth, height and width of the output in voxels; one number for all, null for a size that stays. */
  readonly outputSize: number | readonly [depth: number | null, height: number | null, width: number | null];
}

/**
 * Means of as many windows as the output has voxels, whatever the size of the volume: window `i` goes from
 * `⌊i·in/out⌋` to `⌈(i+1)·in/out⌉`. `outputSize: 1` is the mean of the whole volume (global average pooling).
 * @throws {@link ArgumentError} if `outputSize` is not a size.
 * @throws {@link ShapeError} if the size of the volume is symbolic and `outputSize` is not 1.
 * @example
 * const layer = new AdaptiveAvgPool3d({ outputSize: 1 });
 * await toArray(layer.forward(tensor([[[[[1, 3]], [[5, 7]]]]]))); // => [[[[[4]]]]]
 * @category Layers
 */
export class AdaptiveAvgPool3d extends Module {
  readonly outputSize: AdaptiveAvgPool3dOptions['outputSize'];

  constructor(options: AdaptiveAvgPool3dOptions) {
    checkOptionNames('AdaptiveAvgPool3d', options, ['outputSize']);
    super();
    checkOutputSize('AdaptiveAvgPool3d', 3, options.outputSize);
    this.outputSize = options.outputSize;
  }

  /** `[batch, channels, depth, height, width]` → `[batch, channels, ...outputSize]`. */
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.outputSize);
  }
}
