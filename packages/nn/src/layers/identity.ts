import type { Tensor } from '@gai/core';
import { Module } from '../module.ts';

/**
 * Gives back its input: a place to put another layer later.
 * @example
 * await toArray(new Identity().forward(tensor([1, 2]))); // => [1, 2]
 * @category Layers
 */
export class Identity extends Module {
  /** `[...]` → the same. */
  forward(x: Tensor): Tensor {
    return x;
  }
}
