import { dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { Tensor } from '../ir/tensor.ts';
import { add } from '../ops/elementwise.ts';
import { iota } from '../ops/iota.ts';
import { scan } from './scan.ts';

/**
 * Steps for each whole number of a range: `for (i = lower; i < upper; i++) carry = body(i, carry)`.
 *
 * A {@link scan} over the numbers, without results of the steps; it has a gradient.
 * @param lower - The first number.
 * @param upper - The number after the last; it may be symbolic.
 * @param body - From the number, an int32 scalar, and the carry to the next carry.
 * @param init - The first carry: a tree of tensors; numbers count as float32.
 * @returns The last carry.
 * @throws {@link ShapeError} if `upper` is less than `lower`, or a carry changes its shape.
 * @example
 * const factorial = forLoop(1, 6, (i, product: Tensor) => mul(product, cast(i, 'float32')), tensor(1));
 * await item(factorial); // => 120
 * @see JAX, https://docs.jax.dev/en/latest/_autosummary/jax.lax.fori_loop.html
 * @category Control flow
 */
export function forLoop<C>(lower: number, upper: Dim, body: (index: Tensor, carry: C) => C, init: C): C {
  const numbers = iota(dimSub(upper, lower));
  const step = (carry: C, index: Tensor): [C, null] => [body(index, carry), null];
  const [last] = scan(step, init, lower === 0 ? numbers : add(numbers, lower));
  return last;
}
