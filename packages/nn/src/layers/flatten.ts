import { flatten } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '../module.ts';

/** Options of {@link Flatten}. */
export interface FlattenOptions {
  /** First axis to join. Default 1: the batch axis stays. */
  readonly startAxis?: number | undefined;
  /** Last axis to join; negative counts from the end. Default -1. */
  readonly endAxis?: number | undefined;
}

/**
 * Joins several axes to one; by default all but the first.
 * @throws {@link ShapeError} if the input has no such axes.
 * @example
 * new Flatten().forward(tensor([[[1, 2], [3, 4]]])).shape; // => [1, 4]
 * @category Layers
 */
export class Flatten extends Module {
  readonly startAxis: number;
  readonly endAxis: number;

  constructor(options: FlattenOptions = {}) {
    checkOptionNames('Flatten', options, ['startAxis', 'endAxis']);
    super();
    this.startAxis = options.startAxis ?? 1;
    this.endAxis = options.endAxis ?? -1;
  }

  /** `[batch, ...sizes]` → `[batch, product of sizes]`. */
  forward(x: Tensor): Tensor {
    return flatten(x, { startAxis: this.startAxis, endAxis: this.endAxis });
  }
}
