import { checkOptionNames } from '../argument.ts';
import { ArgumentError } from '../errors.ts';
import type { DType } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { less, where } from '../ops/compare.ts';
import { abs, add, clip, log, mul, neg, sub } from '../ops/elementwise.ts';
import { cast } from '../ops/structural.ts';
import { tan } from '../ops/trigonometry.ts';
import { ndtri } from '../ops/unary.ts';
import type { Shape } from '../shape.ts';
import { bits, checkDraw } from './bits.ts';
import { normalCdf } from './normal-cdf.ts';
import { openUniform } from './open-uniform.ts';

/** Settings of the continuous distributions that have none of their own. */
export interface DrawOptions {
  /** A float dtype. Default `float32`. */
  readonly dtype?: DType | undefined;
}

/**
 * Gumbel noise: `−ln(−ln u)`. The largest of logits plus such noise is a sample of their softmax.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.dtype - Default `float32`.
 * @example
 * gumbel(key(0), [3]).shape; // => [3]
 * @category Random
 */
export function gumbel(key: Tensor, shape: Shape, options: DrawOptions = {}): Tensor {
  checkOptionNames('gumbel', options, ['dtype']);
  checkDraw({ key, shape, dtype: options.dtype }, 'gumbel');
  return cast(neg(log(neg(log(openUniform(bits(key, shape)))))), options.dtype ?? 'float32');
}

/**
 * Exponentially distributed floats of rate 1: `−ln u`, mean 1, variance 1. Divide by another rate.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.dtype - Default `float32`.
 * @example
 * const waits = div(exponential(key(0), [3]), 2); // mean 1/2
 * waits.shape; // => [3]
 * @category Random
 */
export function exponential(key: Tensor, shape: Shape, options: DrawOptions = {}): Tensor {
  checkOptionNames('exponential', options, ['dtype']);
  checkDraw({ key, shape, dtype: options.dtype }, 'exponential');
  return cast(neg(log(openUniform(bits(key, shape)))), options.dtype ?? 'float32');
}

/**
 * Laplace distributed floats: density `e^−|x| / 2`, mean 0, variance 2.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.dtype - Default `float32`.
 * @example
 * laplace(key(0), [3]).shape; // => [3]
 * @category Random
 */
export function laplace(key: Tensor, shape: Shape, options: DrawOptions = {}): Tensor {
  checkOptionNames('laplace', options, ['dtype']);
  checkDraw({ key, shape, dtype: options.dtype }, 'laplace');
  // In (−1, 1), never 0, exactly; so is 1 − |v|.
  const v = sub(mul(openUniform(bits(key, shape)), 2), 1);
  const size = log(sub(1, abs(v)));
  return cast(where(less(v, 0), size, neg(size)), options.dtype ?? 'float32');
}

/**
 * Logistically distributed floats: `ln(u / (1 − u))`, mean 0, variance π²/3.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.dtype - Default `float32`.
 * @example
 * logistic(key(0), [3]).shape; // => [3]
 * @category Random
 */
export function logistic(key: Tensor, shape: Shape, options: DrawOptions = {}): Tensor {
  checkOptionNames('logistic', options, ['dtype']);
  checkDraw({ key, shape, dtype: options.dtype }, 'logistic');
  const u = openUniform(bits(key, shape));
  return cast(sub(log(u), log(sub(1, u))), options.dtype ?? 'float32');
}

/**
 * Cauchy distributed floats: `tan(π(u − ½))`, median 0, no mean; a quarter is above 1.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.dtype - Default `float32`.
 * @example
 * cauchy(key(0), [3]).shape; // => [3]
 * @category Random
 */
export function cauchy(key: Tensor, shape: Shape, options: DrawOptions = {}): Tensor {
  checkOptionNames('cauchy', options, ['dtype']);
  checkDraw({ key, shape, dtype: options.dtype }, 'cauchy');
  return cast(tan(mul(sub(openUniform(bits(key, shape)), 0.5), Math.PI)), options.dtype ?? 'float32');
}

/** Settings of {@link truncatedNormal}. */
export interface TruncatedNormalOptions extends DrawOptions {
  /** Mean before it is cut. Default 0. */
  readonly mean?: number | undefined;
  /** Standard deviation before it is cut. Default 1. */
  readonly std?: number | undefined;
  /** Smallest value; `-Infinity` for none. Default -2. */
  readonly min?: number | undefined;
  /** Largest value; `Infinity` for none. Default 2. */
  readonly max?: number | undefined;
}

/** How far from the mean, in standard deviations, an interval may lie. */
const FARTHEST = 12;

/**
 * Normally distributed floats, but only within `[min, max]`, by the quantiles of the normal distribution.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.mean - Of the normal before it is cut. Default 0.
 * @param options.std - Standard deviation before it is cut. Default 1.
 * @param options.min - Smallest value (not in standard deviations). Default -2.
 * @param options.max - Largest value. Default 2.
 * @param options.dtype - Default `float32`.
 * @throws {@link ArgumentError} if the interval is empty or more than 12 `std` away from the mean, or `std` not positive.
 * @example
 * const weights = truncatedNormal(key(0), [784, 256], { std: 0.02, min: -0.04, max: 0.04 });
 * weights.shape; // => [784, 256]
 * @category Random
 */
export function truncatedNormal(key: Tensor, shape: Shape, options: TruncatedNormalOptions = {}): Tensor {
  checkOptionNames('truncatedNormal', options, ['mean', 'std', 'min', 'max', 'dtype']);
  const { mean = 0, std = 1, min = -2, max = 2, dtype = 'float32' } = options;
  checkDraw({ key, shape, dtype }, 'truncatedNormal');
  const [low, high] = [(min - mean) / std, (max - mean) / std];
  if (!(std > 0 && low < high && low < FARTHEST && high > -FARTHEST)) {
    throw new ArgumentError(
      `truncatedNormal: not an interval with values in it. Got min ${min}, max ${max}, mean ${mean}, std ${std}; ` +
        `expected min below max, at most ${FARTHEST} std from the mean, and std above 0.`,
      { op: 'truncatedNormal', details: { min, max, mean, std } },
    );
  }
  // The lower tail keeps small probabilities exact; an interval in the upper one is mirrored.
  const sign = low + high > 0 ? -1 : 1;
  const [near, far] = sign > 0 ? [low, high] : [-high, -low];
  const from = normalCdf(near);
  const probability = add(mul(openUniform(bits(key, shape)), normalCdf(far) - from), from);
  const values = add(mul(ndtri(probability), sign * std), mean);
  return cast(clip(values, min, max), dtype);
}
