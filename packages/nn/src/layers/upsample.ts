import { resize } from '@gai/core';
import type { ResizeMode, ResizeOptions, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';
import { checkInput } from './check.ts';

/**
 * Images in another size: pixels repeated, or interpolated linearly.
 * @throws {@link ArgumentError} if the options do not fit together, {@link ShapeError} if the input does not fit the mode.
 * @example
 * const layer = new Upsample({ scaleFactor: 2 });
 * await toArray(layer.forward(tensor([[[1, 3]]]))); // => [[[1, 1, 3, 3]]]
 * @see {@link resize}
 * @category Layers
 */
export class Upsample extends Module {
  readonly size: number | readonly number[] | undefined;
  readonly scaleFactor: number | readonly number[] | undefined;
  readonly mode: ResizeMode;
  readonly alignCorners: boolean;

  /**
   * @param options.size - Sizes of the axes after the channels. Give this or `scaleFactor`.
   * @param options.scaleFactor - What the sizes are multiplied by.
   * @param options.mode - `nearest`, `linear`, `bilinear` or `trilinear`. Default `nearest`.
   * @param options.alignCorners - Keep the centres of the corner pixels in place. Default false.
   */
  constructor(options: ResizeOptions) {
    checkOptionNames('Upsample', options, ['size', 'scaleFactor', 'mode', 'alignCorners']);
    super();
    this.size = options.size;
    this.scaleFactor = options.scaleFactor;
    this.mode = options.mode ?? 'nearest';
    this.alignCorners = options.alignCorners ?? false;
  }

  /** `[batch, channels, ...]` → `[batch, channels, ...size]`. */
  forward(x: Tensor): Tensor {
    checkInput('Upsample', x, { layout: '[batch, channels, ...]', ranks: [3, 4, 5] });
    const { size, scaleFactor, mode, alignCorners } = this;
    return resize(x, { size, scaleFactor, mode, alignCorners });
  }
}
