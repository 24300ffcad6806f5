import { checkArgument, checkOptionNames } from '../argument.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { NoAttrs, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { greater, less, lessEqual, logicalAnd, where } from './compare.ts';
import { abs, add, clip, div, log, mul, neg, square, sub } from './elementwise.ts';
import { realWriter, writeErf, writeLog1p } from './shared-real.ts';
import { asFloat, sameType } from './shared.ts';
import { cast, reshape } from './structural.ts';
import { erf, exp, expm1, log1p } from './unary.ts';

const real = (op: OpDef<NoAttrs>, x: TensorLike): Tensor => bind(op, [asFloat(x, op.name)], {});

/** `max(x, 0)`. */
export const reluOp: OpDef = {
  kind: 'op',
  name: 'relu',
  rows: Infinity,
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
  return where(greater(operand, 0), operand, mul(operand, asTensor(slope, 'leakyRelu', operand.dtype)));
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
  const scale = asTensor(alpha, 'elu', operand.dtype);
  return where(greater(operand, 0), operand, mul(expm1(clip(operand, -Infinity, 0)), scale));
}

/** Hyperbolic tangent. */
export const tanhOp: OpDef = {
  kind: 'op',
  name: 'tanh',
  rows: Infinity,
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
  rows: Infinity,
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

/** `x / (1 + e⁻ˣ)`. */
export const siluOp: OpDef = {
  kind: 'op',
  name: 'silu',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x], outputs: [y] }) => {
    const s = sigmoid(x);
    return [mul(dy, add(s, mul(y, sub(1, s))))];
  },
  onnx: (b, [x], { inputs: [{ dtype }] }) => {
    const isWhole = dtype === 'float32' && b.prefers('com.microsoft.QuickGelu');
    if (isWhole) return b.node('com.microsoft.QuickGelu', [x], { alpha: { float: 1 } });
    return b.node('Mul', [x, b.node('Sigmoid', [x])]);
  },
};

/**
 * Sigmoid linear unit (swish): `x / (1 + e⁻ˣ)`.
 * @example
 * await toArray(silu(tensor([0]))); // => [0]
 * @category Activations
 */
export function silu(x: TensorLike): Tensor {
  return real(siluOp, x);
}

/** `ln(1 + eˣ)`. */
export const softplusOp: OpDef = {
  kind: 'op',
  name: 'softplus',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, sigmoid(x))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => {
    const real = realWriter(b, dtype);
    if (dtype !== 'float64' && !real.coarse) return b.node('Softplus', [x]);
    // max(x, 0) + ln(1 + e^−|x|)
    const { op } = real;
    return op('Add', op('Relu', x), writeLog1p(real, op('Exp', op('Neg', op('Abs', x)))));
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
function writeGelu(b: OnnxBuilder, x: OnnxValue, approximate: 'none' | 'tanh', { dtype, shape }: Tensor): OnnxValue {
  const real = realWriter(b, dtype);
  const { op } = real;
  const cubic = (): OnnxValue => {
    const slope = op('Add', op('Mul', op('Mul', x, x), TANH_SCALE * TANH_CUBIC), TANH_SCALE);
    return op('Tanh', op('Mul', x, slope));
  };
  const curve = approximate === 'tanh' ? cubic() : writeErf(b, real, op('Mul', x, SQRT_HALF), shape.length);
  return op('Mul', op('Mul', x, 0.5), op('Add', curve, 1));
}

/** `x · Φ(x)`. */
export const geluOp: OpDef<{ approximate: 'none' | 'tanh' }> = {
  kind: 'op',
  name: 'gelu',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x], attrs: { approximate } }) => [
    mul(dy, approximate === 'tanh' ? geluTanhSlope(x) : geluSlope(x)),
  ],
  onnx: (b, [x], { inputs: [type], attrs: { approximate } }) =>
    type.dtype === 'float64' ? writeGelu(b, x, approximate, type) : b.node('Gelu', [x], { approximate }),
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
  checkOptionNames('gelu', options, ['approximate']);
  const { approximate = 'none' } = options;
  const known = approximate === 'none' || approximate === 'tanh';
  checkArgument(known, approximate, { op: 'gelu', name: 'approximate', rule: 'none or tanh' });
  return bind(geluOp, [asFloat(x, 'gelu')], { approximate });
}

/**
 * Rectifier with a learned slope: `x` if positive, else `weight · x`. Its gradient at 0 is the slope.
 * @param weight - One slope, or one for each channel: `[channels]` for axis 1 of x.
 * @throws {@link ShapeError} if a weight with several slopes does not fit axis 1.
 * @example
 * await toArray(prelu(tensor([[-1, -2]]), tensor([0.5, 0.25]))); // => [[-0.5, -0.5]]
 * @see He et al. 2015, https://arxiv.org/abs/1502.01852
 * @category Activations
 */
export function prelu(x: TensorLike, weight: TensorLike): Tensor {
  const operand = asFloat(x, 'prelu');
  const slopes = asTensor(weight, 'prelu', operand.dtype);
  const perChannel = slopes.shape.length === 1 && slopes.shape[0] !== 1 && operand.shape.length > 1;
  const trailing = perChannel ? operand.shape.slice(2).map(() => 1) : [];
  const placed = reshape(slopes, [...slopes.shape, ...trailing]);
  broadcastShapes(operand.shape, placed.shape, 'prelu');
  return leakyRelu(operand, placed);
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/**
 * Self-normalising ELU: `1.0507 · elu(x, 1.6733)`, which keeps mean 0 and variance 1 from layer to layer.
 * @example
 * await toArray(selu(tensor([0, 1]))); // => [0, 1.050701]
 * @see Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
 * @category Activations
 */
export function selu(x: TensorLike): Tensor {
  return mul(elu(x, SELU_ALPHA), SELU_SCALE);
}

/**
 * Continuously differentiable ELU: `x` if positive, else `alpha · (e^(x/alpha) − 1)`; slope 1 at 0 for every alpha.
 * @param alpha - Minus the limit at −∞; positive. Default 1.
 * @example
 * await toArray(celu(tensor([-Infinity, 2]), 0.5)); // => [-0.5, 2]
 * @see Barron 2017, https://arxiv.org/abs/1704.07483
 * @category Activations
 */
export function celu(x: TensorLike, alpha: TensorLike = 1): Tensor {
  const operand = asFloat(x, 'celu');
  const scale = asTensor(alpha, 'celu', operand.dtype);
  const below = mul(expm1(div(clip(operand, -Infinity, 0), scale)), scale);
  return where(greater(operand, 0), operand, below);
}

/**
 * Logarithm of the {@link sigmoid}: `−ln(1 + e⁻ˣ)`, exact also where the sigmoid itself would be 0.
 * @example
 * await toArray(logSigmoid(tensor([-1000, 1000]))); // => [-1000, 0]
 * @category Activations
 */
export function logSigmoid(x: TensorLike): Tensor {
  return neg(softplus(neg(asFloat(x, 'logSigmoid'))));
}

/**
 * Inverse of the {@link sigmoid}, the logarithm of odds: `ln(x / (1 − x))`; ±∞ at 1 and 0, NaN outside.
 * @example
 * await toArray(logit(tensor([0.5, 1]))); // => [0, Infinity]
 * @category Activations
 */
export function logit(x: TensorLike): Tensor {
  const operand = asFloat(x, 'logit');
  return sub(log(operand), log1p(neg(operand)));
}

/**
 * Smooth, not monotonic rectifier: `x · tanh(ln(1 + eˣ))`.
 * @example
 * await toArray(mish(tensor([0, 100]))); // => [0, 100]
 * @see Misra 2019, https://arxiv.org/abs/1908.08681
 * @category Activations
 */
export function mish(x: TensorLike): Tensor {
  const operand = asFloat(x, 'mish');
  return mul(operand, tanh(softplus(operand)));
}

/** `x / (1 + |x|)`. */
export const softsignOp: OpDef = {
  kind: 'op',
  name: 'softsign',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [div(dy, square(add(abs(x), 1)))],
  onnx: (b, [x], { inputs: [{ dtype }] }) => {
    const { op } = realWriter(b, dtype);
    return op('Div', x, op('Add', op('Abs', x), 1));
  },
};

/**
 * Squashes to (−1, 1) with long tails: `x / (1 + |x|)`. NaN at ±∞.
 * @example
 * await toArray(softsign(tensor([1, -3]))); // => [0.5, -0.75]
 * @category Activations
 */
export function softsign(x: TensorLike): Tensor {
  return real(softsignOp, x);
}

/** `min(max(x, low), high)`, with gradient 0 at the bounds. */
export const hardtanhOp: OpDef<{ low: number; high: number }> = {
  kind: 'op',
  name: 'hardtanh',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x], attrs: { low, high } }) => [
    mul(dy, cast(logicalAnd(greater(x, low), less(x, high)), dy.dtype)),
  ],
  onnx: (b, [x], { inputs: [{ dtype }], attrs: { low, high } }) =>
    b.node('Clip', [x, b.scalar(low, dtype), b.scalar(high, dtype)]),
};

/** Settings of {@link hardtanh}. */
export interface HardtanhOptions {
  /** Lower bound. Default -1. */
  readonly min?: number | undefined;
  /** Upper bound. Default 1. */
  readonly max?: number | undefined;
}

/**
 * Straight line between two bounds: `min(max(x, −1), 1)`. Its gradient at the bounds is 0.
 * @param options.min - Lower bound. Default -1.
 * @param options.max - Upper bound. Default 1.
 * @example
 * await toArray(hardtanh(tensor([-3, 0.5, 3]))); // => [-1, 0.5, 1]
 * @see {@link clip} with gradient 1 at the bounds.
 * @category Activations
 */
export function hardtanh(x: TensorLike, options: HardtanhOptions = {}): Tensor {
  checkOptionNames('hardtanh', options, ['min', 'max']);
  const { min = -1, max = 1 } = options;
  checkArgument(min <= max, [min, max], { op: 'hardtanh', name: '[min, max]', rule: 'min up to max' });
  return bind(hardtanhOp, [asFloat(x, 'hardtanh')], { low: min, high: max });
}

/**
 * Rectifier with a ceiling: `min(max(x, 0), 6)`. Its gradient at 0 and 6 is 0.
 * @example
 * await toArray(relu6(tensor([-1, 2, 9]))); // => [0, 2, 6]
 * @category Activations
 */
export function relu6(x: TensorLike): Tensor {
  return hardtanh(x, { min: 0, max: 6 });
}

/**
 * Piecewise linear {@link sigmoid}: `relu6(x + 3) / 6`.
 * @example
 * await toArray(hardsigmoid(tensor([-4, 0, 4]))); // => [0, 0.5, 1]
 * @category Activations
 */
export function hardsigmoid(x: TensorLike): Tensor {
  return div(relu6(add(asFloat(x, 'hardsigmoid'), 3)), 6);
}

/**
 * Piecewise {@link silu}: `x · relu6(x + 3) / 6`.
 * @example
 * await toArray(hardswish(tensor([-4, 0, 4]))); // => [0, 0, 4]
 * @see Howard et al. 2019 (MobileNetV3), https://arxiv.org/abs/1905.02244
 * @category Activations
 */
export function hardswish(x: TensorLike): Tensor {
  const operand = asFloat(x, 'hardswish');
  return mul(operand, hardsigmoid(operand));
}

/**
 * What {@link tanh} takes away: `x − tanh x`.
 * @example
 * await toArray(tanhshrink(tensor([0, 100]))); // => [0, 99]
 * @category Activations
 */
export function tanhshrink(x: TensorLike): Tensor {
  const operand = asFloat(x, 'tanhshrink');
  return sub(operand, tanh(operand));
}

/**
 * Moves numbers toward 0 and stops there: `sign(x) · max(|x| − lambda, 0)`.
 * @param lambda - How far; 0 or more. Default 0.5.
 * @example
 * await toArray(softshrink(tensor([-2, 0.3, 2]))); // => [-1.5, 0, 1.5]
 * @category Activations
 */
export function softshrink(x: TensorLike, lambda = 0.5): Tensor {
  const operand = asFloat(x, 'softshrink');
  checkArgument(lambda >= 0, lambda, { op: 'softshrink', name: 'lambda', rule: 'a number of 0 or more' });
  return sub(operand, clip(operand, -lambda, lambda));
}

/**
 * Replaces small numbers by 0: `x` where `|x| > lambda`, else 0.
 * @param lambda - Largest size that becomes 0. Default 0.5.
 * @example
 * await toArray(hardshrink(tensor([-2, 0.3, 2]))); // => [-2, 0, 2]
 * @category Activations
 */
export function hardshrink(x: TensorLike, lambda = 0.5): Tensor {
  const operand = asFloat(x, 'hardshrink');
  checkArgument(lambda >= 0, lambda, { op: 'hardshrink', name: 'lambda', rule: 'a number of 0 or more' });
  // This way round NaN stays.
  return where(lessEqual(abs(operand), lambda), 0, operand);
}
