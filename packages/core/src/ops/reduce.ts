import { checkNumber, checkOptionNames } from '../argument.ts';
import { dimSub, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { ShapeError } from '../errors.ts';
import type { OnnxBinding, OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, OperandTypes, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxes } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { equal, notEqual, where } from './compare.ts';
import { div, mul, sub } from './elementwise.ts';
import { asFloat, asNumber, lowestOf } from './shared.ts';
import { writeWrappingProduct } from './reduce-product.ts';
import { writeReduced } from './structural-reduce.ts';
import { writeFilled } from './shared-write.ts';
import { cast, dropAxes, expand, full, sum } from './structural.ts';
import type { ReduceOptions } from './structural.ts';
import { exp, sqrt } from './unary.ts';

type Axes = { readonly axes: readonly number[] };

const reducedShape = (shape: Shape, axes: readonly number[]): Dim[] =>
  shape.map((size, axis) => (axes.includes(axis) ? 1 : size));

const keepingDims = ([x]: OperandTypes, { axes }: Axes): TensorType => ({
  dtype: x.dtype,
  shape: reducedShape(x.shape, axes),
});

/** Binds a reduction and drops the axes it leaves with size 1. */
function reduce(op: OpDef<Axes>, x: Tensor, options: ReduceOptions): Tensor {
  const axes = normalizeAxes(options.axis, x.shape.length, op.name);
  const reduced = axes.length === 0 ? x : bind(op, [x], { axes });
  return dropAxes(reduced, axes, options.keepDims);
}

/** As {@link checkNotEmpty}, for sizes that are names. */
const oneOfEach = ({ axes }: Axes, [x]: OperandTypes): Dim[] => axes.map((axis) => dimSub(x.shape[axis]!, 1));

/** Refuses reductions that have no result for no elements. */
function checkNotEmpty(x: Tensor, axes: readonly number[], op: string): void {
  if (!axes.some((axis) => x.shape[axis] === 0)) return;
  throw new ShapeError(
    `${op}: no elements to choose from. Got ${formatShape(x.shape)} and axes [${axes}]; expected at least one element ` +
      `along each. Leave empty tensors out.`,
    { op, details: { shape: formatShape(x.shape), axes } },
  );
}

/** uint32 in the order of int32: half of the range further on. In int64 the CPU's own ReduceMin is wrong beyond 2^31. */
function writeUnsigned(b: OnnxBuilder, opType: 'ReduceMax' | 'ReduceMin', x: OnnxValue, axes: OnnxValue): OnnxValue {
  const half = b.scalar(2 ** 31, 'uint32');
  const moved = b.cast(b.node('Add', [x, half]), 'int32');
  return b.node('Add', [b.cast(b.node(opType, [moved, axes], { keepdims: 1 }), 'uint32'), half]);
}

/** ReduceMax or ReduceMin, in which any NaN wins: ONNX Runtime's own drop it, or not, depending on where it stands. */
const extremum =
  (opType: 'ReduceMax' | 'ReduceMin'): OnnxBinding<Axes> =>
  (b, [x], { inputs: [{ dtype }], attrs }) => {
    const axes = b.ints(attrs.axes);
    if (dtype === 'bool') return b.cast(b.node(opType, [b.cast(x, 'uint8'), axes], { keepdims: 1 }), dtype);
    if (dtype === 'uint32' && !b.has(opType, dtype)) return writeUnsigned(b, opType, x, axes);
    const found = b.node(opType, [x, axes], { keepdims: 1 });
    if (!isFloat(dtype)) return found;
    const isNaN = b.cast(b.node('IsNaN', [x]), 'uint8');
    const any = b.cast(b.node('ReduceMax', [isNaN, axes], { keepdims: 1 }), 'bool');
    return b.node('Where', [any, b.scalar(NaN, dtype), found]);
  };

/** The gradient of a maximum: shared equally by the elements that attain it. */
function shared(dy: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const attained = cast(equal(x, y), dy.dtype);
  return mul(attained, div(dy, sum(attained, { axis: axes, keepDims: true })));
}

/** `max x` over `axes`, kept with size 1. */
export const maxOp: OpDef<Axes> = {
  kind: 'op',
  name: 'max',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  needs: oneOfEach,
  vjp: ([dy], { inputs: [x], outputs: [y], attrs }) => [shared(dy, x, y, attrs.axes)],
  onnx: /* @__PURE__ */ extremum('ReduceMax'),
};

/**
 * Largest element over axes; NaN if one of them is NaN. Elements that share the place share the gradient equally.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @throws {@link ShapeError} if a reduced axis has size 0.
 * @example
 * await toArray(max(tensor([[1, 4], [3, 2]]), { axis: 1 })); // => [4, 3]
 * @see {@link maximum} for the larger of two tensors' elements.
 * @category Reductions
 */
export function max(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('max', options, ['axis', 'keepDims']);
  const operand = asTensor(x, 'max');
  checkNotEmpty(operand, normalizeAxes(options.axis, operand.shape.length, 'max'), 'max');
  return reduce(maxOp, operand, options);
}

/** `min x` over `axes`, kept with size 1. */
export const minOp: OpDef<Axes> = {
  kind: 'op',
  name: 'min',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  needs: oneOfEach,
  vjp: ([dy], { inputs: [x], outputs: [y], attrs }) => [shared(dy, x, y, attrs.axes)],
  onnx: /* @__PURE__ */ extremum('ReduceMin'),
};

/**
 * Smallest element over axes; NaN if one of them is NaN. Elements that share the place share the gradient equally.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @throws {@link ShapeError} if a reduced axis has size 0.
 * @example
 * await toArray(min(tensor([[1, 4], [3, 2]]), { axis: 1 })); // => [1, 2]
 * @see {@link minimum} for the smaller of two tensors' elements.
 * @category Reductions
 */
export function min(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('min', options, ['axis', 'keepDims']);
  const operand = asTensor(x, 'min');
  checkNotEmpty(operand, normalizeAxes(options.axis, operand.shape.length, 'min'), 'min');
  return reduce(minOp, operand, options);
}

/**
 * How many elements end in one place of a reduction: a number, or a scalar tensor where a size is symbolic (then it is
 * counted when the graph runs).
 * @category Ops
 */
export function countOf(shape: Shape, axes: readonly number[], dtype: DType): number | Tensor {
  let known = 1;
  let counted: Tensor | undefined;
  for (const axis of axes) {
    const size = shape[axis]!;
    if (!isSymbolic(size)) {
      known *= size;
      continue;
    }
    const one = sum(full([size], 1, dtype));
    counted = counted === undefined ? one : mul(counted, one);
  }
  if (counted === undefined) return known;
  return known === 1 ? counted : mul(counted, known);
}

/** Static and no elements: ONNX Runtime's mean of nothing would be 0. */
const isEmpty = (shape: Shape, axes: readonly number[]): boolean => axes.some((axis) => shape[axis] === 0);

/** `Σ x / n` over `axes`, kept with size 1. */
export const meanOp: OpDef<Axes> = {
  kind: 'op',
  name: 'mean',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  // The runtime's mean of nothing would be 0.
  needs: oneOfEach,
  vjp: ([dy], { inputs: [x], attrs: { axes } }) => [expand(div(dy, countOf(x.shape, axes, x.dtype)), x.shape)],
  onnx: (b, [x], { inputs: [{ dtype, shape }], attrs }) => {
    const axes = b.ints(attrs.axes);
    if (!isEmpty(shape, attrs.axes)) return writeReduced(b, 'ReduceMean', [x, { dtype, shape }], attrs.axes);
    return b.node('Div', [b.node('ReduceSum', [x, axes], { keepdims: 1 }), b.scalar(0, dtype)]);
  },
};

/**
 * Arithmetic mean over axes: `Σ x / n`. Integers and booleans become float32. NaN of no elements.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @example
 * await toArray(mean(tensor([[1, 2], [3, 4]]), { axis: 0 })); // => [2, 3]
 * @category Reductions
 */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('mean', options, ['axis', 'keepDims']);
  return reduce(meanOp, asFloat(x, 'mean'), options);
}

/** `Σ (x − mean)² / n` over `axes`, kept with size 1. */
export const varianceOp: OpDef<Axes> = {
  kind: 'op',
  name: 'variance',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  // The runtime's mean of nothing would be 0.
  needs: oneOfEach,
  // The mean's own share vanishes: deviations sum to 0.
  vjp: ([dy], { inputs: [x], attrs: { axes } }) => {
    const scale = div(mul(dy, 2), countOf(x.shape, axes, x.dtype));
    return [mul(scale, sub(x, mean(x, { axis: axes, keepDims: true })))];
  },
  onnx: (b, [x], { inputs: [{ dtype, shape }], attrs }) => {
    const axes = b.ints(attrs.axes);
    if (isEmpty(shape, attrs.axes)) {
      return b.node('Div', [b.node('ReduceSum', [x, axes], { keepdims: 1 }), b.scalar(0, dtype)]);
    }
    const over = (value: OnnxValue): OnnxValue => writeReduced(b, 'ReduceMean', [value, { dtype, shape }], attrs.axes);
    const deviation = b.node('Sub', [x, over(x)]);
    return over(b.node('Mul', [deviation, deviation]));
  },
};

/** Settings of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the number of elements in the divisor; 1 for the unbiased estimate. Default 0. */
  readonly ddof?: number | undefined;
}

/**
 * Variance over axes: `Σ (x − mean)² / (n − ddof)`. Integers and booleans become float32.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @param options.ddof - 1 for the unbiased estimate. Default 0.
 * @example
 * await item(variance(tensor([1, 2, 3, 4]))); // => 1.25
 * @category Reductions
 */
export function variance(x: TensorLike, options: VarianceOptions = {}): Tensor {
  checkOptionNames('variance', options, ['ddof', 'axis', 'keepDims']);
  const operand = asFloat(x, 'variance');
  const axes = normalizeAxes(options.axis, operand.shape.length, 'variance');
  const ddof = options.ddof ?? 0;
  checkNumber(ddof, { op: 'variance', name: 'ddof', rule: 'a number, 0 or 1 as a rule' });
  if (axes.length === 0) return mul(operand, ddof === 0 ? 0 : NaN);
  const biased = dropAxes(bind(varianceOp, [operand], { axes }), axes, options.keepDims);
  if (ddof === 0) return biased;
  const count = countOf(operand.shape, axes, operand.dtype);
  return mul(biased, typeof count === 'number' ? count / (count - ddof) : div(count, sub(count, ddof)));
}

/**
 * Standard deviation over axes: the square root of {@link variance}. Its gradient is 0 where the variance is 0, as in
 * PyTorch.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @param options.ddof - 1 for the unbiased estimate of the variance. Default 0.
 * @example
 * await item(std(tensor([1, 3]))); // => 1
 * @category Reductions
 */
export function std(x: TensorLike, options: VarianceOptions = {}): Tensor {
  checkOptionNames('std', options, ['ddof', 'axis', 'keepDims']);
  const squared = variance(x, options);
  const isZero = equal(squared, 0);
  return where(isZero, 0, sqrt(where(isZero, 1, squared)));
}

/** `Π x` over `axes`, kept with size 1. */
export const prodOp: OpDef<Axes> = {
  kind: 'op',
  name: 'prod',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  // The product of the others: y / x, but from the elements that are not 0 where one is.
  vjp: ([dy], { inputs: [x], attrs: { axes } }) => {
    const isZero = equal(x, 0);
    const others = where(isZero, 1, x);
    const zeros = sum(cast(isZero, dy.dtype), { axis: axes, keepDims: true });
    const rest = mul(dy, prod(others, { axis: axes, keepDims: true }));
    const atZero = where(equal(zeros, 1), rest, 0);
    const elsewhere = where(equal(zeros, 0), rest, 0);
    return [where(isZero, atZero, div(elsewhere, others))];
  },
  onnx: (b, [x], { inputs: [{ dtype, shape }], attrs: { axes } }) => {
    const product = (value: OnnxValue): OnnxValue => b.node('ReduceProd', [value, b.ints(axes)], { keepdims: 1 });
    if (isFloat(dtype) || dtype === 'int64') return product(x);
    // The lower bits of a product are those of int32's, whatever the sign.
    const whole = dtype === 'int32' ? x : b.cast(x, 'int32');
    const found = b.has('ReduceProd', 'int64') ? writeWrappingProduct(b, whole, shape, axes) : product(whole);
    return dtype === 'int32' ? found : b.cast(found, dtype);
  },
};

/**
 * Product of elements over axes: `Π x`; 1 of no elements. Booleans count as int32. Integers wrap, as in `mul`.
 *
 * The gradient is exact with zeros among the elements; the second derivative only without.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @example
 * await toArray(prod(tensor([[1, 2], [3, 4]]), { axis: 1 })); // => [2, 12]
 * @category Reductions
 */
export function prod(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('prod', options, ['axis', 'keepDims']);
  return reduce(prodOp, asNumber(x, 'prod'), options);
}

/** Reduces booleans as 0 and 1. */
const logicalReduction =
  (opType: 'ReduceMax' | 'ReduceMin'): OnnxBinding<Axes> =>
  (b, [x], { attrs, inputs: [{ shape }], outputs: [y] }) => {
    if (isEmpty(shape, attrs.axes)) return writeFilled(b, Number(opType === 'ReduceMin'), y);
    return b.cast(b.node(opType, [b.cast(x, 'uint8'), b.ints(attrs.axes)], { keepdims: 1 }), 'bool');
  };

/** `∃ x` over `axes`, kept with size 1. */
export const anyOp: OpDef<Axes> = {
  kind: 'op',
  name: 'any',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  vjp: null,
  onnx: /* @__PURE__ */ logicalReduction('ReduceMax'),
};

/**
 * Whether at least one element over axes is true; false of no elements. Numbers count as true unless 0.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @returns dtype bool.
 * @example
 * await toArray(any(tensor([[0, 1], [0, 0]]), { axis: 1 })); // => [true, false]
 * @category Reductions
 */
export function any(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('any', options, ['axis', 'keepDims']);
  return reduce(anyOp, cast(asTensor(x, 'any'), 'bool'), options);
}

/** `∀ x` over `axes`, kept with size 1. */
export const allOp: OpDef<Axes> = {
  kind: 'op',
  name: 'all',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  vjp: null,
  onnx: /* @__PURE__ */ logicalReduction('ReduceMin'),
};

/**
 * Whether every element over axes is true; true of no elements. Numbers count as true unless 0.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @returns dtype bool.
 * @example
 * await toArray(all(tensor([[1, 1], [0, 1]]), { axis: 1 })); // => [true, false]
 * @category Reductions
 */
export function all(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('all', options, ['axis', 'keepDims']);
  return reduce(allOp, cast(asTensor(x, 'all'), 'bool'), options);
}

/** `ln Σ eˣ` over `axes`, kept with size 1. */
export const logSumExpOp: OpDef<Axes> = {
  kind: 'op',
  name: 'logSumExp',
  rows: ({ axes }) => Math.min(...axes),
  infer: keepingDims,
  // −∞ − (−∞) would be NaN; e^(−∞ − 0) is 0.
  vjp: ([dy], { inputs: [x], outputs: [y] }) => [mul(dy, exp(sub(x, where(equal(y, -Infinity), 0, y))))],
  // Three times as fast as ONNX Runtime's ReduceLogSumExp.
  onnx: (b, [x], { inputs: [{ dtype, shape }], outputs: [y], attrs }) => {
    const axes = b.ints(attrs.axes);
    if (isEmpty(shape, attrs.axes)) return writeFilled(b, -Infinity, y);
    const largest = b.node('ReduceMax', [x, axes], { keepdims: 1 });
    const bound = b.node('Clip', [largest, b.scalar(lowestOf(dtype), dtype), b.scalar(-lowestOf(dtype), dtype)]);
    const powers = b.node('Exp', [b.node('Sub', [x, bound])]);
    const total = writeReduced(b, 'ReduceSum', [powers, { dtype, shape }], attrs.axes);
    const found = b.node('Add', [bound, b.node('Log', [total])]);
    if (!b.hasFault('inexact-functions')) return found;
    // The logarithm of 0 may be some negative number.
    return b.node('Where', [b.node('Equal', [largest, b.scalar(-Infinity, dtype)]), largest, found]);
  },
};

/**
 * Logarithm of the sum of exponentials over axes: `ln Σ eˣ`, without overflow. −∞, with gradient 0, where every
 * element is −∞ or there is none.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @example
 * await item(logSumExp(tensor([1000, -Infinity]))); // => 1000
 * @category Reductions
 */
export function logSumExp(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('logSumExp', options, ['axis', 'keepDims']);
  return reduce(logSumExpOp, asFloat(x, 'logSumExp'), options);
}

/**
 * How many elements over axes are not 0; NaN counts.
 * @param options.axis - One axis or several. Default: all.
 * @param options.keepDims - Keep reduced axes with size 1. Default false.
 * @returns dtype int32.
 * @example
 * await item(countNonzero(tensor([[1, 0], [3, 2]]))); // => 3
 * @category Reductions
 */
export function countNonzero(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptionNames('countNonzero', options, ['axis', 'keepDims']);
  return sum(notEqual(asTensor(x, 'countNonzero'), 0), options);
}
