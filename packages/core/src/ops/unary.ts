import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { add, div, mul, neg, square } from './elementwise.ts';
import {
  realWriter,
  writeErf,
  writeErfc,
  writeErfinvRatio,
  writeExpm1,
  writeHalley,
  writeLog,
  writeLog1p,
} from './shared-real.ts';
import type { Real } from './shared-real.ts';
import { asFloat, sameType } from './shared.ts';

/** Binds a function of real numbers; integers and booleans become float32. */
function real(op: OpDef<NoAttrs>, x: TensorLike): Tensor {
  return bind(op, [asFloat(x, op.name)], {});
}

/** `eˣ`. */
export const expOp: OpDef = {
  kind: 'op',
  name: 'exp',
  rows: Infinity,
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
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, add(y, 1))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => writeExpm1(realWriter(b, dtype), x),
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
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(dy, add(x, 1))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => writeLog1p(realWriter(b, dtype), x),
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

/** `2ˣ`. */
export const exp2Op: OpDef = {
  kind: 'op',
  name: 'exp2',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, mul(y, Math.LN2))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => b.node('Pow', [b.scalar(2, dtype), x]),
};

/**
 * Power of two: `2ˣ`. Integers become float32.
 * @example
 * await toArray(exp2(tensor([3, -1]))); // => [8, 0.5]
 * @category Elementwise
 */
export function exp2(x: TensorLike): Tensor {
  return real(exp2Op, x);
}

/** `log₂ x`. */
export const log2Op: OpDef = {
  kind: 'op',
  name: 'log2',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(mul(dy, Math.LOG2E), x)],
  onnx: (b, [x], { inputs: [{ dtype }] }) => writeLog(realWriter(b, dtype), x, 2),
};

/**
 * Logarithm to the base 2: `log₂ x`. −∞ at 0 and NaN below. Integers become float32.
 * @example
 * await toArray(log2(tensor([8, 0.5]))); // => [3, -1]
 * @category Elementwise
 */
export function log2(x: TensorLike): Tensor {
  return real(log2Op, x);
}

/** `log₁₀ x`. */
export const log10Op: OpDef = {
  kind: 'op',
  name: 'log10',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(mul(dy, Math.LOG10E), x)],
  onnx: (b, [x], { inputs: [{ dtype }] }) => writeLog(realWriter(b, dtype), x, 10),
};

/**
 * Logarithm to the base 10: `log₁₀ x`. −∞ at 0 and NaN below. Integers become float32.
 * @example
 * await toArray(log10(tensor([1000, 1]))); // => [3, 0]
 * @category Elementwise
 */
export function log10(x: TensorLike): Tensor {
  return real(log10Op, x);
}

/** `√x`. */
export const sqrtOp: OpDef = {
  kind: 'op',
  name: 'sqrt',
  rows: Infinity,
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
  rows: Infinity,
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
  rows: Infinity,
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

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** Error function. */
export const erfOp: OpDef = {
  kind: 'op',
  name: 'erf',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, mul(exp(neg(square(x))), TWO_OVER_SQRT_PI))],
  onnx: (b, [x], { inputs: [{ dtype, shape }] }) => writeErf(b, realWriter(b, dtype), x, shape.length),
};

/**
 * Error function: `2/√π · ∫₀ˣ e^(−t²) dt`. Integers become float32.
 * @example
 * await toArray(erf(tensor([0, Infinity]))); // => [0, 1]
 * @category Elementwise
 */
export function erf(x: TensorLike): Tensor {
  return real(erfOp, x);
}

/** Complementary error function. */
export const erfcOp: OpDef = {
  kind: 'op',
  name: 'erfc',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, mul(exp(neg(square(x))), -TWO_OVER_SQRT_PI))],
  onnx: (b, [x], { inputs: [{ dtype, shape }] }) => writeErfc(b, realWriter(b, dtype), x, shape.length),
};

/**
 * Complementary error function: `1 − erf(x)`, exact also where that is tiny. Integers become float32.
 *
 * `erfc(z/√2) / 2` is the probability that a normal variable is above z.
 * @example
 * await toArray(erfc(tensor([0, Infinity]))); // => [1, 0]
 * @category Elementwise
 */
export function erfc(x: TensorLike): Tensor {
  return real(erfcOp, x);
}

/** Inverse of the error function. */
export const erfinvOp: OpDef = {
  kind: 'op',
  name: 'erfinv',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, mul(exp(square(y)), 1 / TWO_OVER_SQRT_PI))],
  onnx: (b, [x], { inputs: [{ dtype, shape }] }) => {
    const real = realWriter(b, dtype);
    const { op } = real;
    const w = op('Neg', op('Log', op('Mul', op('Sub', 1, x), op('Add', 1, x))));
    const y = op('Mul', x, writeErfinvRatio(real, w));
    if (dtype !== 'float64') return y;
    const better = writeHalley(real, y, op('Sub', writeErf(b, real, y, shape.length), x), TWO_OVER_SQRT_PI);
    return op('Where', op('Less', op('Abs', x), 1), better, y);
  },
};

/**
 * Inverse of the error function: the y with `erf(y) = x`; ±∞ at ±1 and NaN beyond. Integers become float32.
 * @example
 * await toArray(erfinv(tensor([0, 1]))); // => [0, Infinity]
 * @category Elementwise
 */
export function erfinv(x: TensorLike): Tensor {
  return real(erfinvOp, x);
}

/** `√2 · erfinv(1 − 2q)` of the smaller tail q, which is exact however small q is. */
function writeNdtri(b: OnnxBuilder, real: Real, p: OnnxValue, rank: number): OnnxValue {
  const { op } = real;
  const q = op('Min', p, op('Sub', 1, p));
  const w = op('Neg', op('Log', op('Mul', op('Mul', q, 4), op('Sub', 1, q))));
  let y = op('Mul', op('Sub', 1, op('Mul', q, 2)), writeErfinvRatio(real, w));
  if (real.dtype === 'float64') {
    const refined = (from: OnnxValue): OnnxValue =>
      writeHalley(real, from, op('Sub', writeErfc(b, real, from, rank), op('Mul', q, 2)), -TWO_OVER_SQRT_PI);
    y = op('Where', op('Equal', q, 0), y, refined(refined(y)));
  }
  const tail = op('Mul', y, Math.SQRT2);
  return op('Where', op('Less', p, 0.5), op('Neg', tail), tail);
}

/** Quantile of the standard normal distribution. */
export const ndtriOp: OpDef = {
  kind: 'op',
  name: 'ndtri',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, mul(exp(mul(square(y), 0.5)), Math.sqrt(2 * Math.PI)))],
  onnx: (b, [x], { inputs: [{ dtype, shape }] }) => writeNdtri(b, realWriter(b, dtype), x, shape.length),
};

/**
 * Quantile of the standard normal distribution: the z below which a normal variable lies with probability x; −∞ at 0,
 * ∞ at 1 and NaN outside. The name is that of SciPy, PyTorch and JAX.
 * @example
 * await toArray(ndtri(tensor([0, 0.5, 1]))); // => [-Infinity, 0, Infinity]
 * @category Elementwise
 */
export function ndtri(x: TensorLike): Tensor {
  return real(ndtriOp, x);
}
