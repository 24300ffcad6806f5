import { adaptiveMaxPool3d } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkOutputSize } from './check-output-size.ts';

/** Options of {@link AdaptiveMaxPool3d}. */
export interface AdaptiveMaxPool3dOptions {
  /** Depth, height and width of the output in voxels; one number for all, null for a size that stays. */
  readonly outputSize: number | readonly [depth: number | null, height: number | null, width: number | null];
}

/**
 * Largest elements of as many windows as the output has voxels, whatever the size of the volume: window `i` goes from
 * `⌊i·in/out⌋` to `⌈(i+1)·in/out⌉`. `outputSize: 1` is the largest element of the whole volume.
 * @throws {@link ArgumentError} if `outputSize` is not a size.
 * @throws {@link ShapeError} if the size of the volume is symbolic and `outputSize` is not 1.
 * @example
 * const layer = new AdaptiveMaxPool3d({ outputSize: 1 });
 * await toArray(layer.forward(tensor([[[[[1, 3]], [[5, 7]]]]]))); // => [[[[[7]]]]]
 * @category Layers
 */
export class AdaptiveMaxPool3d extends Module {
  readonly outputSize: AdaptiveMaxPool3dOptions['outputSize'];

  constructor(options: AdaptiveMaxPool3dOptions) {
    checkOptionNames('AdaptiveMaxPool3d', options, ['outputSize']);
    super();
    checkOutputSize('AdaptiveMaxPool3d', 3, options.outputSize);
    this.outputSize = options.outputSize;
  }

  /** `[batch, channels, depth, height, width]` → `[batch, channels, ...outputSize]`. */
  forward(x: Tensor): Tensor {
    return adaptiveMaxPool3d(x, this.outputSize);
  }
}
