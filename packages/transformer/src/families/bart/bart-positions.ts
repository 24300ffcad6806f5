import { add, gather } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Module, ModuleBuffer, Parameter, init } from '@gai/nn';
import { sinusoidalPositions } from '../../positions/sinusoidal.ts';
import type { BartConfig } from './config.ts';
import { bartTraits } from './kinds.ts';

/** Rows of the learned table that no position has: it was made of tokens' ids once, of which padding is the second. */
const UNUSED = 2;

/** Positions, learned or of sines and cosines: `[time]` or `[batch, time]`, int32 → with features. */
export class BartPositions extends Module {
  readonly weight: Parameter | ModuleBuffer;
  readonly #offset: number;

  constructor({ modelType, maxPositionEmbeddings: count, dModel, initStd: std }: BartConfig) {
    super();
    const isLearned = bartTraits(modelType).positions === 'learned';
    this.#offset = isLearned ? UNUSED : 0;
    this.weight = isLearned
      ? new Parameter(init.normal({ std })([count + UNUSED, dModel]))
      : new ModuleBuffer(sinusoidalPositions(count, dModel, { layout: 'halves' }));
  }

  forward(positions: Tensor): Tensor {
    return gather(this.weight, add(positions, this.#offset), { axis: 0 });
  }
}
