import type { Graph } from '../ir/graph.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind, bindAll } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { traceRegion } from '../trace/region.ts';
import { eye } from './creation.ts';
import { add, div, log, mul, sub } from './elementwise.ts';
import { gather } from './indexing.ts';
import { matmul, matrixTranspose } from './linalg.ts';
import { squeeze, unsqueeze } from './movement.ts';
import { notEmpty, sameType } from './shared.ts';
import { cast, reshape, sum } from './structural.ts';
import { bakeMask, computedDType, rowsOf, triangularInverseOp, triangularSolve } from './triangular-solve.ts';
import { diagonal, tril } from './triangular.ts';

/** Rows up to which the steps are written out; beyond, a loop is as fast to run and much faster to compile. */
const MAX_UNROLLED_ROWS = 4;

/** `y·yᵀ = x` for symmetric positive definite matrices `[batch, n, n]`, with `y` lower triangular. */
export const choleskyOp: OpDef = {
  kind: 'op',
  name: 'cholesky',
  infer: sameType,
  needs: notEmpty,
  // Murray 2016: dx = y⁻ᵀ·Φ(yᵀ·dy)·y⁻¹, where Φ keeps the lower triangle and half of the diagonal.
  vjp: ([dy], { outputs: [y] }) => {
    const inverse = bind(triangularInverseOp, [y], { unit: false });
    const half = sub(1, mul(eye(y.shape.at(-1)!, { dtype: y.dtype }), 0.5));
    const inner = mul(tril(matmul(y, dy, { transposeA: true })), half);
    return [matmul(matmul(inverse, inner, { transposeA: true }), inverse)];
  },
  onnx: (b, [x], { inputs: [{ shape, dtype }], regions: [step] }) => {
    const n = shape.at(-1) as number;
    const unrolled = n <= MAX_UNROLLED_ROWS || !b.target.capabilities.loops;
    const rows = unrolled ? writeSteps(b, x, { step: step!, n }) : writeScan(b, x, { step: step!, n });
    const pivoted = b.node('Reshape', [rows, b.dims(shape)], { allowzero: 1 });
    const zero = b.scalar(0, dtype);
    const pivots = b.node('Where', [bakeMask(b, n, (i, j) => i === j), pivoted, zero]);
    const roots = b.node('Sqrt', [b.node('ReduceSum', [pivots, b.ints([2])], { keepdims: 1 })]);
    const upper = b.node('Where', [bakeMask(b, n, (i, j) => i <= j), b.node('Div', [pivoted, roots]), zero]);
    return b.node('Transpose', [upper], { perm: [0, 2, 1] });
  },
};

/**
 * One step of elimination: takes the pivot row `r` out of a symmetric matrix, `x − r·rᵀ / pivot`.
 * In: the matrices `[batch, n, n]` and the number of the row, `[1]`. Out: what is left, and the row `[batch, 1, n]`.
 */
function eliminationStep(x: Tensor): Graph {
  const inputs = [
    { name: 'matrix', dtype: x.dtype, shape: x.shape },
    { name: 'row', dtype: 'int64', shape: [1] as Shape },
  ] as const;
  return traceRegion({ op: 'cholesky', name: 'eliminate', inputs }, ([matrix, index]) => {
    const row = gather(matrix!, index!, { axis: 1 });
    const column = gather(matrix!, index!, { axis: 2 });
    const pivot = gather(row, index!, { axis: 2 });
    return [sub(matrix!, mul(column, div(row, pivot))), row];
  }).graph;
}

interface Steps {
  readonly step: Graph;
  readonly n: number;
}

function writeSteps(b: OnnxBuilder, x: OnnxValue, { step, n }: Steps): OnnxValue {
  let rest = x;
  const rows = Array.from({ length: n }, (_, index) => {
    const [left, row] = b.inline(step, [rest, b.ints([index])]);
    rest = left!;
    return row!;
  });
  return rows.length === 1 ? rows[0]! : b.node('Concat', rows, { axis: 1 });
}

function writeScan(b: OnnxBuilder, x: OnnxValue, { step, n }: Steps): OnnxValue {
  const indices = b.constant(
    BigInt64Array.from({ length: n }, (_, index) => BigInt(index)),
    'int64',
    [n, 1],
  );
  const body = { graph: step, captured: [undefined, undefined] };
  // The rows of all steps beside each other: [batch, n, 1, n].
  return b.nodes('Scan', [x, indices], 2, { body, num_scan_inputs: 1, scan_output_axes: [1] })[1]!;
}

/**
 * The Cholesky factor of symmetric positive definite matrices: the lower triangular `L` with `L·Lᵀ = x`.
 *
 * Part of the graph and differentiable, for at most 64 rows. Of a matrix that is not symmetric the mean with its
 * transpose counts, as in JAX. A matrix that is not positive definite gives NaN on the diagonal. Larger matrices:
 * `cholesky` of `@gai/core/linalg`.
 *
 * @param x - `[..., n, n]`, a float dtype.
 * @returns `[..., n, n]`, 0 above the diagonal.
 * @throws {@link ShapeError} if the matrix is not square or has more than 64 rows.
 * @throws {@link DTypeError} if it is not a float.
 * @example
 * await toArray(cholesky(tensor([[4, 2], [2, 5]]))); // => [[2, 0], [1, 2]]
 * @see Murray 2016, Differentiation of the Cholesky decomposition, https://arxiv.org/abs/1602.07527
 * @category Linear algebra
 */
export function cholesky(x: TensorLike): Tensor {
  const operand = asTensor(x, 'cholesky');
  const rows = rowsOf(operand, 'cholesky');
  const matrix = cast(operand, computedDType(operand, 'cholesky'));
  if (rows === 0) return operand;
  const symmetric = mul(add(matrix, matrixTranspose(matrix)), 0.5);
  const batch = reshape(symmetric, [sizeOf(operand.shape.slice(0, -2)), rows, rows]);
  const [factor] = bindAll(choleskyOp, [batch], {}, [eliminationStep(batch)]);
  return cast(reshape(factor!, operand.shape), operand.dtype);
}

/**
 * Solves `a·x = b` for a symmetric positive definite `a`, given its Cholesky factor: `x = L⁻ᵀ·L⁻¹·b`.
 * @param factor - `[..., n, n]`: what {@link cholesky} gives for `a`.
 * @param b - `[..., n, k]`, or a vector `[n]`; the axes before broadcast.
 * @returns The shape of `b`, its axes before the last two broadcast.
 * @throws {@link ShapeError} if the matrix is not square, has more than 64 rows or does not fit `b`.
 * @example
 * const a = tensor([[4, 2], [2, 5]]);
 * await toArray(choleskySolve(cholesky(a), tensor([8, 12]))); // => [1, 2]
 * @category Linear algebra
 */
export function choleskySolve(factor: TensorLike, b: TensorLike): Tensor {
  const right = asTensor(b, 'choleskySolve');
  if (right.shape.length === 1) return squeeze(choleskySolve(factor, unsqueeze(right, 1)), -1);
  return triangularSolve(factor, triangularSolve(factor, right), { transposeA: true });
}

/**
 * The logarithm of the determinant of a symmetric positive definite matrix, given its Cholesky factor: `2·Σ ln Lᵢᵢ`.
 * @param factor - `[..., n, n]`: what {@link cholesky} gives for the matrix.
 * @returns `[...]`, in nats.
 * @example
 * await item(choleskyLogDet(cholesky(tensor([[4, 2], [2, 5]])))); // => 2.772588722239781
 * @category Linear algebra
 */
export function choleskyLogDet(factor: TensorLike): Tensor {
  return mul(sum(log(diagonal(factor)), { axis: -1 }), 2);
}
