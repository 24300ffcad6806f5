import { add, div, mul, sqrt, square, sub } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
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
  checkOptionNames('nadam', options, ['momentumDecay', 'b1', 'b2', 'eps', 'groups', 'weightDecay', 'learningRate']);
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
    scalars: (at, updates = at) => {
      const ofGradient = (1 - momentum(updates)) / (1 - product(updates));
      const ofMomentum = momentum(updates + 1) / (1 - product(updates) * momentum(updates + 1));
      return {
        rootCorrection: Math.sqrt(1 - b2 ** updates),
        ...groups.rateScalars(at, (rate) => rate * ofGradient, 'gradientSize'),
        ...groups.rateScalars(at, (rate) => rate * ofMomentum, 'momentumSize'),
      };
    },
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => {
          const own = item.scalars ?? scalars;
          const g = withDecay(item, groups.all[group]!.weightDecay);
          const m = add(mul(item.slots['m']!, b1), mul(g, 1 - b1));
          const v = add(mul(item.slots['v']!, b2), mul(square(g), 1 - b2));
          const root = add(div(sqrt(v), own['rootCorrection']!), eps);
          const move = add(mul(g, own[`gradientSize${group}`]!), mul(m, own[`momentumSize${group}`]!));
          return { parameter: sub(item.parameter, div(move, root)), slots: { m, v } };
        },
        settings,
      ),
  };
}

/** The product of `factor(1)` to `factor(step)`; each is computed once, until they are too small for a number. */
function products(factor: (step: number) => number): (step: number) => number {
  const known = [1];
  return (step) => {
    for (let next = known.length; next <= step && known[next - 1] !== 0; next += 1) {
      known.push(known[next - 1]! * factor(next));
    }
    return known[step] ?? 0;
  };
}
