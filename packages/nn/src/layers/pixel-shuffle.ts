import { pixelShuffle } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkSizes } from './check.ts';

/**
 * Channels to pixels: groups of `upscaleFactor²` channels become squares of pixels.
 * @throws {@link ShapeError} if `upscaleFactor²` does not divide the channels.
 * @example
 * const layer = new PixelShuffle({ upscaleFactor: 2 });
 * layer.forward(tensor(new Float32Array(24), { shape: [1, 8, 1, 3] })).shape; // => [1, 2, 2, 6]
 * @see Shi et al. 2016, https://arxiv.org/abs/1609.05158
 * @category Layers
 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(options: { readonly upscaleFactor: number }) {
    checkOptionNames('PixelShuffle', options, ['upscaleFactor']);
    super();
    const { upscaleFactor } = options;
    checkSizes('PixelShuffle', { upscaleFactor });
    this.upscaleFactor = upscaleFactor;
  }

  /** `[batch, c · r², height, width]` → `[batch, c, height · r, width · r]`. */
  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }
}
