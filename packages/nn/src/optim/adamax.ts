import { abs, add, div, maximum, mul, sub } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkDecays, checkNotNegative } from './check.ts';
import type { AdamOptions, AdamSettings } from './adam.ts';
import { withDecay } from './decay.ts';
import { Groups } from './groups.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * Adamax: Adam with the largest recent gradient in place of the root of the mean square: `u ← max(b2·u, |g| + ε)`,
 * `θ ← θ − lr / (1 − b1ᵗ) · m / u`, as PyTorch's. Weight decay is added to the gradient.
 *
 * @param options.learningRate - Per update. Default 2e-3.
 * @param options.b1 - Default 0.9.
 * @param options.b2 - Default 0.999.
 * @param options.eps - Default 1e-8.
 * @param options.weightDecay - Default 0.
 * @param options.groups - Parameters with settings of their own.
 * @example
 * adamax().slots; // => ['m', 'u']
 * @see Kingma & Ba 2015, section 7.1, https://arxiv.org/abs/1412.6980
 * @category Optimizers
 */
export function adamax(options: AdamOptions = {}): Optimizer {
  checkOptionNames('adamax', options, ['b1', 'b2', 'eps', 'groups', 'weightDecay', 'learningRate']);
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = options;
  checkDecays('adamax', { b1, b2 });
  checkNotNegative('adamax', { eps });
  const groups = new Groups<AdamSettings>(
    { learningRate: options.learningRate ?? 2e-3, weightDecay: options.weightDecay ?? 0 },
    options.groups,
  );
  return {
    name: 'adamax',
    slots: ['m', 'u'],
    scalars: (at, updates = at) => groups.rateScalars(at, (rate) => rate / (1 - b1 ** updates)),
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => {
          const g = withDecay(item, groups.all[group]!.weightDecay);
          const m = add(mul(item.slots['m']!, b1), mul(g, 1 - b1));
          const u = maximum(mul(item.slots['u']!, b2), add(abs(g), eps));
          const update = mul((item.scalars ?? scalars)[`learningRate${group}`]!, div(m, u));
          return { parameter: sub(item.parameter, update), slots: { m, u } };
        },
        settings,
      ),
  };
}
