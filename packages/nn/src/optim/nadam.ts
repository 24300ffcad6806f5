import { add, div, mul, sqrt, square, sub } from '@gai/core';
import { checkDecays, checkNotNegative } from './check.ts';
import type { AdamOptions, AdamSettings } from './adam.ts';
import { withDecay } from './decay.ts';
import { Groups } from './groups.ts';
import type { Optimizer } from './optimizer.ts';

/** Options of {@link nadam}. */
export interface NAdamOptions extends AdamOptions {
  /** How fast the momentum rises to b1. Default 4e-3. */
  readonly momentumDecay?: number | undefined;
}

/**
 * NAdam: Adam that looks ahead along its momentum, as PyTorch's. With `μₜ = b1·(1 − 0.96^(t·ψ) / 2)` and `Πₜ = μ₁…μₜ`:
 * `θ ← θ − lr · ((1 − μₜ) / (1 − Πₜ) · g + μₜ₊₁ / (1 − Πₜ₊₁) · m) / (√v̂ + ε)`. Weight decay is added to the gradient.
 *
 * @param options.learningRate - Per update. Default 2e-3.
 * @param options.b1 - Default 0.9.
 * @param options.b2 - Default 0.999.
 * @param options.eps - Default 1e-8.
 * @param options.momentumDecay - ψ. Default 4e-3.
 * @param options.weightDecay - Default 0.
 * @param options.groups - Parameters with settings of their own.
 * @example
 * nadam().slots; // => ['m', 'v']
 * @see Dozat 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
 * @category Optimizers
 */
export function nadam(options: NAdamOptions = {}): Optimizer {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, momentumDecay = 4e-3 } = options;
  checkDecays('nadam', { b1, b2 });
  checkNotNegative('nadam', { eps, momentumDecay });
  const groups = new Groups<AdamSettings>(
    { learningRate: options.learningRate ?? 2e-3, weightDecay: options.weightDecay ?? 0 },
    options.groups,
  );
  const momentum = (step: number): number => b1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));
  const product = products(momentum);
  return {
    name: 'nadam',
    slots: ['m', 'v'],
    scalars: (at) => {
      const ofGradient = (1 - momentum(at)) / (1 - product(at));
      const ofMomentum = momentum(at + 1) / (1 - product(at) * momentum(at + 1));
      return {
        rootCorrection: Math.sqrt(1 - b2 ** at),
        ...groups.rateScalars(at, (rate) => rate * ofGradient, 'gradientSize'),
        ...groups.rateScalars(at, (rate) => rate * ofMomentum, 'momentumSize'),
      };
    },
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => {
          const g = withDecay(item, groups.all[group]!.weightDecay);
          const m = add(mul(item.slots['m']!, b1), mul(g, 1 - b1));
          const v = add(mul(item.slots['v']!, b2), mul(square(g), 1 - b2));
          const root = add(div(sqrt(v), scalars['rootCorrection']!), eps);
          const move = add(mul(g, scalars[`gradientSize${group}`]!), mul(m, scalars[`momentumSize${group}`]!));
          return { parameter: sub(item.parameter, div(move, root)), slots: { m, v } };
        },
        settings,
      ),
  };
}

/** The product of `factor(1)` to `factor(step)`; steps usually follow each other, so the last one is remembered. */
function products(factor: (step: number) => number): (step: number) => number {
  let known = { step: 0, product: 1 };
  return (step) => {
    let { product } = step >= known.step ? known : { product: 1 };
    for (let next = step >= known.step ? known.step + 1 : 1; next <= step; next += 1) product *= factor(next);
    known = { step, product };
    return product;
  };
}
