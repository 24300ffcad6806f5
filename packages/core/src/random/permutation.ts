import type { Dim } from '../dim.ts';
import type { Tensor } from '../ir/tensor.ts';
import { sort } from '../ops/indexing.ts';
import { cast } from '../ops/structural.ts';
import { bits, checkDraw } from './bits.ts';

/**
 * The numbers `0 … n − 1` in random order, each order equally likely up to the generator: the order that sorts `n`
 * random words. The words of one key all differ, so there are no ties.
 * @param key - Consumed.
 * @param n - How many; may be symbolic.
 * @returns int32 `[n]`.
 * @example
 * (await data(permutation(key(0), 3))).toSorted(); // => new Int32Array([0, 1, 2])
 * @category Random
 */
export function permutation(key: Tensor, n: Dim): Tensor {
  checkDraw({ key, shape: [n] }, 'permutation');
  // As int32 the words sort in another order, which is as good.
  return sort(cast(bits(key, [n]), 'int32')).indices;
}
