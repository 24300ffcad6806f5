import { div, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { bernoulli } from '@gai/core/random';
import { Module } from '../module.ts';
import { drawKey } from '../random-scope.ts';
import { checkInput, checkProbability } from './check.ts';
import type { DropoutOptions } from './dropout.ts';

/**
 * In training sets whole channels of each image to 0 with probability `p` and divides the others by `1 − p`; in
 * evaluation gives back its input. For neighbouring pixels that say the same, where {@link Dropout} would do little.
 *
 * Randomness: one key per call, from `trainStep`, `fit` or `withRandomKey`.
 * @throws {@link GraphError} in a traced function without a key.
 * @throws {@link ShapeError} if the input is not `[batch, channels, height, width]`.
 * @example
 * const layer = new Dropout2d({ p: 0.5 }).eval();
 * await toArray(layer.forward(tensor([[[[1, 2]]]]))); // => [[[[1, 2]]]]
 * @see Tompson et al. 2015, https://arxiv.org/abs/1411.4280
 * @category Layers
 */
export class Dropout2d extends Module {
  readonly p: number;

  constructor(options: DropoutOptions = {}) {
    checkOptionNames('Dropout2d', options, ['p']);
    super();
    this.p = options.p ?? 0.5;
    checkProbability('Dropout2d', this.p);
  }

  /** `[batch, channels, height, width]` → the same shape. */
  forward(x: Tensor): Tensor {
    checkInput('Dropout2d', x, { layout: '[batch, channels, height, width]', ranks: [4] });
    if (!this.training || this.p === 0) return x;
    const kept = bernoulli(drawKey('Dropout2d'), 1 - this.p, [...x.shape.slice(0, 2), 1, 1]);
    return where(kept, this.p === 1 ? 0 : div(x, 1 - this.p), 0);
  }
}
