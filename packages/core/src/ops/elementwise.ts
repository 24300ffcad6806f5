import { isFloat, isInteger } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { OnnxBuilder, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor, promoteOperands } from '../trace/operands.ts';
import { equal, greater, greaterEqual, where } from './compare.ts';
import { realWriter, writeTrunc } from './shared-real.ts';
import { asFloat, asNumber, broadcastTypes, sameType } from './shared.ts';
import { cast } from './structural.ts';

/** Binds a binary op after bringing both operands to one dtype; booleans count as int32. */
function binary(op: OpDef<NoAttrs>, a: TensorLike, b: TensorLike): Tensor {
  const operands = promoteOperands(a, b, op.name);
  const dtype = operands.dtype === 'bool' ? 'int32' : operands.dtype;
  return bind(op, [cast(operands.a, dtype), cast(operands.b, dtype)], {});
}

/** `a + b`. */
export const addOp: OpDef = {
  kind: 'op',
  name: 'add',
  rows: Infinity,
  infer: (types) => broadcastTypes('add', types),
  vjp: ([dy]) => [dy, dy],
  onnx: { opType: 'Add', since: 14 },
};

/**
 * Sum of two tensors, element by element: `a + b`, broadcasting.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(add(tensor([1, 2]), 10)); // => [11, 12]
 * @category Elementwise
 */
export function add(a: TensorLike, b: TensorLike): Tensor {
  return binary(addOp, a, b);
}

/** `a − b`. */
export const subOp: OpDef = {
  kind: 'op',
  name: 'sub',
  rows: Infinity,
  infer: (types) => broadcastTypes('sub', types),
  vjp: ([dy]) => [dy, neg(dy)],
  onnx: { opType: 'Sub', since: 14 },
};

/**
 * Difference of two tensors, element by element: `a − b`, broadcasting.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(sub(tensor([1, 2]), 10)); // => [-9, -8]
 * @category Elementwise
 */
export function sub(a: TensorLike, b: TensorLike): Tensor {
  return binary(subOp, a, b);
}

/** `a · b`. */
export const mulOp: OpDef = {
  kind: 'op',
  name: 'mul',
  rows: Infinity,
  infer: (types) => broadcastTypes('mul', types),
  vjp: ([dy], { inputs: [a, b] }) => [mul(dy, b), mul(dy, a)],
  onnx: { opType: 'Mul', since: 14 },
};

/**
 * Product of two tensors, element by element: `a · b`, broadcasting.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(mul(tensor([1, 2]), tensor([3, 4]))); // => [3, 8]
 * @category Elementwise
 */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  return binary(mulOp, a, b);
}

/**
 * Where the divisor is −1, and the divisor with 1 there: the processor ends the whole program at `−2³¹ / −1`, which no
 * int32 holds. None for other dtypes.
 */
function withoutMinusOne(
  b: OnnxBuilder,
  y: OnnxValue,
  dtype: DType,
): { at: OnnxValue; divisor: OnnxValue } | undefined {
  if (!b.hasFault('integer-overflow') || (dtype !== 'int32' && dtype !== 'int64')) return undefined;
  const at = b.node('Equal', [y, b.scalar(-1, dtype)]);
  return { at, divisor: b.node('Where', [at, b.scalar(1, dtype), y]) };
}

/** `a / b`. */
export const divOp: OpDef = {
  kind: 'op',
  name: 'div',
  rows: Infinity,
  infer: (types) => broadcastTypes('div', types),
  vjp: ([dy], { inputs: [, b], outputs: [y] }) => {
    const da = div(dy, b);
    return [da, neg(mul(da, y))];
  },
  onnx: (b, [x, y], { inputs: [{ dtype }] }) => {
    // ONNX Runtime makes u / y of u · (1 / y), and then fails to load where u is itself x + 0 or x · 1, which it takes out.
    if (isFloat(dtype) && b.isScalar(x, 1, dtype) && b.has('Reciprocal', dtype)) return b.node('Reciprocal', [y]);
    const safe = withoutMinusOne(b, y, dtype);
    if (safe === undefined) return b.node('Div', [x, y]);
    return b.node('Where', [safe.at, b.node('Neg', [x]), b.node('Div', [x, safe.divisor])]);
  },
};

/**
 * Quotient of two tensors, element by element: `a / b`, broadcasting.
 *
 * Two integers give the integer cut toward zero, as ONNX does; cast one to a float for the fraction. A float divided
 * by 0 is ±∞ or NaN; an integer divided by 0 fails when the graph runs, and −2³¹ / −1 wraps around.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(div(tensor([1, 2]), 4)); // => [0.25, 0.5]
 * @category Elementwise
 */
export function div(a: TensorLike, b: TensorLike): Tensor {
  return binary(divOp, a, b);
}

/** The gradients of `a − b·n` with n a constant whole number, which is `(a − y) / b`. */
const remainderVjp: OpDef['vjp'] = ([dy], { inputs: [a, b], outputs: [y] }) => [dy, neg(mul(dy, div(sub(a, y), b)))];

/** The remainder with the sign of the dividend, from primitives where there is no Mod. */
function writeFmod(b: OnnxBuilder, [x, y]: OnnxInputs, dtype: DType): OnnxValue {
  if (b.has('Mod:fmod', dtype)) return b.node('Mod', [x, y], { fmod: 1 });
  const quotient = b.node('Div', [x, y]);
  const whole = isFloat(dtype) ? writeTrunc(realWriter(b, dtype), quotient) : quotient;
  return b.node('Sub', [x, b.node('Mul', [whole, y])]);
}

/** `a − b·⌊a/b⌋`. */
export const remainderOp: OpDef = {
  kind: 'op',
  name: 'remainder',
  rows: Infinity,
  infer: (types) => broadcastTypes('remainder', types),
  vjp: remainderVjp,
  onnx: (b, operands, { inputs: [{ dtype }] }) => {
    const [x, y] = operands;
    if (!isFloat(dtype)) return b.node('Mod', [x, withoutMinusOne(b, y, dtype)?.divisor ?? y]);
    const rest = writeFmod(b, operands, dtype);
    const { op } = realWriter(b, dtype);
    const otherSign = op('Xor', op('Less', rest, 0), op('Less', y, 0));
    const shift = op('And', otherSign, op('Not', op('Equal', rest, 0)));
    return op('Where', shift, op('Add', rest, y), rest);
  },
};

/**
 * Remainder with the sign of the divisor: `a − b·⌊a/b⌋`, broadcasting (Python's `%`).
 *
 * An integer remainder by 0 fails when the graph runs; a float one is NaN. The gradient is that of the formula with
 * `⌊a/b⌋` held fixed.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(remainder(tensor([5, -5]), 3)); // => [2, 1]
 * @see {@link fmod} for the sign of the dividend.
 * @category Elementwise
 */
export function remainder(a: TensorLike, b: TensorLike): Tensor {
  return binary(remainderOp, a, b);
}

/** `a − b·trunc(a/b)`. */
export const fmodOp: OpDef = {
  kind: 'op',
  name: 'fmod',
  rows: Infinity,
  infer: (types) => broadcastTypes('fmod', types),
  vjp: remainderVjp,
  onnx: (b, operands, { inputs: [{ dtype }] }) => writeFmod(b, operands, dtype),
};

/**
 * Remainder with the sign of the dividend: `a − b·trunc(a/b)`, broadcasting (JavaScript's and C's `%`).
 *
 * An integer remainder by 0 fails when the graph runs; a float one is NaN. The gradient is that of the formula with
 * `trunc(a/b)` held fixed.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(fmod(tensor([5, -5]), 3)); // => [2, -2]
 * @see {@link remainder} for the sign of the divisor.
 * @category Elementwise
 */
export function fmod(a: TensorLike, b: TensorLike): Tensor {
  return binary(fmodOp, a, b);
}

/** `−x`. */
export const negOp: OpDef = {
  kind: 'op',
  name: 'neg',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy]) => [neg(dy)],
  onnx: (b, [x], { inputs: [{ dtype }] }) =>
    dtype.startsWith('uint') ? b.node('Sub', [b.scalar(0, dtype), x]) : b.node('Neg', [x]),
};

/**
 * Negative: `−x`. Unsigned integers wrap around.
 * @example
 * await toArray(neg(tensor([1, -2]))); // => [-1, 2]
 * @category Elementwise
 */
export function neg(x: TensorLike): Tensor {
  return bind(negOp, [asNumber(x, 'neg')], {});
}

/** `a^b`. */
export const powOp: OpDef = {
  kind: 'op',
  name: 'pow',
  rows: Infinity,
  infer: (types) => broadcastTypes('pow', types),
  vjp: ([dy], { inputs: [a, b], outputs: [y] }) => {
    // b·a^(b−1) would be 0·∞ for a^0 at 0.
    const lower = where(equal(b, 0), 0, sub(b, 1));
    const log1 = log(where(greater(a, 0), a, 1));
    return [mul(dy, mul(b, pow(a, lower))), mul(dy, mul(y, log1))];
  },
  onnx: (b, [x, y], { inputs: [{ dtype }] }) => {
    // The CPU provider raises only these integers.
    if (!isInteger(dtype) || dtype === 'int32' || dtype === 'int64') return b.node('Pow', [x, y]);
    return b.cast(b.node('Pow', [b.cast(x, 'int64'), b.cast(y, 'int64')]), dtype);
  },
};

/**
 * Power: `a^b`, broadcasting. `0^0` is 1; a negative base with a fractional exponent is NaN.
 *
 * The gradient with respect to the exponent, `a^b · ln a`, is taken as 0 where the base is not positive.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(pow(tensor([1, 2, 3]), 3)); // => [1, 8, 27]
 * @category Elementwise
 */
export function pow(a: TensorLike, b: TensorLike): Tensor {
  if (b === 1) return asNumber(a, 'pow');
  if (b === 2) return square(a);
  return binary(powOp, a, b);
}

/** Weight of `a` in the gradient of a maximum: 1 where it is the larger, ½ where both are equal. */
const shareOf = (a: Tensor, b: Tensor, dtype: Tensor['dtype']): Tensor =>
  mul(add(cast(greater(a, b), dtype), cast(greaterEqual(a, b), dtype)), 0.5);

/** `max(a, b)`. */
export const maximumOp: OpDef = {
  kind: 'op',
  name: 'maximum',
  rows: Infinity,
  infer: (types) => broadcastTypes('maximum', types),
  vjp: ([dy], { inputs: [a, b] }) => {
    const da = mul(dy, shareOf(a, b, dy.dtype));
    return [da, sub(dy, da)];
  },
  onnx: { opType: 'Max', since: 13 },
};

/**
 * The larger of two elements: `max(a, b)`, broadcasting. NaN if either is NaN.
 *
 * Where both are equal each gets half of the gradient, as in JAX and PyTorch.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(maximum(tensor([-1, 2]), 0)); // => [0, 2]
 * @see {@link max} for the largest element of a tensor.
 * @category Elementwise
 */
export function maximum(a: TensorLike, b: TensorLike): Tensor {
  return binary(maximumOp, a, b);
}

/** `min(a, b)`. */
export const minimumOp: OpDef = {
  kind: 'op',
  name: 'minimum',
  rows: Infinity,
  infer: (types) => broadcastTypes('minimum', types),
  vjp: ([dy], { inputs: [a, b] }) => {
    const da = mul(dy, shareOf(b, a, dy.dtype));
    return [da, sub(dy, da)];
  },
  onnx: { opType: 'Min', since: 13 },
};

/**
 * The smaller of two elements: `min(a, b)`, broadcasting. NaN if either is NaN.
 *
 * Where both are equal each gets half of the gradient, as in JAX and PyTorch.
 * @throws {@link ShapeError} if the shapes do not broadcast.
 * @example
 * await toArray(minimum(tensor([-1, 2]), 0)); // => [-1, 0]
 * @see {@link min} for the smallest element of a tensor.
 * @category Elementwise
 */
export function minimum(a: TensorLike, b: TensorLike): Tensor {
  return binary(minimumOp, a, b);
}

/** `min(max(x, low), high)` with scalar bounds. */
export const clipOp: OpDef = {
  kind: 'op',
  name: 'clip',
  rows: Infinity,
  infer: sameType,
  // Where the bounds changed nothing, both at once.
  vjp: ([dy], { inputs: [x], outputs: [y] }) => [mul(dy, cast(equal(x, y), dy.dtype)), null, null],
  onnx: { opType: 'Clip', since: 13 },
};

/**
 * Keeps elements between two bounds: `min(max(x, low), high)`. NaN stays NaN.
 *
 * With numbers as bounds the gradient is 1 from `low` to `high`, both included, and 0 outside. Tensors as bounds
 * broadcast and get gradients themselves, as in {@link maximum} and {@link minimum}.
 * @param low - Lower bound; `-Infinity` for none.
 * @param high - Upper bound; `Infinity` for none.
 * @example
 * await toArray(clip(tensor([-2, 0.5, 2]), -1, 1)); // => [-1, 0.5, 1]
 * @category Elementwise
 */
export function clip(x: TensorLike, low: TensorLike, high: TensorLike): Tensor {
  const operand = asNumber(x, 'clip');
  if (typeof low !== 'number' || typeof high !== 'number') return minimum(maximum(operand, low), high);
  const bounds = [low, high].map((bound) => asTensor(bound, 'clip', operand.dtype));
  return bind(clipOp, [operand, ...bounds], {});
}

/** `|x|`. */
export const absOp: OpDef = {
  kind: 'op',
  name: 'abs',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, sign(x))],
  onnx: { opType: 'Abs', since: 13 },
};

/**
 * Absolute value: `|x|`. Its gradient at 0 is 0.
 * @example
 * await toArray(abs(tensor([-1, 2]))); // => [1, 2]
 * @category Elementwise
 */
export function abs(x: TensorLike): Tensor {
  return bind(absOp, [asNumber(x, 'abs')], {});
}

/** −1, 0 or 1. */
export const signOp: OpDef = {
  kind: 'op',
  name: 'sign',
  rows: Infinity,
  infer: sameType,
  vjp: null,
  onnx: { opType: 'Sign', since: 13 },
};

/**
 * The sign: −1, 0 or 1. Its gradient is 0.
 * @example
 * await toArray(sign(tensor([-3, 0, 5]))); // => [-1, 0, 1]
 * @category Elementwise
 */
export function sign(x: TensorLike): Tensor {
  return bind(signOp, [asNumber(x, 'sign')], {});
}

/** `x²`. */
export const squareOp: OpDef = {
  kind: 'op',
  name: 'square',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, mul(x, 2))],
  onnx: (b, [x]) => b.node('Mul', [x, x]),
};

/**
 * Square: `x²`.
 * @example
 * await toArray(square(tensor([-1, 2]))); // => [1, 4]
 * @category Elementwise
 */
export function square(x: TensorLike): Tensor {
  return bind(squareOp, [asNumber(x, 'square')], {});
}

/** Natural logarithm; here because the gradient of `pow` needs it. */
export const logOp: OpDef = {
  kind: 'op',
  name: 'log',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(dy, x)],
  onnx: { opType: 'Log', since: 13 },
};

/**
 * Natural logarithm: `ln x`. −∞ at 0 and NaN below. Integers become float32.
 * @example
 * await toArray(log(tensor([1, 0]))); // => [0, -Infinity]
 * @category Elementwise
 */
export function log(x: TensorLike): Tensor {
  return bind(logOp, [asFloat(x, 'log')], {});
}

const rounding = (op: OpDef<NoAttrs>, x: TensorLike): Tensor => {
  const operand = asNumber(x, op.name);
  return isInteger(operand.dtype) ? operand : bind(op, [operand], {});
};

/** `⌊x⌋`. */
export const floorOp: OpDef = {
  kind: 'op',
  name: 'floor',
  rows: Infinity,
  infer: sameType,
  vjp: null,
  onnx: { opType: 'Floor', since: 13 },
};

/**
 * The largest whole number not above x: `⌊x⌋`. Same dtype; its gradient is 0.
 * @example
 * await toArray(floor(tensor([1.5, -1.5]))); // => [1, -2]
 * @category Elementwise
 */
export function floor(x: TensorLike): Tensor {
  return rounding(floorOp, x);
}

/** `⌈x⌉`. */
export const ceilOp: OpDef = {
  kind: 'op',
  name: 'ceil',
  rows: Infinity,
  infer: sameType,
  vjp: null,
  onnx: { opType: 'Ceil', since: 13 },
};

/**
 * The smallest whole number not below x: `⌈x⌉`. Same dtype; its gradient is 0.
 * @example
 * await toArray(ceil(tensor([1.5, -1.5]))); // => [2, -1]
 * @category Elementwise
 */
export function ceil(x: TensorLike): Tensor {
  return rounding(ceilOp, x);
}

/** The nearest whole number, halves to even. */
export const roundOp: OpDef = {
  kind: 'op',
  name: 'round',
  rows: Infinity,
  infer: sameType,
  vjp: null,
  onnx: { opType: 'Round', since: 11 },
};

/**
 * The nearest whole number; halves go to the even one. Same dtype; its gradient is 0.
 * @example
 * await toArray(round(tensor([0.5, 1.5, 2.4]))); // => [0, 2, 2]
 * @category Elementwise
 */
export function round(x: TensorLike): Tensor {
  return rounding(roundOp, x);
}

/** x cut toward zero. */
export const truncOp: OpDef = {
  kind: 'op',
  name: 'trunc',
  rows: Infinity,
  infer: sameType,
  vjp: null,
  onnx: (b, [x], { inputs: [{ dtype }] }) => writeTrunc(realWriter(b, dtype), x),
};

/**
 * The whole part, cut toward zero. Same dtype; its gradient is 0.
 * @example
 * await toArray(trunc(tensor([1.7, -1.7]))); // => [1, -1]
 * @category Elementwise
 */
export function trunc(x: TensorLike): Tensor {
  return rounding(truncOp, x);
}
