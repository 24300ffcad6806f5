import { checkArgument, checkNumber, checkOptionNames } from '../argument.ts';
import { dimAdd, dimEquals, dimFloorDiv, dimMul } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { ArgumentError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { argmax } from '../ops/along-axis.ts';
import { less } from '../ops/compare.ts';
import { add, div, log, mul, sub } from '../ops/elementwise.ts';
import { slice, split } from '../ops/movement.ts';
import { cast, full, reshape } from '../ops/structural.ts';
import { sin } from '../ops/trigonometry.ts';
import { sqrt } from '../ops/unary.ts';
import { normalizeAxis, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { bits, checkDraw } from './bits.ts';
import { gumbel } from './continuous.ts';
import { openUniform } from './open-uniform.ts';

/** Settings of {@link uniform}. */
export interface UniformOptions {
  /** Smallest value. Default 0. */
  readonly min?: number | undefined;
  /** Upper end, left out. Default 1. */
  readonly max?: number | undefined;
  /** A float dtype. Default `float32`. */
  readonly dtype?: DType | undefined;
}

/**
 * Floats evenly spread over `[min, max)`: `min + (max − min)·n/2^24`, `n` the upper 24 bits of {@link bits}.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.min - Default 0.
 * @param options.max - Left out, except where rounding `min + …` reaches it. Default 1.
 * @param options.dtype - Default `float32`.
 * @example
 * const [x = 0] = await data(uniform(key(0), [1], { min: -1, max: 1 }));
 * x >= -1 && x < 1; // => true
 * @category Random
 */
export function uniform(key: Tensor, shape: Shape, options: UniformOptions = {}): Tensor {
  checkOptionNames('uniform', options, ['min', 'max', 'dtype']);
  const { min = 0, max = 1, dtype = 'float32' } = options;
  checkDraw({ key, shape, dtype }, 'uniform');
  const fits = Number.isFinite(min) && Number.isFinite(max) && min <= max;
  checkArgument(fits, [min, max], { op: 'uniform', name: '[min, max]', rule: 'finite numbers, min up to max' });
  const whole = cast(div(bits(key, shape), 256), 'float32');
  const scaled = mul(whole, (max - min) * 2 ** -24);
  return cast(min === 0 ? scaled : add(scaled, min), dtype);
}

/** Settings of {@link normal}. */
export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number | undefined;
  /** Standard deviation. Default 1. */
  readonly std?: number | undefined;
  /** A float dtype. Default `float32`. */
  readonly dtype?: DType | undefined;
}

const QUARTER_TURN = [[Math.PI / 2], [0]];

/**
 * Normally distributed floats, two from each pair of random words (Box-Muller). No value is beyond 5.8 standard
 * deviations. Backends differ by rounding.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.mean - Default 0.
 * @param options.std - Standard deviation. Default 1.
 * @param options.dtype - Default `float32`.
 * @example
 * normal(key(0), [784, 256], { std: 0.05 }).shape; // => [784, 256]
 * @category Random
 */
export function normal(key: Tensor, shape: Shape, options: NormalOptions = {}): Tensor {
  checkOptionNames('normal', options, ['mean', 'std', 'dtype']);
  const { mean = 0, std = 1, dtype = 'float32' } = options;
  checkDraw({ key, shape, dtype }, 'normal');
  checkNumber(mean, { op: 'normal', name: 'mean', rule: 'a number' });
  checkArgument(std >= 0, std, { op: 'normal', name: 'std', rule: 'a number of 0 or more' });
  const count = sizeOf(shape);
  const pairs = dimFloorDiv(dimAdd(count, 1), 2);
  const [first, second] = split(bits(key, [2, pairs]), 2);
  const radius = sqrt(mul(log(openUniform(first!)), -2 * std * std));
  // The cosine is the sine a quarter turn on.
  const angle = mul(cast(div(second!, 256), 'float32'), 2 * Math.PI * 2 ** -24);
  const both = reshape(mul(radius, sin(add(angle, tensor(QUARTER_TURN)))), [dimMul(pairs, 2)]);
  const kept = dimEquals(dimMul(pairs, 2), count) ? both : slice(both, [[0, count]]);
  const values = reshape(kept, shape);
  return cast(mean === 0 ? values : add(values, mean), dtype);
}

/**
 * True with probability `p`, each element by itself: `uniform < p`.
 * @param key - Consumed.
 * @param p - Probability of true: a number, or a tensor that broadcasts with `shape`.
 * @param shape - Any shape; sizes may be symbolic.
 * @returns dtype bool.
 * @throws {@link ArgumentError} if a number `p` is not between 0 and 1.
 * @example
 * await toArray(bernoulli(key(0), 1, [2])); // => [true, true]
 * @category Random
 */
export function bernoulli(key: Tensor, p: TensorLike, shape: Shape): Tensor {
  checkDraw({ key, shape }, 'bernoulli');
  if (typeof p !== 'number') return less(uniform(key, shape), p);
  if (!(p >= 0 && p <= 1)) {
    throw new ArgumentError(`bernoulli: not a probability. Got p ${p}; expected 0 to 1.`, {
      op: 'bernoulli',
      details: { p },
    });
  }
  // The same as `uniform < p`, on the bits themselves.
  const limit = Math.ceil(p * 2 ** 24) * 256;
  const drawn = bits(key, shape);
  return limit === 2 ** 32 ? full(shape, 1, 'bool') : less(drawn, limit);
}

/** The range of {@link randint}. */
export interface RandintOptions {
  /** Smallest value. Default 0. */
  readonly min?: number | undefined;
  /** Upper end, left out. */
  readonly max: number;
}

/**
 * Whole numbers in `[min, max)`, each equally likely up to `(max − min)/2^32`.
 * @param key - Consumed.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.min - Default 0.
 * @param options.max - Left out.
 * @returns dtype int32.
 * @throws {@link ArgumentError} if the range is empty or exceeds int32.
 * @example
 * await toArray(randint(key(0), [2], { min: 7, max: 8 })); // => [7, 7]
 * @category Random
 */
export function randint(key: Tensor, shape: Shape, options: RandintOptions): Tensor {
  checkOptionNames('randint', options, ['min', 'max']);
  const { min = 0, max } = options;
  const fits = Number.isInteger(min) && Number.isInteger(max) && min >= -(2 ** 31) && max <= 2 ** 31;
  if (!fits || max <= min) {
    throw new ArgumentError(
      `randint: not a range. Got min ${min}, max ${max}; expected whole numbers of int32 with min below max.`,
      { op: 'randint', details: { min, max } },
    );
  }
  checkDraw({ key, shape }, 'randint');
  const drawn = bits(key, shape);
  const range = max - min;
  // The remainder without Mod, which WebGPU lacks. Adding min last, in uint32, has the bits of int32.
  const rest = range === 2 ** 32 ? drawn : sub(drawn, mul(div(drawn, range), range));
  return cast(min === 0 ? rest : add(rest, min >>> 0), 'int32');
}

/**
 * Samples indices with probabilities `softmax(logits)` along an axis. A logit of −∞ is never chosen, unless all are.
 * @param key - Consumed.
 * @param logits - Unnormalised log-probabilities, in nats.
 * @param options.axis - Default -1.
 * @returns int32, without the axis.
 * @example
 * await item(categorical(key(0), tensor([0, -Infinity]))); // => 0
 * @category Random
 */
export function categorical(
  key: Tensor,
  logits: TensorLike,
  options: { readonly axis?: number | undefined } = {},
): Tensor {
  checkOptionNames('categorical', options, ['axis']);
  const operand = asTensor(logits, 'categorical');
  checkDraw({ key, shape: operand.shape }, 'categorical');
  const axis = normalizeAxis(options.axis ?? -1, operand.shape.length, 'categorical');
  return argmax(add(operand, gumbel(key, operand.shape)), { axis });
}
