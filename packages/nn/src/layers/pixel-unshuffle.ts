import { pixelUnshuffle } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkSizes } from './check.ts';

/**
 * Pixels to channels, the inverse of {@link PixelShuffle}: squares of pixels become groups of `downscaleFactor²` channels.
 * @throws {@link ShapeError} if `downscaleFactor` does not divide height and width.
 * @example
 * const layer = new PixelUnshuffle({ downscaleFactor: 2 });
 * layer.forward(tensor(new Float32Array(24), { shape: [1, 2, 2, 6] })).shape; // => [1, 8, 1, 3]
 * @category Layers
 */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(options: { readonly downscaleFactor: number }) {
    checkOptionNames('PixelUnshuffle', options, ['downscaleFactor']);
    super();
    const { downscaleFactor } = options;
    checkSizes('PixelUnshuffle', { downscaleFactor });
    this.downscaleFactor = downscaleFactor;
  }

  /** `[batch, c, height · r, width · r]` → `[batch, c · r², height, width]`. */
  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }
}
