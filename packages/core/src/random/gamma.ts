import { checkArgument, checkOptionNames } from '../argument.ts';
import type { Tensor } from '../ir/tensor.ts';
import { greater, less, logicalAnd, where } from '../ops/compare.ts';
import { add, div, log, mul, pow, square, sub } from '../ops/elementwise.ts';
import { cast, stopGradient, sum } from '../ops/structural.ts';
import { sqrt } from '../ops/unary.ts';
import { normalizeAxis } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { bits, checkDraw } from './bits.ts';
import type { DrawOptions } from './continuous.ts';
import { normal } from './distributions.ts';
import { split } from './key.ts';
import { openUniform } from './open-uniform.ts';

/** Proposals for each value. Each is accepted with probability 0.95 or more, so that all fail once in 10^10. */
const PROPOSALS = 8;

/** `d·v` with `v = (1 + c·x)³`, x normal, where it is accepted, which is so where `ln u < x²/2 + d − d·v + d·ln v`. */
function propose(key: Tensor, shape: Shape, given: { d: Tensor; c: Tensor; otherwise: Tensor }): Tensor {
  const { d, c, otherwise } = given;
  const [forNormal, forUniform] = split(key);
  const x = normal(forNormal!, shape);
  const root = add(mul(x, c), 1);
  const v = mul(square(root), root);
  const positive = greater(v, 0);
  const room = add(sub(1, v), log(where(positive, v, 1)));
  const limit = add(mul(square(x), 0.5), mul(d, room));
  const accepted = logicalAnd(positive, less(log(openUniform(bits(forUniform!, shape))), limit));
  return where(accepted, mul(d, v), otherwise);
}

/**
 * Gamma distributed floats of scale 1: density `x^(a−1) e^−x / Γ(a)`, mean `a`, variance `a`.
 *
 * Eight proposals are drawn for every value and the first that is accepted is kept (Marsaglia and Tsang), so there is no
 * loop and the time is the same for every key. No gradient flows to `a`.
 * @param key - Consumed.
 * @param a - The concentration, above 0: a number, or a tensor that broadcasts to `shape`.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.dtype - Default `float32`.
 * @example
 * gamma(key(0), 2.5, [3]).shape; // => [3]
 * @see Marsaglia and Tsang 2000, https://doi.org/10.1145/358407.358414
 * @category Random
 */
export function gamma(key: Tensor, a: TensorLike, shape: Shape, options: DrawOptions = {}): Tensor {
  checkOptionNames('gamma', options, ['dtype']);
  checkDraw({ key, shape, dtype: options.dtype }, 'gamma');
  const known = typeof a !== 'number' || (a > 0 && a < Infinity);
  checkArgument(known, a, { op: 'gamma', name: 'a', rule: 'a finite number above 0' });
  const given = cast(stopGradient(asTensor(a, 'gamma', 'float32')), 'float32');
  const [forBoost, ...proposals] = split(key, PROPOSALS + 1);
  // Below 1 that of a + 1, times u^(1/a).
  const isSmall = less(given, 1);
  const d = sub(where(isSmall, add(given, 1), given), 1 / 3);
  const c = div(1 / 3, sqrt(d));
  let value = d;
  // The first proposal last, so that it wins.
  for (const proposal of proposals.toReversed()) value = propose(proposal, shape, { d, c, otherwise: value });
  const boost = where(isSmall, pow(openUniform(bits(forBoost!, shape)), div(1, given)), 1);
  return cast(mul(value, boost), options.dtype ?? 'float32');
}

/**
 * Beta distributed floats in (0, 1): density proportional to `x^(a−1) (1 − x)^(b−1)`, mean `a / (a + b)`.
 *
 * Made of two {@link gamma} draws; no gradient flows to `a` and `b`.
 * @param key - Consumed.
 * @param concentrations - `[a, b]`, both above 0: numbers, or tensors that broadcast to `shape`.
 * @param shape - Any shape; sizes may be symbolic.
 * @param options.dtype - Default `float32`.
 * @example
 * beta(key(0), [0.2, 0.2], [3]).shape; // => [3]
 * @category Random
 */
export function beta(
  key: Tensor,
  concentrations: readonly [a: TensorLike, b: TensorLike],
  shape: Shape,
  options: DrawOptions = {},
): Tensor {
  checkOptionNames('beta', options, ['dtype']);
  checkDraw({ key, shape, dtype: options.dtype }, 'beta');
  const [first, second] = split(key);
  const x = gamma(first!, concentrations[0], shape);
  const y = gamma(second!, concentrations[1], shape);
  return cast(div(x, add(x, y)), options.dtype ?? 'float32');
}

/**
 * Dirichlet distributed probabilities: rows that sum to 1, with means `alpha / Σ alpha`.
 *
 * Made of {@link gamma} draws; no gradient flows to `alpha`.
 * @param key - Consumed.
 * @param alpha - `[..., k]`, the concentrations, above 0. Expand it for several rows.
 * @param options.dtype - Default `float32`.
 * @returns The shape of `alpha`.
 * @example
 * dirichlet(key(0), tensor([1, 1, 1])).shape; // => [3]
 * @category Random
 */
export function dirichlet(key: Tensor, alpha: TensorLike, options: DrawOptions = {}): Tensor {
  checkOptionNames('dirichlet', options, ['dtype']);
  const concentrations = asTensor(alpha, 'dirichlet');
  normalizeAxis(-1, concentrations.shape.length, 'dirichlet');
  checkDraw({ key, shape: concentrations.shape, dtype: options.dtype }, 'dirichlet');
  const drawn = gamma(key, concentrations, concentrations.shape);
  return cast(div(drawn, sum(drawn, { axis: -1, keepDims: true })), options.dtype ?? 'float32');
}
