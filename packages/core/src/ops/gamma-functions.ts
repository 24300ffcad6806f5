import { ArgumentError } from '../errors.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import type { TensorLike } from '../trace/literal.ts';
import { mul } from './elementwise.ts';
import { realWriter, writePolynomial, writeTotal } from './shared-real.ts';
import type { Real } from './shared-real.ts';
import { asFloat, sameType } from './shared.ts';

/** The asymptotic series are taken this far from x, where seven terms are exact to 1e-14. */
const SHIFT = 8;

/** Bernoulli's numbers B₂, B₄, …, B₁₄. */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];

/** `c₁ + c₂/z² + c₃/z⁴ + …` */
function writeSeries(real: Real, z: OnnxValue, coefficients: readonly number[]): OnnxValue {
  const { op } = real;
  return writePolynomial(real, op('Reciprocal', op('Mul', z, z)), coefficients.toReversed());
}

/** Where a function of x is computed. */
interface Moved {
  readonly below: OnnxValue;
  /** The place moved by {@link SHIFT}. */
  readonly z: OnnxValue;
  /** `Σ f(place + i), i < SHIFT`. */
  total(f: (places: OnnxValue) => OnnxValue): OnnxValue;
  /** `π(x − ⌊x⌋)`: sine and cosine as of πx up to the sign, and exactly 0 at the poles. */
  readonly turn: OnnxValue;
}

/** The place is x or, `mirrored`, `1 − x` below ½. */
function move(b: OnnxBuilder, { op, vector }: Real, x: OnnxValue, given: { rank: number; mirrored: boolean }): Moved {
  const below = op('Less', x, 0.5);
  const place = given.mirrored ? op('Where', below, op('Sub', 1, x), x) : x;
  const steps = Array.from({ length: SHIFT }, (_, i) => i);
  return {
    below,
    z: op('Add', place, SHIFT),
    total: (f) => writeTotal(b, f(op('Add', place, vector(steps, given.rank)))),
    turn: op('Mul', op('Sub', x, op('Floor', x)), Math.PI),
  };
}

/** Stirling's series, `ln Γ(z) − Σ ln(x + i)`; below ½ by `Γ(x)·Γ(1 − x) = π / sin πx`. */
function writeLgamma(b: OnnxBuilder, real: Real, x: OnnxValue, rank: number): OnnxValue {
  const { op } = real;
  const { below, z, total, turn } = move(b, real, x, { rank, mirrored: true });
  const coefficients = BERNOULLI.map((value, k) => value / (2 * (k + 1) * (2 * k + 1)));
  const main = op('Sub', op('Mul', op('Sub', z, 0.5), op('Log', z)), op('Sub', z, Math.log(2 * Math.PI) / 2));
  const stirling = op('Add', main, op('Div', writeSeries(real, z, coefficients), z));
  const value = op(
    'Sub',
    stirling,
    total((places) => op('Log', places)),
  );
  const mirrored = op('Sub', op('Log', op('Div', Math.PI, op('Sin', turn))), value);
  const size = op('Abs', x);
  return op('Where', op('Equal', size, Infinity), size, op('Where', below, mirrored, value));
}

/** `ln |Γ(x)|`. */
export const lgammaOp: OpDef = {
  kind: 'op',
  name: 'lgamma',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, digamma(x))],
  onnx: (b, [x], { inputs: [{ dtype, shape }] }) => writeLgamma(b, realWriter(b, dtype), x, shape.length),
};

/**
 * Logarithm of the size of the gamma function: `ln |Γ(x)|`; ∞ at 0, −1, −2, … and −∞. Integers become float32.
 * @example
 * await toArray(lgamma(tensor([0, Infinity]))); // => [Infinity, Infinity]
 * @category Elementwise
 */
export function lgamma(x: TensorLike): Tensor {
  return bind(lgammaOp, [asFloat(x, 'lgamma')], {});
}

/** `ψ(z) − Σ 1/(x + i)`; below ½ by `ψ(x) = ψ(1 − x) − π / tan πx`. */
function writeDigamma(b: OnnxBuilder, real: Real, x: OnnxValue, rank: number): OnnxValue {
  const { op } = real;
  const { below, z, total, turn } = move(b, real, x, { rank, mirrored: true });
  const coefficients = BERNOULLI.map((value, k) => value / (2 * (k + 1)));
  const series = op('Div', op('Add', op('Div', writeSeries(real, z, coefficients), z), 0.5), z);
  const value = op(
    'Sub',
    op('Sub', op('Log', z), series),
    total((places) => op('Reciprocal', places)),
  );
  const cotangent = op('Div', op('Mul', op('Cos', turn), Math.PI), op('Sin', turn));
  return op('Where', below, op('Sub', value, cotangent), value);
}

/** `ψ(x)`, the derivative of `ln Γ(x)`. */
export const digammaOp: OpDef = {
  kind: 'op',
  name: 'digamma',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x] }) => [mul(dy, polygamma(1, x))],
  onnx: (b, [x], { inputs: [{ dtype, shape }] }) => writeDigamma(b, realWriter(b, dtype), x, shape.length),
};

/**
 * Derivative of {@link lgamma}: `ψ(x) = Γ′(x) / Γ(x)`; −∞ at 0, −1, −2, … Integers become float32.
 * @example
 * await toArray(digamma(tensor([0]))); // => [-Infinity]
 * @category Elementwise
 */
export function digamma(x: TensorLike): Tensor {
  return bind(digammaOp, [asFloat(x, 'digamma')], {});
}

/** `± n! · Σ 1/(x + i)^(n + 1)`: the first terms, and the rest by the rule of Euler and Maclaurin. */
function writePolygamma(b: OnnxBuilder, real: Real, x: OnnxValue, { rank, n }: { rank: number; n: number }): OnnxValue {
  const { op } = real;
  const { below, z, total, turn } = move(b, real, x, { rank, mirrored: n === 1 });
  // B₂ₖ · s (s + 1) … (s + 2k − 2) / (2k)! with s = n + 1
  const coefficients = BERNOULLI.map((value, index) => {
    let factor = value / (2 * index + 2);
    for (let j = 1; j <= 2 * index + 1; j += 1) factor *= (n + j) / j;
    return factor;
  });
  const corrections = op('Div', op('Add', op('Div', writeSeries(real, z, coefficients), z), 0.5), z);
  const rest = op('Mul', op('Add', corrections, 1 / n), op('Pow', z, -n));
  const first = total((places) => op('Pow', places, -n - 1));
  let factor = n % 2 === 0 ? -1 : 1;
  for (let k = 2; k <= n; k += 1) factor *= k;
  const value = op('Mul', op('Add', rest, first), factor);
  if (n > 1) return op('Where', op('Less', x, 0), NaN, value);
  // ψ′(x) = π² / sin² πx − ψ′(1 − x)
  const sine = op('Div', Math.PI, op('Sin', turn));
  return op('Where', below, op('Sub', op('Mul', sine, sine), value), value);
}

/** The n-th derivative of `ψ(x)`. */
export const polygammaOp: OpDef<{ n: number }> = {
  kind: 'op',
  name: 'polygamma',
  rows: Infinity,
  infer: sameType,
  vjp: ([dy], { inputs: [x], attrs: { n } }) => [mul(dy, polygamma(n + 1, x))],
  onnx: (b, [x], { inputs: [{ dtype, shape }], attrs: { n } }) =>
    writePolygamma(b, realWriter(b, dtype), x, { rank: shape.length, n }),
};

/**
 * The n-th derivative of {@link digamma}: `ψ⁽ⁿ⁾(x)`. Integers become float32.
 * @param n - A whole number from 0; 0 is {@link digamma} itself.
 * @param x - NaN below 0 for n above 1.
 * @throws {@link ArgumentError} if n is not a whole number from 0.
 * @example
 * await toArray(polygamma(1, tensor([0]))); // => [Infinity]
 * @category Elementwise
 */
export function polygamma(n: number, x: TensorLike): Tensor {
  if (!Number.isInteger(n) || n < 0) {
    throw new ArgumentError(`polygamma: not an order. Got ${n}; expected a whole number from 0.`, {
      op: 'polygamma',
      details: { n },
    });
  }
  return n === 0 ? digamma(x) : bind(polygammaOp, [asFloat(x, 'polygamma')], { n });
}
