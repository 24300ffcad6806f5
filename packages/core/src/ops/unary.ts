import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { add, div, mul, neg, square } from './elementwise.ts';
import { asFloat, sameType } from './shared.ts';

/** Binds a function of real numbers; integers and booleans become float32. */
function real(op: OpDef<NoAttrs>, x: TensorLike): Tensor {
  return bind(op, [asFloat(x, op.name)], {});
}

/** `eˣ`. */
export const expOp: OpDef = {
  kind: 'op',
  name: 'exp',
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, y)],
  onnx: { opType: 'Exp', since: 13 },
};

/**
 * Exponential: `eˣ`. Integers become float32.
 * @example
 * await toArray(exp(tensor([0, -Infinity]))); // => [1, 0]
 * @category Elementwise
 */
export function exp(x: TensorLike): Tensor {
  return real(expOp, x);
}

/** `eˣ − 1`. */
export const expm1Op: OpDef = {
  kind: 'op',
  name: 'expm1',
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, add(y, 1))],
  // eˣ − 1 = tanh(x/2) · (eˣ + 1), without cancellation near 0.
  onnx: (b, [x], { inputs: [{ dtype }] }) => {
    const half = b.node('Tanh', [b.node('Mul', [x, b.scalar(0.5, dtype)])]);
    return b.node('Mul', [half, b.node('Add', [b.node('Exp', [x]), b.scalar(1, dtype)])]);
  },
};

/**
 * `eˣ − 1`, exact also for small x. Integers become float32.
 * @example
 * await toArray(expm1(tensor([0, -Infinity]))); // => [0, -1]
 * @category Elementwise
 */
export function expm1(x: TensorLike): Tensor {
  return real(expm1Op, x);
}

/** `ln(1 + x)`. */
export const log1pOp: OpDef = {
  kind: 'op',
  name: 'log1p',
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(dy, add(x, 1))],
  // With u = 1 + x rounded: ln(u) · x / (u − 1), where the rounding cancels (Kahan); x itself where u is 1.
  onnx: (b, [x], { inputs: [{ dtype }] }) => {
    const one = b.scalar(1, dtype);
    const u = b.node('Add', [x, one]);
    const rest = b.node('Sub', [u, one]);
    // x/(u−1) is 1 for ∞ too.
    const ratio = b.node('Where', [b.node('Equal', [rest, x]), one, b.node('Div', [x, rest])]);
    const value = b.node('Mul', [b.node('Log', [u]), ratio]);
    return b.node('Where', [b.node('Equal', [rest, b.scalar(0, dtype)]), x, value]);
  },
};

/**
 * `ln(1 + x)`, exact also for small x; −∞ at −1 and NaN below. Integers become float32.
 * @example
 * await toArray(log1p(tensor([0, -1]))); // => [0, -Infinity]
 * @category Elementwise
 */
export function log1p(x: TensorLike): Tensor {
  return real(log1pOp, x);
}

/** `√x`. */
export const sqrtOp: OpDef = {
  kind: 'op',
  name: 'sqrt',
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [div(mul(dy, 0.5), y)],
  onnx: { opType: 'Sqrt', since: 13 },
};

/**
 * Square root: `√x`; NaN below 0. Integers become float32.
 *
 * The gradient `1 / 2√x` is ∞ at 0, and NaN where the incoming gradient is 0 as well: add a small number first where
 * x can be 0.
 * @example
 * await toArray(sqrt(tensor([4, 9]))); // => [2, 3]
 * @category Elementwise
 */
export function sqrt(x: TensorLike): Tensor {
  return real(sqrtOp, x);
}

/** `1/√x`. */
export const rsqrtOp: OpDef = {
  kind: 'op',
  name: 'rsqrt',
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(mul(dy, -0.5), mul(y, square(y)))],
  onnx: (b, [x]) => b.node('Reciprocal', [b.node('Sqrt', [x])]),
};

/**
 * Reciprocal of the square root: `1/√x`; ∞ at 0 and NaN below. Integers become float32.
 * @example
 * await toArray(rsqrt(tensor([4, 16]))); // => [0.5, 0.25]
 * @category Elementwise
 */
export function rsqrt(x: TensorLike): Tensor {
  return real(rsqrtOp, x);
}

/** `1/x`. */
export const reciprocalOp: OpDef = {
  kind: 'op',
  name: 'reciprocal',
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [neg(mul(dy, square(y)))],
  onnx: { opType: 'Reciprocal', since: 13 },
};

/**
 * Reciprocal: `1/x`. Integers become float32.
 * @example
 * await toArray(reciprocal(tensor([2, -4]))); // => [0.5, -0.25]
 * @category Elementwise
 */
export function reciprocal(x: TensorLike): Tensor {
  return real(reciprocalOp, x);
}

/** Sine. */
export const sinOp: OpDef = {
  kind: 'op',
  name: 'sin',
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, cos(x))],
  onnx: { opType: 'Sin', since: 7 },
};

/**
 * Sine of an angle in radians. Integers become float32.
 * @example
 * await toArray(sin(tensor([0]))); // => [0]
 * @category Elementwise
 */
export function sin(x: TensorLike): Tensor {
  return real(sinOp, x);
}

/** Cosine. */
export const cosOp: OpDef = {
  kind: 'op',
  name: 'cos',
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [neg(mul(dy, sin(x)))],
  onnx: { opType: 'Cos', since: 7 },
};

/**
 * Cosine of an angle in radians. Integers become float32.
 * @example
 * await toArray(cos(tensor([0]))); // => [1]
 * @category Elementwise
 */
export function cos(x: TensorLike): Tensor {
  return real(cosOp, x);
}

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** Error function. */
export const erfOp: OpDef = {
  kind: 'op',
  name: 'erf',
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, mul(exp(neg(square(x))), TWO_OVER_SQRT_PI))],
  // No provider has a float64 Erf.
  onnx: (b, [x], { inputs: [{ dtype }] }) =>
    dtype === 'float64' ? b.cast(b.node('Erf', [b.cast(x, 'float32')]), dtype) : b.node('Erf', [x]),
};

/**
 * Error function: `2/√π · ∫₀ˣ e^(−t²) dt`. Integers become float32; float64 is computed in float32.
 * @example
 * await toArray(erf(tensor([0, Infinity]))); // => [0, 1]
 * @category Elementwise
 */
export function erf(x: TensorLike): Tensor {
  return real(erfOp, x);
}
