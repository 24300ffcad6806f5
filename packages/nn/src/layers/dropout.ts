import { div, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { bernoulli } from '@gai/core/random';
import { Module } from '../module.ts';
import { drawKey } from '../random-scope.ts';
import { checkInput, checkProbability } from './check.ts';

/** Options of {@link Dropout}. */
export interface DropoutOptions {
  /** Probability of an element to be dropped. Default 0.5. */
  readonly p?: number | undefined;
}

/**
 * In training sets each element to 0 with probability `p` and divides the others by `1 − p`, so that the mean stays;
 * in evaluation gives back its input.
 *
 * Randomness: one key per call, from `trainStep`, `fit` or `withRandomKey`.
 * @throws {@link GraphError} in a traced function without a key.
 * @example
 * const layer = new Dropout({ p: 0.5 }).eval();
 * await toArray(layer.forward(tensor([1, 2]))); // => [1, 2]
 * @see Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 * @category Layers
 */
export class Dropout extends Module {
  readonly p: number;

  constructor(options: DropoutOptions = {}) {
    checkOptionNames('Dropout', options, ['p']);
    super();
    this.p = options.p ?? 0.5;
    checkProbability('Dropout', this.p);
  }

  /** `[...]` → the same shape. */
  forward(x: Tensor): Tensor {
    if (!this.training || this.p === 0) return x;
    checkInput('Dropout', x, { layout: '[...]' });
    const kept = bernoulli(drawKey('Dropout'), 1 - this.p, x.shape);
    return where(kept, this.p === 1 ? 0 : div(x, 1 - this.p), 0);
  }
}
