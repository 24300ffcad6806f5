import { checkOptionNames } from '../argument.ts';
import { dimEquals, dimSub, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { DTypeError, ShapeError } from '../errors.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes, formatShape, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor, promoteOperands } from '../trace/operands.ts';
import { isFloat } from '../dtype.ts';
import { mul } from './elementwise.ts';
import { swapAxes, unsqueeze } from './movement.ts';
import { writeFilled } from './shared-write.ts';
import { cast, reshape, sum } from './structural.ts';

interface MatmulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The last two sizes, exchanged if the operand is read transposed. */
function matrix({ shape }: TensorType, transposed: boolean): [rows: Dim, columns: Dim] {
  const [rows, columns] = shape.slice(-2) as [Dim, Dim];
  return transposed ? [columns, rows] : [rows, columns];
}

/** `y = op(a) · op(b)`, with `op` the transpose of the last two axes where asked for. */
export const matmulOp: OpDef<MatmulAttrs> = {
  kind: 'op',
  name: 'matmul',
  // A product with a matrix that all rows share is better whole.
  rows: (_, [a, b]) => (a.shape.length === b.shape.length ? a.shape.length - 2 : 0),
  infer: ([a, b], { transposeA, transposeB }) => {
    const [rows, inner] = matrix(a, transposeA);
    const [other, columns] = matrix(b, transposeB);
    if (!dimEquals(inner, other)) throw innerSizes(a, b, inner, other);
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'matmul');
    return { dtype: a.dtype, shape: [...batch, rows, columns] };
  },
  // The runtime does not broadcast an axis of 0 against one of 1 or none, and leaves sums of nothing as memory was.
  needs: ({ transposeA }, [a, b]) =>
    [matrix(a, transposeA)[1], ...repeatedAxes(a.shape.slice(0, -2), b.shape.slice(0, -2))].map((size) =>
      dimSub(size, 1),
    ),
  // y = A·B: dA = dy·Bᵀ and dB = Aᵀ·dy; a transposed operand gets the transpose of that.
  vjp: ([dy], { inputs: [a, b], attrs: { transposeA: tA, transposeB: tB } }) => [
    tA ? product(b, dy, tB, true) : product(dy, b, false, !tB),
    tB ? product(dy, a, true, tA) : product(a, dy, !tA, false),
  ],
  onnx: (b, inputs, { inputs: operands, outputs, attrs }) => {
    if (operands[0].shape.includes(0)) return writeFilled(b, 0, outputs[0]);
    return writeMatmul(b, inputs, operands, attrs);
  },
};

/** The sizes of the axes along which one of two shapes is repeated. */
function repeatedAxes(a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis): Dim[] => {
    const [x, y] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    return dimEquals(x, y) ? [] : [x === 1 ? y : x];
  }).flat();
}

function innerSizes(a: TensorType, b: TensorType, inner: Dim, other: Dim): ShapeError {
  return new ShapeError(
    `matmul: inner sizes differ. Got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}; expected the inner size ` +
      `of a (${formatDim(inner)}) to equal that of b (${formatDim(other)}). Transpose b or reshape a.`,
    { op: 'matmul', details: { a: formatShape(a.shape), b: formatShape(b.shape) } },
  );
}

/** One ONNX node where there is one that reads its operands transposed: Gemm for matrices, FusedMatMul on CPUs. */
function writeMatmul(
  b: OnnxBuilder,
  [x, y]: OnnxInputs,
  [a, c]: readonly [TensorType, TensorType, ...TensorType[]],
  { transposeA, transposeB }: MatmulAttrs,
): OnnxValue {
  if (!transposeA && !transposeB) return b.node('MatMul', [x, y]);
  const isMatrix = a.shape.length === 2 && c.shape.length === 2;
  if (isMatrix && isFloat(a.dtype)) {
    return b.node('Gemm', [x, y], { transA: Number(transposeA), transB: Number(transposeB) });
  }
  if (b.prefers('com.microsoft.FusedMatMul') && a.dtype === 'float32') {
    const settings = { transA: Number(transposeA), transB: Number(transposeB) };
    return b.node('com.microsoft.FusedMatMul', [x, y], settings);
  }
  const turned = (value: OnnxValue, rank: number): OnnxValue => {
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    return b.node('Transpose', [value], { perm: [...axes.slice(0, -2), rank - 1, rank - 2] });
  };
  return b.node('MatMul', [transposeA ? turned(x, a.shape.length) : x, transposeB ? turned(y, c.shape.length) : y]);
}

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return matmul(a, b, { transposeA, transposeB });
}

/** Settings of {@link matmul}. */
export interface MatmulOptions {
  /** Read the last two axes of `a` exchanged. Default false. */
  readonly transposeA?: boolean | undefined;
  /** Read the last two axes of `b` exchanged. Default false. */
  readonly transposeB?: boolean | undefined;
}

/**
 * Matrix product over the last two axes, NumPy's rule: earlier axes broadcast; a vector on the left is a row, on the
 * right a column, and its axis is gone from the result.
 *
 * @param a - `[..., m, k]` or `[k]`.
 * @param b - `[..., k, n]` or `[k]`.
 * @param options.transposeA - Read the last two axes of `a` exchanged, at no cost. Default false.
 * @param options.transposeB - The same for `b`. Default false.
 * @returns `[..., m, n]`.
 * @throws {@link ShapeError} if the inner sizes differ or an operand is a scalar.
 * @example
 * await toArray(matmul(tensor([[1, 2], [3, 4]]), tensor([10, 1]))); // => [12, 34]
 * @category Linear algebra
 */
export function matmul(a: TensorLike, b: TensorLike, options: MatmulOptions = {}): Tensor {
  checkOptionNames('matmul', options, ['transposeA', 'transposeB']);
  const operands = promoteOperands(a, b, 'matmul');
  if (operands.dtype === 'bool') throw notNumbers('matmul', operands.dtype);
  const left = cast(operands.a, operands.dtype);
  const right = cast(operands.b, operands.dtype);
  if (left.shape.length === 0 || right.shape.length === 0) {
    throw new ShapeError(
      `matmul: a scalar operand. Got a ${formatShape(left.shape)} and b ${formatShape(right.shape)}; expected at least ` +
        `one axis each. Use mul to scale.`,
      { op: 'matmul' },
    );
  }
  if (left.shape.length === 1) {
    const row = matmul(unsqueeze(left, 0), right, { transposeB: options.transposeB });
    return reshape(row, right.shape.length === 1 ? [] : row.shape.filter((_, axis) => axis !== row.shape.length - 2));
  }
  if (right.shape.length === 1) {
    const column = matmul(left, unsqueeze(right, 1), { transposeA: options.transposeA });
    return reshape(column, column.shape.slice(0, -1));
  }
  return matmulMatrices(left, right, options.transposeA ?? false, options.transposeB ?? false);
}

function matmulMatrices(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const attrs = { transposeA, transposeB };
  if (transposeA || a.shape.length === 2 || b.shape.length > 2) return bind(matmulOp, [a, b], attrs);
  // A batch against one matrix is one product of matrices, [batch·m, k] · [k, n], and so are its gradients.
  const inner = a.shape.at(-1)!;
  const [other, columns] = matrix(b, transposeB);
  if (!dimEquals(inner, other)) throw innerSizes(a, b, inner, other);
  const rows = bind(matmulOp, [reshape(a, [sizeOf(a.shape.slice(0, -1)), inner]), b], attrs);
  return reshape(rows, [...a.shape.slice(0, -1), columns]);
}

function notNumbers(op: string, dtype: string): DTypeError {
  const expected = op === 'linear' ? 'a float dtype' : 'a float or integer dtype';
  return new DTypeError(`${op}: the dtype does not fit. Got ${dtype}; expected ${expected}. Cast the operands.`, {
    op,
    details: { dtype },
  });
}

/** `y = x·wᵀ + b`. */
export const linearOp: OpDef = {
  kind: 'op',
  name: 'linear',
  infer: ([x, w, b], _, count) => {
    const [outputs, inputs] = w.shape;
    const fits = w.shape.length === 2 && dimEquals(x.shape[1]!, inputs!);
    const biasFits = count < 3 || (b.shape.length === 1 && dimEquals(b.shape[0]!, outputs!));
    if (fits && biasFits) return { dtype: x.dtype, shape: [x.shape[0]!, outputs!] };
    throw new ShapeError(
      `linear: sizes do not fit. Got x with ${formatDim(x.shape[1]!)} features, weight ${formatShape(w.shape)}` +
        `${count < 3 ? '' : ` and bias ${formatShape(b.shape)}`}; expected weight [out,in] with in = ` +
        `${formatDim(x.shape[1]!)}${count < 3 ? '' : ' and bias [out]'}. Reshape x or the weight.`,
      { op: 'linear' },
    );
  },
  needs: (_, [x]) => [dimSub(x.shape[1]!, 1)],
  vjp: ([dy], { inputs }) => {
    const [x, w] = inputs;
    const gradients = [matmul(dy, w), matmul(dy, x, { transposeA: true })];
    return inputs.length === 3 ? [...gradients, sum(dy, { axis: 0 })] : gradients;
  },
  onnx: (b, inputs, { inputs: [x, , bias], outputs: [y] }) => {
    if (x.shape[1] !== 0) return b.node('Gemm', inputs, { transB: 1 });
    return bias === undefined ? writeFilled(b, 0, y) : b.node('Expand', [inputs[2], b.dims(y.shape)]);
  },
};

/**
 * The linear layer `x·wᵀ + b` over the last axis, in one step.
 * @param x - `[..., in]`, a float dtype.
 * @param weight - `[out, in]`, as in PyTorch.
 * @param bias - `[out]`. Default none.
 * @returns `[..., out]`.
 * @throws {@link ShapeError} if the sizes do not fit.
 * @example
 * await toArray(linear(tensor([1, 2]), tensor([[3, 4]]), tensor([5]))); // => [16]
 * @category Linear algebra
 */
export function linear(x: TensorLike, weight: TensorLike, bias?: TensorLike): Tensor {
  const operands = promoteOperands(x, weight, 'linear');
  if (!isFloat(operands.dtype)) throw notNumbers('linear', operands.dtype);
  const input = cast(operands.a, operands.dtype);
  const w = cast(operands.b, operands.dtype);
  const last = input.shape.at(-1);
  if (last === undefined || w.shape.length !== 2) {
    throw new ShapeError(
      `linear: not a layer. Got x ${formatShape(input.shape)} and weight ${formatShape(w.shape)}; expected x [...,in] and ` +
        `weight [out,in]. Reshape them.`,
      { op: 'linear' },
    );
  }
  const rows = reshape(input, [sizeOf(input.shape.slice(0, -1)), last]);
  const b = bias === undefined ? [] : [cast(asTensor(bias, 'linear', operands.dtype), operands.dtype)];
  return reshape(bind(linearOp, [rows, w, ...b], {}), [...input.shape.slice(0, -1), w.shape[0]!]);
}

/** Refuses tensors whose last axes differ, or that have none. */
export function checkLast(a: Tensor, b: Tensor, op: string): void {
  const [n, m] = [a.shape.at(-1), b.shape.at(-1)];
  if (n !== undefined && m !== undefined && dimEquals(n, m)) return;
  throw new ShapeError(
    `${op}: the last axes differ. Got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}; expected axes of one size. ` +
      `Transpose one of them.`,
    { op, details: { a: formatShape(a.shape), b: formatShape(b.shape) } },
  );
}

/**
 * Sum of products over the last axis of two tensors: `Σ a·b`, for vectors the scalar product.
 * @param a - `[..., n]`.
 * @param b - `[..., n]`; the axes before the last broadcast.
 * @example
 * await item(dot(tensor([1, 2, 3]), tensor([4, 5, 6]))); // => 32
 * @category Linear algebra
 */
export function dot(a: TensorLike, b: TensorLike): Tensor {
  const x = asTensor(a, 'dot');
  const y = asTensor(b, 'dot');
  checkLast(x, y, 'dot');
  return x.shape.length === 1 && y.shape.length === 1 ? matmul(x, y) : sum(mul(x, y), { axis: -1 });
}

/**
 * All products of two vectors: `y[i, j] = a[i]·b[j]`.
 * @param a - `[..., m]`.
 * @param b - `[..., n]`; the axes before the last broadcast.
 * @returns `[..., m, n]`.
 * @example
 * await toArray(outer(tensor([1, 2]), tensor([3, 4]))); // => [[3, 4], [6, 8]]
 * @category Linear algebra
 */
export function outer(a: TensorLike, b: TensorLike): Tensor {
  return mul(unsqueeze(a, -1), unsqueeze(b, -2));
}

/**
 * The transpose of the last two axes.
 * @example
 * matrixTranspose(tensor([[[1, 2, 3]]])).shape; // => [1, 3, 1]
 * @category Linear algebra
 */
export function matrixTranspose(x: TensorLike): Tensor {
  return swapAxes(x, -1, -2);
}
