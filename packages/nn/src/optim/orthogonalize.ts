import { add, div, matmul, maximum, mul, reshape, sqrt, square, sum, transpose } from '@gai/core';
import type { Tensor } from '@gai/core';

/** The polynomial `a·x + b·x³ + c·x⁵` that Keller Jordan found: steep at 0, so that five steps do. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
const EPS = 1e-7;

/**
 * About the nearest matrix whose rows (or columns) are orthogonal and of length 1: `U·Vᵀ` of `X = U·S·Vᵀ`, with singular values that end
 * between 0.5 and 1.5 instead of at 1. Newton-Schulz: `X ← a·X + b·(X·Xᵀ)·X + c·(X·Xᵀ)²·X`, which is products of matrices only.
 * A tensor of more dimensions is the matrix of its first by all others.
 */
export function orthogonalize(x: Tensor, steps: number): Tensor {
  const rows = x.shape[0] as number;
  const flat = x.shape.length === 2 ? x : reshape(x, [rows, -1]);
  const isTall = rows > (flat.shape[1] as number);
  const wide = isTall ? transpose(flat) : flat;
  // norm would bring every other kind of norm into the bundle of the optimizers.
  let result = div(wide, maximum(sqrt(sum(square(wide))), EPS));
  for (let step = 0; step < steps; step++) {
    const gram = matmul(result, result, { transposeB: true });
    const change = add(mul(gram, B), mul(matmul(gram, gram), C));
    result = add(mul(result, A), matmul(change, result));
  }
  const back = isTall ? transpose(result) : result;
  return x.shape.length === 2 ? back : reshape(back, x.shape);
}
