import { allocate } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import { fromNumber } from '../number.ts';

/**
 * Real functions written in ONNX primitives, for the dtypes and providers that lack a kernel of their own.
 * The float64 ones are exact to a few ulp, so that derivatives can be checked against differences.
 */
export interface Real {
  readonly dtype: DType;
  /** Whether functions are exact to an absolute error only, so that near their zeros nothing is left. */
  readonly coarse: boolean;
  /** `op(x, number or value)`, with numbers as scalars of the dtype. */
  op(opType: string, ...operands: readonly (OnnxValue | number)[]): OnnxValue;
  /** A baked vector on an axis in front of `rank` others. */
  vector(values: readonly number[], rank: number): OnnxValue;
}

/** Writes nodes of one dtype; a number stands for a scalar. */
export function realWriter(b: OnnxBuilder, dtype: DType): Real {
  const value = (operand: OnnxValue | number): OnnxValue =>
    typeof operand === 'number' ? b.scalar(operand, dtype) : operand;
  return {
    dtype,
    // A provider with this fault computes no float64; where that is, its functions are exact.
    coarse: dtype !== 'float64' && b.hasFault('inexact-functions'),
    op: (opType, ...operands) => b.node(opType, operands.map(value)),
    vector(values, rank) {
      const data = allocate(dtype, values.length);
      values.forEach((number, index) => {
        (data as unknown as (number | bigint)[])[index] = fromNumber(number, dtype);
      });
      return b.constant(data, dtype, [values.length, ...Array.from({ length: rank }, () => 1)]);
    },
  };
}

/** Whether the sign bit is set: of negative numbers and −0. */
export function writeIsNegative({ op }: Real, x: OnnxValue): OnnxValue {
  return op('Or', op('Less', x, 0), op('Less', op('Reciprocal', x), 0));
}

/** x cut toward zero. */
export function writeTrunc({ op }: Real, x: OnnxValue): OnnxValue {
  return op('Where', op('Less', x, 0), op('Ceil', x), op('Floor', x));
}

/** With u = 1 + x rounded: `ln(u) · x / (u − 1)`, where the rounding cancels (Kahan); x itself where u is 1. */
export function writeLog1p(real: Real, x: OnnxValue): OnnxValue {
  if (real.coarse) return writeCoarseLog1p(real, x);
  const { op } = real;
  const u = op('Add', x, 1);
  const rest = op('Sub', u, 1);
  // x/(u−1) is 1 for ∞ too.
  const ratio = op('Where', op('Equal', rest, x), 1, op('Div', x, rest));
  return op('Where', op('Equal', rest, 0), x, op('Mul', op('Log', u), ratio));
}

/** Near 0 by the series of `2 artanh s` with `s = x / (2 + x)`. */
function writeCoarseLog1p(real: Real, x: OnnxValue): OnnxValue {
  const { op } = real;
  const s = op('Div', x, op('Add', x, 2));
  const series = writePolynomial(real, op('Mul', s, s), [2 / 13, 2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3, 2]);
  return op('Where', op('Less', op('Abs', x), 0.5), op('Mul', s, series), op('Log', op('Add', x, 1)));
}

/** `eˣ − 1 = tanh(x/2) · (eˣ + 1)`, without cancellation near 0. */
export function writeExpm1(real: Real, x: OnnxValue): OnnxValue {
  const { op } = real;
  const power = op('Exp', x);
  if (!real.coarse) return op('Mul', op('Tanh', op('Mul', x, 0.5)), op('Add', power, 1));
  const series = writePolynomial(real, x, [1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1]);
  return op('Where', op('Less', op('Abs', x), 0.5), op('Mul', x, series), op('Sub', power, 1));
}

/** `½(e^|x| − e^−|x|)` with the sign of x, from `m = e^|x| − 1` as `½(m + m / (m + 1))`. */
export function writeCoarseSinh(real: Real, x: OnnxValue): OnnxValue {
  const { op } = real;
  const near = op('Clip', x, -1, 1);
  const m = writeExpm1(real, near);
  const small = op('Mul', op('Add', m, op('Div', m, op('Add', m, 1))), 0.5);
  return op('Where', op('Less', op('Abs', x), 0.5), small, op('Sinh', x));
}

/** `log_base x`; exact at whole powers of the base. */
export function writeLog({ op }: Real, x: OnnxValue, base: number): OnnxValue {
  const y = op('Mul', op('Log', x), 1 / Math.log(base));
  const whole = op('Floor', op('Add', y, 0.5));
  return op('Where', op('Equal', op('Pow', base, whole), x), whole, y);
}

/** A polynomial by Horner's rule, highest power first. */
export function writePolynomial({ op }: Real, x: OnnxValue, coefficients: readonly number[]): OnnxValue {
  const [first = 0, second = 0, ...rest] = coefficients;
  const start = op('Add', op('Mul', x, first), second);
  return rest.reduce((sum, coefficient) => op('Add', op('Mul', sum, x), coefficient), start);
}

/** `½(e^|x| + e^−|x|)` as ½t² + ½/t² with t = e^(|x|/2), which overflows only where the result does. */
export function writeCosh({ op }: Real, x: OnnxValue): OnnxValue {
  const t = op('Exp', op('Mul', op('Abs', x), 0.5));
  const half = op('Mul', t, 0.5);
  return op('Add', op('Mul', half, t), op('Div', 0.5, op('Mul', t, t)));
}

/**
 * Arc tangent in float64 from float32's: with `y` that and `d = (x·cos y − sin y) / (cos y + x·sin y)`, `y + d` is off by
 * d³/3, which is below 1e-20.
 */
export function writeAtan64(b: OnnxBuilder, { op }: Real, x: OnnxValue): OnnxValue {
  const y = b.cast(b.node('Atan', [b.cast(x, 'float32')]), 'float64');
  const [sine, cosine] = [op('Sin', y), op('Cos', y)];
  const finite = op('Clip', x, -1e300, 1e300);
  const above = op('Sub', op('Mul', finite, cosine), sine);
  return op('Add', y, op('Div', above, op('Add', cosine, op('Mul', finite, sine))));
}

const SMALL_TERMS = 20;
const LARGE_TERMS = 13;
/** Step of the trapezoidal rule: its error is e^(−π²/h²). */
const STEP = 0.5;

/** The coefficients of `erf(x)/x` in powers of x². */
function erfSeries(): number[] {
  let term = 2 / Math.sqrt(Math.PI);
  return Array.from({ length: SMALL_TERMS }, (_, n) => {
    if (n > 0) term = -term / n;
    return term / (2 * n + 1);
  });
}

/** `Σ terms` over a new first axis, on which the vectors lie. */
export const writeTotal = (b: OnnxBuilder, terms: OnnxValue): OnnxValue =>
  b.node('ReduceSum', [terms, b.ints([0])], { keepdims: 0 });

/** The error function by its power series, for |x| ≤ 1. */
function writeErfNear(b: OnnxBuilder, { op, vector }: Real, x: OnnxValue, rank: number): OnnxValue {
  const inner = op('Clip', x, -1, 1);
  const exponents = Array.from({ length: SMALL_TERMS }, (_, n) => n);
  const powers = op('Pow', op('Mul', inner, inner), vector(exponents, rank));
  return op('Mul', inner, writeTotal(b, op('Mul', powers, vector(erfSeries(), rank))));
}

/**
 * `erfc x` for x ≥ 1, to a relative precision: the trapezoidal rule for `x/π · e^(−x²) · ∫ e^(−t²) / (t² + x²) dt`, less
 * the residue `2 / (e^(2πx/h) − 1)` of its pole where that lies within π/h.
 */
function writeErfcFar(b: OnnxBuilder, { op, vector }: Real, x: OnnxValue, rank: number): OnnxValue {
  const z = op('Clip', x, 1, 27);
  const square = op('Mul', z, z);
  const nodes = Array.from({ length: LARGE_TERMS }, (_, n) => (n * STEP) ** 2);
  const weights = nodes.map((t, n) => ((n === 0 ? 1 : 2) * STEP * Math.exp(-t)) / Math.PI);
  const sum = writeTotal(b, op('Div', vector(weights, rank), op('Add', square, vector(nodes, rank))));
  const residue = op('Div', 2, op('Sub', op('Exp', op('Mul', z, (2 * Math.PI) / STEP)), 1));
  const inside = op('Where', op('Less', z, Math.PI / STEP), residue, 0);
  return op('Sub', op('Mul', op('Mul', z, op('Exp', op('Neg', square))), sum), inside);
}

/** The error function: ONNX has none in float64. */
export function writeErf(b: OnnxBuilder, real: Real, x: OnnxValue, rank: number): OnnxValue {
  if (real.dtype !== 'float64') return b.node('Erf', [x]);
  const { op } = real;
  const size = op('Abs', x);
  const far = op('Mul', op('Sign', x), op('Sub', 1, writeErfcFar(b, real, size, rank)));
  return op('Where', op('Less', size, 1), writeErfNear(b, real, x, rank), far);
}

/** `1 − erf x`, without the cancellation for large x. */
export function writeErfc(b: OnnxBuilder, real: Real, x: OnnxValue, rank: number): OnnxValue {
  const { op } = real;
  const size = op('Abs', x);
  const rest = writeErfcFar(b, real, size, rank);
  const far = op('Where', op('Less', x, 0), op('Sub', 2, rest), rest);
  return op('Where', op('Less', size, 1), op('Sub', 1, writeErfNear(b, real, x, rank)), far);
}

// Least squares fits of erfinv(x)/x to a relative 1e-7 in w = −ln(1 − x²) below 5, and of that over √w to 7e-7 in 1/√w
// beyond, around the middle of each range.
const CENTRAL_MIDDLE = 2.5;
const CENTRAL = [
  2.85765397e-8, 3.43770837e-7, -3.52939773e-6, -4.39731373e-6, 2.18604334e-4, -1.25370543e-3, -4.17771041e-3,
  2.46640723e-1, 1.50140942,
];
const TAIL_MIDDLE = 0.2751531895025563;
const TAIL = [
  -208.22171, -85.106396, 7.77217742, 9.91807929, 0.763946555, 0.569719392, 0.121434675, -0.193103839, 0.955021303,
];

/** `erfinv(x) / x` from `w = −ln(1 − x²)`; ∞ where w is. */
export function writeErfinvRatio(real: Real, w: OnnxValue): OnnxValue {
  const { op } = real;
  const central = writePolynomial(real, op('Sub', w, CENTRAL_MIDDLE), CENTRAL);
  const root = op('Sqrt', w);
  const tail = op('Mul', root, writePolynomial(real, op('Sub', op('Reciprocal', root), TAIL_MIDDLE), TAIL));
  return op('Where', op('Less', w, 5), central, tail);
}

/** One step of Halley's method to `f(y) = 0`, for the functions with `f″ = −2y·f′`: erf and erfc. */
export function writeHalley({ op }: Real, y: OnnxValue, f: OnnxValue, slope: number): OnnxValue {
  const step = op('Div', f, op('Mul', op('Exp', op('Neg', op('Mul', y, y))), slope));
  return op('Sub', y, op('Div', step, op('Add', op('Mul', y, step), 1)));
}
