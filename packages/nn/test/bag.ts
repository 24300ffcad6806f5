import { tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Linear, Module, Parameter } from '../src/index.ts';

/** A parameter of one number. */
export const one = (value = 1): Parameter => new Parameter(tensor([value]));
/** A layer that multiplies by a number. */
export const linear = (weight: number): Linear =>
  new Linear({ inFeatures: 1, outFeatures: 1, bias: false, weightInit: () => tensor([[weight]]) });

/** A module of whatever fields are given. */
export class Bag extends Module {
  [name: string]: unknown;

  constructor(fields: object) {
    super();
    Object.assign(this, fields);
  }

  forward(x: Tensor): Tensor {
    return x;
  }
}
