import type { Tensor } from '../ir/tensor.ts';
import { add, div, mul } from '../ops/elementwise.ts';
import { cast } from '../ops/structural.ts';

/** Random words as floats in (0, 1), neither end included: `(n + ½)/2^23`, which float32 holds exactly, as it does 1 less that. */
export const openUniform = (words: Tensor): Tensor => add(mul(cast(div(words, 512), 'float32'), 2 ** -23), 2 ** -24);
