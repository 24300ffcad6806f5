import type { DType } from '../dtype.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { greater, where } from './compare.ts';
import { add, clip, mul, square, sub } from './elementwise.ts';
import { asFloat, sameType } from './shared.ts';
import { cast } from './structural.ts';
import { erf, exp, expm1 } from './unary.ts';

const real = (op: OpDef<NoAttrs>, x: TensorLike): Tensor => bind(op, [asFloat(x, op.name)], {});

/** `max(x, 0)`. */
export const reluOp: OpDef = {
  kind: 'op',
  name: 'relu',
  infer: sameType,
  // Of the forms measured on the CPU (Where, Sign, HardSigmoid) the fastest.
  vjp: ([dy], { outputs: [y] }) => [mul(dy, cast(greater(y, 0), dy.dtype))],
  onnx: { opType: 'Relu', since: 14 },
};

/**
 * Rectified linear unit: `max(x, 0)`. Its gradient at 0 is 0.
 * @example
 * await toArray(relu(tensor([-1, 2]))); // => [0, 2]
 * @category Activations
 */
export function relu(x: TensorLike): Tensor {
  return real(reluOp, x);
}

/**
 * Rectifier that lets a part of negative numbers through: `x` if positive, else `slope · x`. Its gradient at 0 is
 * `slope`.
 * @param slope - Default 0.01.
 * @example
 * await toArray(leakyRelu(tensor([-1, 2]), 0.5)); // => [-0.5, 2]
 * @category Activations
 */
export function leakyRelu(x: TensorLike, slope: TensorLike = 0.01): Tensor {
  const operand = asFloat(x, 'leakyRelu');
  return where(greater(operand, 0), operand, mul(operand, slope));
}

/**
 * Exponential linear unit: `x` if positive, else `alpha · (eˣ − 1)`.
 * @param alpha - Minus the limit at −∞. Default 1.
 * @example
 * await toArray(elu(tensor([-Infinity, 2]))); // => [-1, 2]
 * @category Activations
 */
export function elu(x: TensorLike, alpha: TensorLike = 1): Tensor {
  const operand = asFloat(x, 'elu');
  // The side that is not taken must not overflow: its gradient would be 0 · ∞.
  return where(greater(operand, 0), operand, mul(expm1(clip(operand, -Infinity, 0)), alpha));
}

/** Hyperbolic tangent. */
export const tanhOp: OpDef = {
  kind: 'op',
  name: 'tanh',
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, sub(1, square(y)))],
  onnx: { opType: 'Tanh', since: 13 },
};

/**
 * Hyperbolic tangent: `(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)`. Integers become float32.
 * @example
 * await toArray(tanh(tensor([0, 100]))); // => [0, 1]
 * @category Activations
 */
export function tanh(x: TensorLike): Tensor {
  return real(tanhOp, x);
}

/** `1 / (1 + e⁻ˣ)`. */
export const sigmoidOp: OpDef = {
  kind: 'op',
  name: 'sigmoid',
  infer: sameType,
  vjp: ([dy], { outputs: [y] }) => [mul(dy, mul(y, sub(1, y)))],
  onnx: { opType: 'Sigmoid', since: 13 },
};

/**
 * Logistic function: `1 / (1 + e⁻ˣ)`. Integers become float32.
 * @example
 * await toArray(sigmoid(tensor([0, 1000]))); // => [0.5, 1]
 * @category Activations
 */
export function sigmoid(x: TensorLike): Tensor {
  return real(sigmoidOp, x);
}

/**
 * Sigmoid linear unit (swish): `x / (1 + e⁻ˣ)`.
 * @example
 * await toArray(silu(tensor([0]))); // => [0]
 * @category Activations
 */
export function silu(x: TensorLike): Tensor {
  const operand = asFloat(x, 'silu');
  return mul(operand, sigmoid(operand));
}

/** `ln(1 + eˣ)`. */
export const softplusOp: OpDef = {
  kind: 'op',
  name: 'softplus',
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, sigmoid(x))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => {
    if (dtype !== 'float64' && b.target.provider !== 'webgpu') return b.node('Softplus', [x]);
    // max(x, 0) + ln(1 + e^−|x|)
    const decay = b.node('Exp', [b.node('Neg', [b.node('Abs', [x])])]);
    const rest = b.node('Log', [b.node('Add', [decay, b.scalar(1, dtype)])]);
    return b.node('Add', [b.node('Relu', [x]), rest]);
  },
};

/**
 * Smooth rectifier: `ln(1 + eˣ)`, without overflow. `−softplus(−x)` is the logarithm of {@link sigmoid}.
 * @example
 * await toArray(softplus(tensor([1000]))); // => [1000]
 * @category Activations
 */
export function softplus(x: TensorLike): Tensor {
  return real(softplusOp, x);
}

/** How {@link gelu} computes the normal distribution function. */
export interface GeluOptions {
  /** `none`: by the error function; `tanh`: by the approximation GPT-2 uses. Default `none`. */
  readonly approximate?: 'none' | 'tanh' | undefined;
}

const SQRT_HALF = Math.SQRT1_2;
const DENSITY = 1 / Math.sqrt(2 * Math.PI);
const TANH_SCALE = Math.sqrt(2 / Math.PI);
const TANH_CUBIC = 0.044715;

/** `Φ(x) + x·φ(x)`. */
function geluSlope(x: Tensor): Tensor {
  const cumulative = mul(add(erf(mul(x, SQRT_HALF)), 1), 0.5);
  const density = mul(exp(mul(square(x), -0.5)), DENSITY);
  return add(cumulative, mul(x, density));
}

/** The derivative of `x/2 · (1 + tanh u)`, `u = √(2/π)·(x + 0.044715·x³)`. */
function geluTanhSlope(x: Tensor): Tensor {
  const squared = square(x);
  const t = tanh(mul(x, add(mul(squared, TANH_SCALE * TANH_CUBIC), TANH_SCALE)));
  const inner = mul(x, add(mul(squared, 3 * TANH_SCALE * TANH_CUBIC), TANH_SCALE));
  return mul(add(add(t, 1), mul(inner, sub(1, square(t)))), 0.5);
}

/** Gelu from primitives, for float64. */
function writeGelu(b: OnnxBuilder, x: OnnxValue, approximate: 'none' | 'tanh', dtype: DType): OnnxValue {
  const scaled = (value: OnnxValue, by: number): OnnxValue => b.node('Mul', [value, b.scalar(by, dtype)]);
  const cubic = (): OnnxValue => {
    const slope = scaled(b.node('Mul', [x, x]), TANH_SCALE * TANH_CUBIC);
    return b.node('Tanh', [b.node('Mul', [x, b.node('Add', [slope, b.scalar(TANH_SCALE, dtype)])])]);
  };
  const erfOf = (value: OnnxValue): OnnxValue => b.cast(b.node('Erf', [b.cast(value, 'float32')]), dtype);
  const shape = approximate === 'tanh' ? cubic() : erfOf(scaled(x, SQRT_HALF));
  return b.node('Mul', [scaled(x, 0.5), b.node('Add', [shape, b.scalar(1, dtype)])]);
}

/** `x · Φ(x)`. */
export const geluOp: OpDef<{ approximate: 'none' | 'tanh' }> = {
  kind: 'op',
  name: 'gelu',
  infer: sameType,
  vjp: ([dy], { inputs: [x], attrs: { approximate } }) => [
    mul(dy, approximate === 'tanh' ? geluTanhSlope(x) : geluSlope(x)),
  ],
  onnx: (b, [x], { inputs: [{ dtype }], attrs: { approximate } }) =>
    dtype === 'float64' ? writeGelu(b, x, approximate, dtype) : b.node('Gelu', [x], { approximate }),
};

/**
 * Gaussian error linear unit: `x · Φ(x)`, Φ the normal distribution function.
 * @param options.approximate - `tanh` for `x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³)))`. Default `none`: exact.
 * @example
 * await toArray(gelu(tensor([0, 100]))); // => [0, 100]
 * @see Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
 * @category Activations
 */
export function gelu(x: TensorLike, options: GeluOptions = {}): Tensor {
  return bind(geluOp, [asFloat(x, 'gelu')], { approximate: options.approximate ?? 'none' });
}
