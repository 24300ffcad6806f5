import type { DType } from '../dtype.ts';
import type { OnnxBinding, OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { add, div, mul, neg, square, sub } from './elementwise.ts';
import { realWriter, writeAtan64, writeCoarseSinh, writeCosh, writeLog1p } from './shared-real.ts';
import type { Real } from './shared-real.ts';
import { asFloat, sameType } from './shared.ts';
import { rsqrt } from './unary.ts';

/** Binds a function of real numbers; integers and booleans become float32. */
const real = (op: OpDef<NoAttrs>, x: TensorLike): Tensor => bind(op, [asFloat(x, op.name)], {});

/** An ONNX node, which no provider has for float64 and WebGPU has too coarse: there it is written otherwise. */
const orElse =
  (opType: string, write: (b: OnnxBuilder, real: Real, x: OnnxValue) => OnnxValue): OnnxBinding<NoAttrs> =>
  (b, [x], { inputs: [{ dtype }] }) => {
    const real = realWriter(b, dtype);
    return dtype === 'float64' || real.coarse ? write(b, real, x) : b.node(opType, [x]);
  };

/** An ONNX node, which no provider has for float64: there it is written otherwise. */
const orFloat64 =
  (opType: string, write: (b: OnnxBuilder, real: Real, x: OnnxValue) => OnnxValue): OnnxBinding<NoAttrs> =>
  (b, [x], { inputs: [{ dtype }] }) =>
    dtype === 'float64' ? write(b, realWriter(b, dtype), x) : b.node(opType, [x]);

/** Where the square of a number is in no danger of overflow, and 1 beside it makes no difference. */
const LARGE: Partial<Record<DType, number>> = { float16: 200, float64: 1e150 };

/** Sine. */
export const sinOp: OpDef = {
  kind: 'op',
  name: 'sin',
  rows: Infinity,
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
  rows: Infinity,
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

/** Tangent. */
export const tanOp: OpDef = {
  kind: 'op',
  name: 'tan',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, add(square(y), 1))],
  onnx: /* @__PURE__ */ orElse('Tan', (_, { op }, x) => op('Div', op('Sin', x), op('Cos', x))),
};

/**
 * Tangent of an angle in radians. Integers become float32.
 * @example
 * await toArray(tan(tensor([0]))); // => [0]
 * @category Elementwise
 */
export function tan(x: TensorLike): Tensor {
  return real(tanOp, x);
}

/** Arc sine. */
export const asinOp: OpDef = {
  kind: 'op',
  name: 'asin',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, rsqrt(mul(sub(1, x), add(x, 1))))],
  onnx: /* @__PURE__ */ orFloat64('Asin', (b, real, x) => {
    const { op } = real;
    // Infinite at ±1.
    return writeAtan64(b, real, op('Div', x, op('Sqrt', op('Mul', op('Sub', 1, x), op('Add', 1, x)))));
  }),
};

/**
 * Arc sine: the angle in `[−π/2, π/2]` radians with that sine; NaN outside `[−1, 1]`. Integers become float32.
 * @example
 * await toArray(asin(tensor([0, 2]))); // => [0, NaN]
 * @category Elementwise
 */
export function asin(x: TensorLike): Tensor {
  return real(asinOp, x);
}

/** Arc cosine. */
export const acosOp: OpDef = {
  kind: 'op',
  name: 'acos',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [neg(mul(dy, rsqrt(mul(sub(1, x), add(x, 1)))))],
  onnx: /* @__PURE__ */ orElse('Acos', (b, real, x) => {
    const { op } = real;
    if (real.coarse) return op('Sub', Math.PI / 2, op('Asin', x));
    const tangent = op('Sqrt', op('Div', op('Sub', 1, x), op('Add', 1, x)));
    return op('Mul', writeAtan64(b, real, tangent), 2);
  }),
};

/**
 * Arc cosine: the angle in `[0, π]` radians with that cosine; NaN outside `[−1, 1]`. Integers become float32.
 * @example
 * await toArray(acos(tensor([1, 2]))); // => [0, NaN]
 * @category Elementwise
 */
export function acos(x: TensorLike): Tensor {
  return real(acosOp, x);
}

/** Arc tangent. */
export const atanOp: OpDef = {
  kind: 'op',
  name: 'atan',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(dy, add(square(x), 1))],
  onnx: /* @__PURE__ */ orFloat64('Atan', writeAtan64),
};

/**
 * Arc tangent: the angle in `[−π/2, π/2]` radians with that tangent. Integers become float32.
 * @see {@link atan2} for the angle of a point.
 * @example
 * await toArray(atan(tensor([0]))); // => [0]
 * @category Elementwise
 */
export function atan(x: TensorLike): Tensor {
  return real(atanOp, x);
}

/** Hyperbolic sine. */
export const sinhOp: OpDef = {
  kind: 'op',
  name: 'sinh',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, cosh(x))],
  onnx: /* @__PURE__ */ orElse('Sinh', (_, real, x) =>
    real.coarse ? writeCoarseSinh(real, x) : real.op('Mul', real.op('Tanh', x), writeCosh(real, x)),
  ),
};

/**
 * Hyperbolic sine: `(eˣ − e⁻ˣ) / 2`. Integers become float32.
 * @example
 * await toArray(sinh(tensor([0, 1000]))); // => [0, Infinity]
 * @category Elementwise
 */
export function sinh(x: TensorLike): Tensor {
  return real(sinhOp, x);
}

/** Hyperbolic cosine. */
export const coshOp: OpDef = {
  kind: 'op',
  name: 'cosh',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, sinh(x))],
  onnx: /* @__PURE__ */ orFloat64('Cosh', (_, real, x) => writeCosh(real, x)),
};

/**
 * Hyperbolic cosine: `(eˣ + e⁻ˣ) / 2`. Integers become float32.
 * @example
 * await toArray(cosh(tensor([0, 1000]))); // => [1, Infinity]
 * @category Elementwise
 */
export function cosh(x: TensorLike): Tensor {
  return real(coshOp, x);
}

/** `± ln(1 + a + a² / (1 + √(1 + a²)))` with a = |x|, where nothing cancels; `ln a + ln 2` where a² could overflow. */
function writeAsinh(real: Real, x: OnnxValue): OnnxValue {
  const { op } = real;
  const size = op('Abs', x);
  const bound = LARGE[real.dtype] ?? 1e9;
  const a = op('Clip', size, 0, bound);
  const squared = op('Mul', a, a);
  const root = op('Sqrt', op('Add', squared, 1));
  const near = writeLog1p(real, op('Add', a, op('Div', squared, op('Add', root, 1))));
  const far = op('Add', op('Log', size), Math.LN2);
  return op('Mul', op('Sign', x), op('Where', op('Less', size, bound), near, far));
}

/** Inverse hyperbolic sine. */
export const asinhOp: OpDef = {
  kind: 'op',
  name: 'asinh',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, rsqrt(add(square(x), 1)))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => writeAsinh(realWriter(b, dtype), x),
};

/**
 * Inverse hyperbolic sine: `ln(x + √(x² + 1))`. Integers become float32.
 * @example
 * await toArray(asinh(tensor([0]))); // => [0]
 * @category Elementwise
 */
export function asinh(x: TensorLike): Tensor {
  return real(asinhOp, x);
}

/** Inverse hyperbolic cosine. */
export const acoshOp: OpDef = {
  kind: 'op',
  name: 'acosh',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1))))],
  onnx: /* @__PURE__ */ orElse('Acosh', (_, real, x) => {
    const { op } = real;
    // ln(1 + t + √t·√(t + 2)) with t = x − 1.
    const t = op('Sub', x, 1);
    return writeLog1p(real, op('Add', t, op('Mul', op('Sqrt', t), op('Sqrt', op('Add', t, 2)))));
  }),
};

/**
 * Inverse hyperbolic cosine: `ln(x + √(x² − 1))`; NaN below 1. Integers become float32.
 * @example
 * await toArray(acosh(tensor([1, 0]))); // => [0, NaN]
 * @category Elementwise
 */
export function acosh(x: TensorLike): Tensor {
  return real(acoshOp, x);
}

/** Inverse hyperbolic tangent. */
export const atanhOp: OpDef = {
  kind: 'op',
  name: 'atanh',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(dy, mul(sub(1, x), add(x, 1)))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => {
    const real = realWriter(b, dtype);
    const { op } = real;
    // ±½·ln(1 + 2a / (1 − a)) with a = |x|, where nothing cancels.
    const a = op('Abs', x);
    const logarithm = writeLog1p(real, op('Div', op('Mul', a, 2), op('Sub', 1, a)));
    return op('Mul', op('Mul', op('Sign', x), 0.5), logarithm);
  },
};

/**
 * Inverse hyperbolic tangent: `½ ln((1 + x) / (1 − x))`; ±∞ at ±1 and NaN beyond. Integers become float32.
 * @example
 * await toArray(atanh(tensor([0, 1]))); // => [0, Infinity]
 * @category Elementwise
 */
export function atanh(x: TensorLike): Tensor {
  return real(atanhOp, x);
}
