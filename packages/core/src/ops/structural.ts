import { checkList, checkOptionNames } from '../argument.ts';
import { isFloat, isInteger, onnxDataType, parseDType } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { dimEquals } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ShapeError } from '../errors.ts';
import type { NoAttrs, OpDef, TensorType } from '../ir/op.ts';
import type { StoredData, Tensor } from '../ir/tensor.ts';
import { broadcastShapes, checkShape, formatShape, inferReshape, normalizeAxes, shapesEqual } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { currentScope } from '../ir/scope.ts';
import { bind } from '../trace/bind.ts';
import { convertElements } from '../trace/convert.ts';
import { constant, storedLeaf, tensor } from '../trace/literal.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { writeSum } from './structural-reduce.ts';

/** `y = x` with other sizes, row by row. */
export const reshapeOp: OpDef<{ shape: Shape }> = {
  kind: 'op',
  name: 'reshape',
  rows: ({ shape }, [x]) =>
    shape[0] !== undefined && x.shape[0] !== undefined && dimEquals(shape[0], x.shape[0]) ? 1 : 0,
  withRows: ({ shape }, length) => ({ shape: [length, ...shape.slice(1)] }),
  infer: ([x], { shape }) => ({ dtype: x.dtype, shape }),
  vjp: ([dy], { inputs: [x] }) => [reshape(dy, x.shape)],
  // allowzero: a size of 0 means 0, not "as in the input".
  onnx: (b, [x], { attrs }) => b.node('Reshape', [x, b.dims(attrs.shape)], { allowzero: 1 }),
};

/**
 * The same elements in another shape; one size may be -1 and is inferred.
 * @param x - Any shape.
 * @param shape - New sizes with the same number of elements.
 * @throws {@link ShapeError} if the numbers of elements differ.
 * @example
 * await toArray(reshape(tensor([1, 2, 3, 4]), [2, -1])); // => [[1, 2], [3, 4]]
 * @category Movement
 */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const operand = asTensor(x, 'reshape');
  const target = inferReshape(operand.shape, shape, 'reshape');
  return shapesEqual(operand.shape, target) ? operand : bind(reshapeOp, [operand], { shape: target });
}

/** `y = x` with axes of size 1 (or missing in front) repeated. */
export const expandOp: OpDef<{ shape: Shape }> = {
  kind: 'op',
  name: 'expand',
  rows: ({ shape }, [x]) => (x.shape.length === shape.length && dimEquals(shape[0] ?? 1, x.shape[0] ?? 1) ? 1 : 0),
  withRows: ({ shape }, length) => ({ shape: [length, ...shape.slice(1)] }),
  infer: ([x], { shape }) => {
    if (shapesEqual(broadcastShapes(x.shape, shape, 'expand'), shape)) return { dtype: x.dtype, shape };
    throw new ShapeError(
      `expand: the target is smaller. Got ${formatShape(x.shape)} and target ${formatShape(shape)}; expected every ` +
        `size of x to be 1 or equal to the target's.`,
      { op: 'expand' },
    );
  },
  // transforms/vjp.ts sums the cotangent down to the shape of x.
  vjp: ([dy]) => [dy],
  onnx: (b, [x], { inputs: [operand], attrs: { shape } }) => {
    // ONNX Runtime's Expand leaves a size of 1 where the target is 0: those are cut away before.
    const added = shape.length - operand.shape.length;
    const gone = operand.shape.flatMap((size, axis) => (size !== 0 && shape[axis + added] === 0 ? [axis] : []));
    if (gone.length === 0) return b.node('Expand', [x, b.dims(shape)]);
    const zeros = b.ints(gone.map(() => 0));
    return b.node('Expand', [b.node('Slice', [x, zeros, zeros, b.ints(gone)]), b.dims(shape)]);
  },
};

/**
 * Repeats axes of size 1 until the tensor has `shape` (NumPy's `broadcast_to`).
 * @param shape - Target sizes; more axes than x has are added in front.
 * @throws {@link ShapeError} if a size of x is neither 1 nor the target's.
 * @example
 * await toArray(expand(tensor([[1], [2]]), [2, 3])); // => [[1, 1, 1], [2, 2, 2]]
 * @category Movement
 */
export function expand(x: TensorLike, shape: Shape): Tensor {
  const operand = asTensor(x, 'expand');
  checkShape(shape, 'expand');
  return shapesEqual(operand.shape, shape) ? operand : bind(expandOp, [operand], { shape: [...shape] });
}

/** `y = Σ x` over `axes`, kept with size 1. */
export const sumOp: OpDef<{ axes: readonly number[] }> = {
  kind: 'op',
  name: 'sum',
  rows: ({ axes }) => Math.min(...axes),
  infer: ([x], { axes }) => ({
    dtype: x.dtype,
    shape: x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  }),
  vjp: ([dy], { inputs: [x] }) => [expand(dy, x.shape)],
  onnx: (b, [x], { inputs: [type], attrs }) => writeSum(b, [x, type], attrs.axes),
};

/** Which axes a reduction goes over and whether they stay with size 1. */
export interface ReduceOptions {
  /** One axis or several; negative ones count from the end. Default: all. */
  readonly axis?: number | readonly number[] | undefined;
  /** Keep reduced axes with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

/** The shape without the axes that were reduced to size 1. */
export function dropAxes(x: Tensor, axes: readonly number[], keepDims: boolean | undefined): Tensor {
  return keepDims === true
    ? x
    : reshape(
        x,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      );
}

/**
 * Sum of elements over axes: `Σ x`. Booleans are counted as int32. Integers wrap, as in `add`. Of float32 numbers the
 * error is below 1e-6 of the sum of their absolute values, however many there are.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @returns Same dtype as x (`bool` becomes `int32`).
 * @example
 * await toArray(sum(tensor([[1, 2], [3, 4]]), { axis: 0 })); // => [4, 6]
 * @category Reductions
 */
export function sum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('sum', options, ['axis', 'keepDims']);
  const operand = asTensor(x, 'sum');
  const counted = operand.dtype === 'bool' ? cast(operand, 'int32') : operand;
  const axes = normalizeAxes(options.axis, counted.shape.length, 'sum');
  const reduced = axes.length === 0 ? counted : bind(sumOp, [counted], { axes });
  return dropAxes(reduced, axes, options.keepDims);
}

/** `y[i_perm] = x[i]`. */
export const transposeOp: OpDef<{ permutation: readonly number[] }> = {
  kind: 'op',
  name: 'transpose',
  rows: ({ permutation }) => permutation.findIndex((from, to) => from !== to),
  infer: ([x], { permutation }) => ({ dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis] as Dim) }),
  vjp: ([dy], { attrs }) => [transpose(dy, invert(attrs.permutation))],
  onnx: (b, [x], { attrs }) => b.node('Transpose', [x], { perm: attrs.permutation }),
};

const invert = (permutation: readonly number[]): number[] => permutation.map((_, axis) => permutation.indexOf(axis));

/**
 * Permutes the axes; by default reverses them.
 * @param permutation - For each axis of the result, the axis of x it is. Default: the axes in reverse.
 * @throws {@link ShapeError} if it does not name every axis once.
 * @example
 * await toArray(transpose(tensor([[1, 2], [3, 4]]))); // => [[1, 3], [2, 4]]
 * @category Movement
 */
export function transpose(x: TensorLike, permutation?: readonly number[]): Tensor {
  const operand = asTensor(x, 'transpose');
  const rank = operand.shape.length;
  if (permutation !== undefined) {
    checkList(permutation, { op: 'transpose', name: 'the permutation', rule: `a list of ${rank} axes` });
  }
  const order = permutation ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const axes = order.map((axis) => (axis < 0 ? axis + rank : axis));
  if (axes.length !== rank || axes.some((_, axis) => !axes.includes(axis))) {
    throw new ShapeError(
      `transpose: not a permutation. Got [${order}] for a tensor with ${rank} axes; expected each of 0 to ${rank - 1} once.`,
      { op: 'transpose' },
    );
  }
  return axes.every((axis, index) => axis === index) ? operand : bind(transposeOp, [operand], { permutation: axes });
}

/** `y = x` in another dtype. */
export const castOp: OpDef<{ dtype: DType }> = {
  kind: 'op',
  name: 'cast',
  rows: Infinity,
  infer: ([x], { dtype }) => ({ dtype, shape: x.shape }),
  // No gradient flows through integers: transforms/vjp.ts stops at tensors that are not floats.
  vjp: ([dy], { inputs: [x] }) => [cast(dy, x.dtype)],
  onnx: (b, [x], { attrs }) => b.node('Cast', [x], { to: onnxDataType(attrs.dtype) }),
};

/**
 * The same values in another dtype. Floats are cut toward zero on the way to integers; anything but 0 is true.
 * @param dtype - Target element type.
 * @example
 * await toArray(cast(tensor([1.7, -1.7]), 'int32')); // => [1, -1]
 * @category Tensors
 */
export function cast(x: TensorLike, dtype: DType): Tensor {
  const target = parseDType(dtype, 'cast');
  // A fraction on its way to integers is cut by the graph, like any other.
  const cuts = typeof x === 'number' && isInteger(target) && !Number.isInteger(x);
  const operand = asTensor(x, 'cast', cuts ? 'float32' : target);
  if (operand.dtype === target) return operand;
  return converted(operand, target) ?? bind(castOp, [operand], { dtype: target });
}

/**
 * What is cast without a graph: baked tables on their way to floats, and data in memory from or to bfloat16, a format
 * of files that no backend takes.
 */
function converted({ leaf, dtype, shape }: Tensor, target: DType): Tensor | undefined {
  if (leaf?.kind === 'stored') return convertedStored(leaf.source, { dtype, shape }, target);
  if (leaf?.kind !== 'host') return undefined;
  const half = (dtype === 'bfloat16' || target === 'bfloat16') && currentScope() === null;
  if (!half && !(leaf.constant && isFloat(target))) return undefined;
  const data = convertElements(leaf.data, dtype, target);
  return (leaf.constant ? constant : tensor)(data, { dtype: target, shape: shape as readonly number[] });
}

/** As {@link converted}, when the data is read from its file. */
function convertedStored(source: StoredData, { dtype, shape }: TensorType, target: DType): Tensor | undefined {
  if (dtype !== 'bfloat16' && target !== 'bfloat16') return undefined;
  return storedLeaf(source.cast(target), { dtype: target, shape: shape as readonly number[] });
}

/** Marks a tensor as another one with the same value, so that a gradient can be taken with respect to it. */
export const markOp: OpDef<NoAttrs> = {
  kind: 'op',
  name: 'mark',
  rows: Infinity,
  infer: ([x]) => ({ dtype: x.dtype, shape: x.shape }),
  vjp: ([dy]) => [dy],
  onnx: null,
  alias: () => 0,
};

/** `y = x`, through which no gradient flows. */
export const stopGradientOp: OpDef<NoAttrs> = {
  kind: 'op',
  name: 'stopGradient',
  rows: Infinity,
  infer: ([x]) => ({ dtype: x.dtype, shape: x.shape }),
  vjp: null,
  onnx: null,
  alias: () => 0,
};

/**
 * The same value, treated as a constant by gradients.
 * @example
 * const f = (x: Tensor) => mul(x, stopGradient(x));
 * await item(grad(f)(tensor(3))); // => 3
 * @category Gradients
 */
export function stopGradient(x: TensorLike): Tensor {
  return bind(stopGradientOp, [asTensor(x, 'stopGradient')], {});
}

/** A tensor of one value in every place. */
export function full(shape: Shape, value: number, dtype: DType = 'float32'): Tensor {
  checkShape(shape, 'full');
  return expand(asTensor(value, 'full', parseDType(dtype, 'full')), shape);
}

/** Zeros in the shape and dtype of x. */
export function zerosLike(x: TensorLike): Tensor {
  const like = asTensor(x, 'zerosLike');
  return full(like.shape, 0, like.dtype);
}

/** Ones in the shape and dtype of x. */
export function onesLike(x: TensorLike): Tensor {
  const like = asTensor(x, 'onesLike');
  return full(like.shape, 1, like.dtype);
}
