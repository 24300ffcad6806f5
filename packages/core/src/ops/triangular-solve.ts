import { checkOptionNames } from '../argument.ts';
import { isSymbolic } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { promoteOperands } from '../trace/operands.ts';
import { neg } from './elementwise.ts';
import { matmul, matrixTranspose } from './linalg.ts';
import { unsqueeze } from './movement.ts';
import { notEmpty, sameType } from './shared.ts';
import { cast, reshape } from './structural.ts';
import { tril } from './triangular.ts';

/** Rows up to which factorizations are part of a graph. */
export const MAX_ROWS = 64;

/** The number of rows of the matrices, checked: square, of a known size, not too many. */
export function rowsOf(x: Tensor, op: string): number {
  const [rows, columns] = x.shape.slice(-2);
  const fail = (problem: string, rule: string): never => {
    throw new ShapeError(`${op}: ${problem}. Got ${formatShape(x.shape)}; expected ${rule}`, {
      op,
      details: { shape: formatShape(x.shape) },
    });
  };
  if (rows === undefined || columns === undefined) return fail('not a matrix', 'at least two axes. Reshape it.');
  if (isSymbolic(rows) || isSymbolic(columns)) {
    return fail('the size of the matrix is known only when the graph runs', 'fixed sizes. Name other axes only.');
  }
  if (rows !== columns) return fail('the matrix is not square', 'as many rows as columns. Slice or pad it.');
  if (rows <= MAX_ROWS) return rows;
  return fail(
    'the matrix is too large for a graph',
    `at most ${MAX_ROWS} rows. Outside traced functions, give its values to @gai/core/linalg (cholesky, solve, lstsq, …).`,
  );
}

/** The dtype a factorization computes in. */
export function computedDType(x: Tensor, op: string): 'float32' | 'float64' {
  if (isFloat(x.dtype)) return x.dtype === 'float64' ? 'float64' : 'float32';
  throw new DTypeError(`${op}: the dtype does not fit. Got ${x.dtype}; expected a float dtype. Cast the matrix.`, {
    op,
    details: { dtype: x.dtype },
  });
}

/** A baked mask of `[n, n]`. */
export function bakeMask(b: OnnxBuilder, n: number, holds: (row: number, column: number) => boolean): OnnxValue {
  const mask = Uint8Array.from({ length: n * n }, (_, index) => Number(holds(Math.floor(index / n), index % n)));
  return b.constant(mask, 'bool', [n, n]);
}

/** `y = x⁻¹` of lower triangular matrices; what is above the diagonal is not looked at. */
export const triangularInverseOp: OpDef<{ readonly unit: boolean }> = {
  kind: 'op',
  name: 'triangularInverse',
  infer: sameType,
  needs: notEmpty,
  // d(x⁻¹) = −x⁻¹·dx·x⁻¹
  vjp: ([dy], { outputs: [y], attrs: { unit } }) => {
    const dx = matmul(matmul(y, dy, { transposeA: true }), y, { transposeB: true });
    return [neg(tril(dx, { diagonal: unit ? -1 : 0 }))];
  },
  onnx: (b, [x], { inputs: [operand], attrs: { unit } }) => {
    const n = operand.shape.at(-1) as number;
    const [zero, one] = [b.scalar(0, operand.dtype), b.scalar(1, operand.dtype)];
    const onDiagonal = bakeMask(b, n, (row, column) => row === column);
    const divisor = unit ? b.node('Where', [onDiagonal, one, x]) : x;
    // The inverse of the blocks of 1, 2, 4, … rows on the diagonal:
    // [[A, 0], [C, B]]⁻¹ = [[A⁻¹, 0], [−B⁻¹·C·A⁻¹, B⁻¹]], all blocks of one size by one product.
    let inverse = b.node('Where', [onDiagonal, b.node('Div', [one, divisor]), zero]);
    for (let level = 0; 2 ** level < n; level += 1) {
      const isC = bakeMask(b, n, (row, column) => row > column && 31 - Math.clz32(row ^ column) === level);
      const blocks = b.node('Where', [isC, x, zero]);
      const product = b.node('MatMul', [b.node('MatMul', [inverse, blocks]), inverse]);
      inverse = b.node('Sub', [inverse, product]);
    }
    return inverse;
  },
};

/** Settings of {@link triangularSolve}. */
export interface TriangularSolveOptions {
  /** The upper triangle of `a` counts, else the lower one. Default false. */
  readonly upper?: boolean | undefined;
  /** Solve `aᵀ·x = b`. Default false. */
  readonly transposeA?: boolean | undefined;
  /** Take the diagonal of `a` as 1, whatever it holds. Default false. */
  readonly unitTriangular?: boolean | undefined;
}

/**
 * Solves `a·x = b` for a triangular matrix. What is in the other triangle is not looked at.
 *
 * Part of the graph and differentiable, for at most 64 rows; the inverses of all blocks of 1, 2, 4, … rows are computed
 * by one matrix product each. A 0 on the diagonal gives infinities or NaN. Larger matrices: `solve` of
 * `@gai/core/linalg`.
 *
 * @param a - `[..., n, n]`, a float dtype.
 * @param b - `[..., n, k]`, or a vector `[n]`; the axes before broadcast.
 * @param options.upper - The upper triangle counts. Default false: the lower one.
 * @param options.transposeA - Solve `aᵀ·x = b`. Default false.
 * @param options.unitTriangular - Take the diagonal as 1. Default false.
 * @returns The shape of `b`, its axes before the last two broadcast.
 * @throws {@link ShapeError} if the matrix is not square, has more than 64 rows or does not fit `b`;
 * {@link DTypeError} if it is not a float.
 * @example
 * const a = tensor([[2, 0], [1, 4]]);
 * await toArray(triangularSolve(a, tensor([2, 9]))); // => [1, 2]
 * @see PyTorch's `torch.linalg.solve_triangular`.
 * @category Linear algebra
 */
export function triangularSolve(a: TensorLike, b: TensorLike, options: TriangularSolveOptions = {}): Tensor {
  checkOptionNames('triangularSolve', options, ['upper', 'transposeA', 'unitTriangular']);
  const operands = promoteOperands(a, b, 'triangularSolve');
  const rows = rowsOf(operands.a, 'triangularSolve');
  const dtype = computedDType(cast(operands.a, operands.dtype), 'triangularSolve');
  const matrix = cast(operands.a, dtype);
  const right = cast(operands.b, dtype);
  checkRight(right, rows, matrix);
  const lower = options.upper === true ? matrixTranspose(matrix) : matrix;
  const inverse = bind(triangularInverseOp, [lower], { unit: options.unitTriangular ?? false });
  const transposeA = (options.upper ?? false) !== (options.transposeA ?? false);
  const isVector = right.shape.length === 1;
  const x = matmul(inverse, isVector ? unsqueeze(right, 1) : right, { transposeA });
  return cast(isVector ? reshape(x, x.shape.slice(0, -1)) : x, operands.dtype);
}

function checkRight(b: Tensor, rows: number, a: Tensor): void {
  if (b.shape.length > 0 && b.shape.at(b.shape.length === 1 ? 0 : -2) === rows) return;
  throw new ShapeError(
    `triangularSolve: the right side does not fit. Got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}; expected ` +
      `b [${rows}] or [...,${rows},k]. Reshape or transpose b.`,
    { op: 'triangularSolve' },
  );
}
