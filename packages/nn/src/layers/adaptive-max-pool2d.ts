import { adaptiveMaxPool2d } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkOutputSize } from './check-output-size.ts';

/** Options of {@link AdaptiveMaxPool2d}. */
export interface AdaptiveMaxPool2dOptions {
  /** Height and width of the output in pixels; one number for both, null for a size that stays. */
  readonly outputSize: number | readonly [height: number | null, width: number | null];
}

/**
 * Largest elements of as many windows as the output has pixels, whatever the size of the image: window `i` goes from
 * `⌊i·in/out⌋` to `⌈(i+1)·in/out⌉`. `outputSize: 1` is the largest element of the whole image.
 * @throws {@link ArgumentError} if `outputSize` is not a size.
 * @throws {@link ShapeError} if the size of the image is symbolic and `outputSize` is not 1.
 * @example
 * const layer = new AdaptiveMaxPool2d({ outputSize: 1 });
 * await toArray(layer.forward(tensor([[[[1, 2], [3, 6]]]]))); // => [[[[6]]]]
 * @category Layers
 */
export class AdaptiveMaxPool2d extends Module {
  readonly outputSize: AdaptiveMaxPool2dOptions['outputSize'];

  constructor(options: AdaptiveMaxPool2dOptions) {
    checkOptionNames('AdaptiveMaxPool2d', options, ['outputSize']);
    super();
    checkOutputSize('AdaptiveMaxPool2d', 2, options.outputSize);
    this.outputSize = options.outputSize;
  }

  /** `[batch, channels, height, width]` → `[batch, channels, ...outputSize]`. */
  forward(x: Tensor): Tensor {
    return adaptiveMaxPool2d(x, this.outputSize);
  }
}
