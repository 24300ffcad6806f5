import { checkOptionNames } from '../argument.ts';
import { dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ShapeError } from '../errors.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, OperandTypes, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, normalizeAxis } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { mul, neg, sub } from './elementwise.ts';
import { asFloat, asNumber, lowestOf, sameType } from './shared.ts';
import { inDoubles, isLong, writeReduced } from './structural-reduce.ts';
import { writePlaces } from './shared-write.ts';
import { dropAxes, reshape, sum } from './structural.ts';
import { exp } from './unary.ts';

type Axis = { readonly axis: number };

/** Which axis a function of lines of elements goes along. */
export interface AxisOptions {
  /** The axis; negative counts from the end. Default -1. */
  readonly axis?: number | undefined;
}

/** `eˣ / Σ eˣ` along one axis. */
export const softmaxOp: OpDef<Axis> = {
  kind: 'op',
  name: 'softmax',
  rows: ({ axis }) => axis,
  infer: sameType,
  vjp: ([dy], { outputs: [y], attrs: { axis } }) => {
    const inner = sum(mul(dy, y), { axis, keepDims: true });
    return [mul(y, sub(dy, inner))];
  },
  // ONNX Runtime's softmax of a line of −∞ is NaN: it is computed from the lowest finite number and multiplied by 0.
  onnx: (b, [x], { inputs: [{ dtype }], attrs: { axis } }) => {
    const finite = b.node('Clip', [x, b.scalar(lowestOf(dtype), dtype)]);
    const largest = b.node('ReduceMax', [x, b.ints([axis])], { keepdims: 1 });
    const unmasked = b.cast(b.node('Greater', [largest, b.scalar(-Infinity, dtype)]), dtype);
    return b.node('Mul', [b.node('Softmax', [finite], { axis }), unmasked]);
  },
};

/**
 * Normalised exponentials along an axis: `eˣ / Σ eˣ`, without overflow. Integers become float32.
 *
 * Elements that are −∞ (masked) get 0, also where all of them are: then the line is 0 and so is its gradient, instead
 * of NaN.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(softmax(tensor([1000, 1000]))); // => [0.5, 0.5]
 * @category Reductions
 */
export function softmax(x: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptionNames('softmax', options, ['axis']);
  const operand = asFloat(x, 'softmax');
  return bind(softmaxOp, [operand], { axis: normalizeAxis(options.axis ?? -1, operand.shape.length, 'softmax') });
}

/**
 * Normalised exponentials of the negatives along an axis: `e⁻ˣ / Σ e⁻ˣ`; the smallest gets the most.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(softmin(tensor([1000, 1000]))); // => [0.5, 0.5]
 * @category Reductions
 */
export function softmin(x: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptionNames('softmin', options, ['axis']);
  return softmax(neg(asFloat(x, 'softmin')), options);
}

/** `x − ln Σ eˣ` along one axis. */
export const logSoftmaxOp: OpDef<Axis> = {
  kind: 'op',
  name: 'logSoftmax',
  rows: ({ axis }) => axis,
  infer: sameType,
  vjp: ([dy], { outputs: [y], attrs: { axis } }) => {
    const total = sum(dy, { axis, keepDims: true });
    return [sub(dy, mul(exp(y), total))];
  },
  // From primitives as fast as ONNX Runtime's own, which is NaN where all are −∞; finite bounds on the line's maximum
  // and logarithm keep −∞ − (−∞) out.
  onnx: (b, [x], { inputs: [{ dtype, shape }], attrs: { axis } }) => {
    const axes = b.ints([axis]);
    const lowest = b.scalar(lowestOf(dtype), dtype);
    const largest = b.node('ReduceMax', [x, axes], { keepdims: 1 });
    const shifted = b.node('Sub', [x, b.node('Clip', [largest, lowest, b.scalar(-lowestOf(dtype), dtype)])]);
    const total = b.node('Log', [writeReduced(b, 'ReduceSum', [b.node('Exp', [shifted]), { dtype, shape }], [axis])]);
    return b.node('Sub', [shifted, b.node('Clip', [total, lowest])]);
  },
};

/**
 * Logarithm of {@link softmax}: `x − ln Σ eˣ`, exact also where the softmax itself would be 0.
 *
 * Elements that are −∞ (masked) give −∞, also where all of them are.
 * @param options.axis - Default -1.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(logSoftmax(tensor([0, -1000]))); // => [0, -1000]
 * @category Reductions
 */
export function logSoftmax(x: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptionNames('logSoftmax', options, ['axis']);
  const operand = asFloat(x, 'logSoftmax');
  return bind(logSoftmaxOp, [operand], { axis: normalizeAxis(options.axis ?? -1, operand.shape.length, 'logSoftmax') });
}

const indexType = ([x]: OperandTypes, { axis }: Axis): TensorType => ({
  dtype: 'int32',
  shape: x.shape.map((size, at) => (at === axis ? 1 : size)),
});

function writeArg(
  b: OnnxBuilder,
  opType: 'ArgMax' | 'ArgMin',
  x: OnnxValue,
  from: { size: Dim; axis: number },
): OnnxValue {
  return writePlaces(b, b.node(opType, [x], { axis: from.axis, keepdims: 1 }), from.size);
}

/** Index of the largest element along one axis, kept with size 1. */
export const argmaxOp: OpDef<Axis> = {
  kind: 'op',
  name: 'argmax',
  infer: indexType,
  needs: ({ axis }, [x]) => [dimSub(x.shape[axis]!, 1)],
  vjp: null,
  onnx: (b, [x], { inputs: [{ shape }], attrs: { axis } }) => writeArg(b, 'ArgMax', x, { size: shape[axis]!, axis }),
};

/** Index of the smallest element along one axis, kept with size 1. */
export const argminOp: OpDef<Axis> = {
  kind: 'op',
  name: 'argmin',
  infer: indexType,
  needs: ({ axis }, [x]) => [dimSub(x.shape[axis]!, 1)],
  vjp: null,
  onnx: (b, [x], { inputs: [{ shape }], attrs: { axis } }) => writeArg(b, 'ArgMin', x, { size: shape[axis]!, axis }),
};

/** Which axis {@link argmax} and {@link argmin} go along. */
export interface ArgOptions {
  /** The axis; negative counts from the end. Default: the index into all elements in row order. */
  readonly axis?: number | undefined;
  /** Keep the axis with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

function arg(op: OpDef<Axis>, x: TensorLike, options: ArgOptions): Tensor {
  const given = asTensor(x, op.name);
  const operand = options.axis === undefined ? reshape(given, [-1]) : given;
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, op.name);
  if (operand.shape[axis] === 0) {
    throw new ShapeError(
      `${op.name}: no elements to choose from. Got ${formatShape(given.shape)} and axis ${options.axis}; expected at ` +
        `least one element. Leave empty tensors out.`,
      { op: op.name, details: { shape: formatShape(given.shape) } },
    );
  }
  const found = bind(op, [operand], { axis });
  if (options.axis !== undefined) return dropAxes(found, [axis], options.keepDims);
  return reshape(found, options.keepDims === true ? given.shape.map(() => 1) : []);
}

/**
 * Index of the largest element along an axis; the first one wins ties. The elements must not be NaN.
 * @param options.axis - Default: the index into all elements in row order.
 * @param options.keepDims - Keep the axis with size 1. Default false.
 * @returns dtype int32.
 * @throws {@link ShapeError} if the axis has size 0.
 * @example
 * await toArray(argmax(tensor([[1, 4], [3, 2]]), { axis: 1 })); // => [1, 0]
 * @category Reductions
 */
export function argmax(x: TensorLike, options: ArgOptions = {}): Tensor {
  checkOptionNames('argmax', options, ['axis', 'keepDims']);
  return arg(argmaxOp, x, options);
}

/**
 * Index of the smallest element along an axis; the first one wins ties. The elements must not be NaN.
 * @param options.axis - Default: the index into all elements in row order.
 * @param options.keepDims - Keep the axis with size 1. Default false.
 * @returns dtype int32.
 * @throws {@link ShapeError} if the axis has size 0.
 * @example
 * await toArray(argmin(tensor([[1, 4], [3, 2]]), { axis: 1 })); // => [0, 1]
 * @category Reductions
 */
export function argmin(x: TensorLike, options: ArgOptions = {}): Tensor {
  checkOptionNames('argmin', options, ['axis', 'keepDims']);
  return arg(argminOp, x, options);
}

/** Sums of all elements up to each place of an axis. */
export const cumsumOp: OpDef<Axis & { readonly exclusive: boolean; readonly reverse: boolean }> = {
  kind: 'op',
  name: 'cumsum',
  rows: ({ axis }) => axis,
  infer: sameType,
  vjp: ([dy], { attrs: { axis, exclusive, reverse } }) => [cumsum(dy, { axis, exclusive, reverse: !reverse })],
  onnx: (b, [x], { inputs: [{ dtype, shape }], attrs: { axis, exclusive, reverse } }) => {
    const settings = { exclusive: Number(exclusive), reverse: Number(reverse) };
    const cumulated = (value: OnnxValue): OnnxValue => b.node('CumSum', [value, b.scalar(axis, 'int64')], settings);
    // The runtime adds one after another.
    return dtype === 'float32' && isLong(shape[axis]!) ? inDoubles(b, x, cumulated) : cumulated(x);
  },
};

/** Settings of {@link cumsum}. */
export interface CumsumOptions extends AxisOptions {
  /** Leave the element itself out, so that the first sum is 0. Default false. */
  readonly exclusive?: boolean | undefined;
  /** Sum from the end. Default false. */
  readonly reverse?: boolean | undefined;
}

/**
 * Cumulative sum along an axis: `y[i] = Σ x[j], j ≤ i`. Booleans count as int32.
 * @param options.axis - Default -1.
 * @param options.exclusive - Leave the element itself out (`j < i`). Default false.
 * @param options.reverse - Sum from the end (`j ≥ i`). Default false.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * await toArray(cumsum(tensor([1, 2, 3]))); // => [1, 3, 6]
 * @category Reductions
 */
export function cumsum(x: TensorLike, options: CumsumOptions = {}): Tensor {
  checkOptionNames('cumsum', options, ['exclusive', 'reverse', 'axis']);
  const operand = asNumber(x, 'cumsum');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'cumsum');
  return bind(cumsumOp, [operand], { axis, exclusive: options.exclusive ?? false, reverse: options.reverse ?? false });
}
