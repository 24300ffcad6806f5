import type { Tensor } from '../ir/tensor.ts';
import { add, mul } from '../ops/elementwise.ts';
import { full, sum } from '../ops/structural.ts';
import { flattenTree } from '../tree.ts';
import { checkMatches, grad } from './grad.ts';

/**
 * The function that multiplies the matrix of second derivatives of `fn` with a vector: `v ↦ ∂²fn/∂x² · v`, computed as
 * the gradient of `⟨∂fn/∂x, v⟩`. The matrix itself is never made.
 *
 * For curvature: Newton steps by conjugate gradients, the largest eigenvalue by power iteration.
 * @param fn - From a tree of float tensors to one float scalar.
 * @returns A function of the point and a direction of the same structure and shapes; the product has them too.
 * @throws {@link ShapeError} if `fn` does not return a scalar, or the direction does not fit.
 * @example
 * const cubes = (x: Tensor) => sum(mul(x, mul(x, x)));
 * await toArray(hessianVectorProduct(cubes)(tensor([1, 2]), tensor([1, 10]))); // => [6, 120]
 * @category Gradients
 */
export function hessianVectorProduct<T>(fn: (x: T) => Tensor): (x: T, v: T) => T {
  return (x, v) => {
    const along = flattenTree(v).leaves as Tensor[];
    checkMatches(along, flattenTree(x).leaves as Tensor[], 'hessianVectorProduct');
    const slope = (at: T): Tensor => {
      const slopes = flattenTree(grad(fn)(at)).leaves as Tensor[];
      const parts = slopes.map((one, index) => sum(mul(one, along[index]!)));
      return parts.length === 0 ? full([], 0) : parts.reduce((a, b) => add(a, b));
    };
    return grad(slope)(x);
  };
}
