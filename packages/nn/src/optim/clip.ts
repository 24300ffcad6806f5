import { ArgumentError, add, clip, div, minimum, mul, sqrt, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { joined, laidTogether, taken } from './lay-together.ts';
import type { GradientTransform } from './optimizer.ts';

/** `√Σ‖tᵢ‖²` over all tensors, as one scalar. */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  return sqrt(squaredNorm(tensors));
}

/** `Σ‖tᵢ‖²` over all tensors, as one scalar; small ones are laid end to end and summed as one. */
export function squaredNorm(tensors: readonly Tensor[]): Tensor {
  const squares = laidTogether(tensors).map((members) => {
    const one = members.length === 1 ? tensors[members[0]!]! : joined(members.map((member) => tensors[member]!));
    return sum(mul(one, one));
  });
  return squares.reduce((total, one) => add(total, one));
}

/** All tensors times one factor; small ones as one. */
function scaled(tensors: readonly Tensor[], factor: Tensor): Tensor[] {
  const results = [...tensors];
  for (const members of laidTogether(tensors)) {
    const own = members.map((member) => tensors[member]!);
    const products = own.length === 1 ? [mul(own[0]!, factor)] : taken(mul(joined(own), factor), own);
    products.forEach((product, index) => (results[members[index]!] = product));
  }
  return results;
}

/**
 * Scales all gradients by one factor so that their common norm is at most `maxNorm`: `g · min(1, maxNorm / (‖g‖ + 1e-6))`,
 * as PyTorch's `clip_grad_norm_`.
 * @param maxNorm - Largest norm left as it is.
 * @throws {@link ArgumentError} if it is not above 0.
 * @example
 * chain(clipByGlobalNorm(1), adamW()).name; // => 'clipByGlobalNorm+adamW'
 * @see Pascanu et al. 2013, https://arxiv.org/abs/1211.5063
 * @category Optimizers
 */
export function clipByGlobalNorm(maxNorm: number): GradientTransform {
  checkLimit('clipByGlobalNorm', 'maxNorm', maxNorm);
  return {
    name: 'clipByGlobalNorm',
    apply: (items) => {
      const gradients = items.map((item) => item.gradient);
      const factor = minimum(1, div(maxNorm, add(globalNorm(gradients), 1e-6)));
      return scaled(gradients, factor);
    },
  };
}

/**
 * Cuts every element of every gradient to `[−limit, limit]`.
 * @param limit - Largest size of an element.
 * @throws {@link ArgumentError} if it is not above 0.
 * @example
 * chain(clipByValue(0.5), sgd()).name; // => 'clipByValue+sgd'
 * @category Optimizers
 */
export function clipByValue(limit: number): GradientTransform {
  checkLimit('clipByValue', 'limit', limit);
  return { name: 'clipByValue', apply: (items) => items.map((item) => clip(item.gradient, -limit, limit)) };
}

/** 0 would stop all training, and less would turn every step around. */
function checkLimit(op: string, name: string, limit: number): void {
  if (limit > 0) return;
  throw new ArgumentError(`${op}: ${name} is no limit. Got ${limit}; expected a number above 0.`, { op });
}
