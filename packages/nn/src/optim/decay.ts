import { add, mul } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { OptimizerItem } from './optimizer.ts';

/** The gradient with an L2 penalty: `g + decay · θ`. */
export function withDecay({ gradient, parameter }: OptimizerItem, decay: number): Tensor {
  return decay === 0 ? gradient : add(gradient, mul(parameter, decay));
}
