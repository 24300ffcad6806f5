import { add, div, mul, sqrt, square, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkNotNegative } from './check.ts';
import { Groups } from './groups.ts';
import type { BaseSettings, ParameterGroup } from './groups.ts';
import { withDecay } from './decay.ts';
import type { Optimizer, OptimizerItem, OptimizerUpdate } from './optimizer.ts';

/** What {@link rmsprop} can set per parameter group. */
export interface RMSpropSettings extends BaseSettings {
  /** Adds `weightDecay · θ` to the gradient. Default 0. */
  readonly weightDecay: number;
}

/** Options of {@link rmsprop}. */
export interface RMSpropOptions extends Partial<RMSpropSettings> {
  /** Decay of the mean of squared gradients. Default 0.99. */
  readonly alpha?: number | undefined;
  /** Added to the root for stability. Default 1e-8. */
  readonly eps?: number | undefined;
  /** Share of the last update that is kept. Default 0. */
  readonly momentum?: number | undefined;
  /** Divide by the deviation of gradients from their mean. Default false. */
  readonly centered?: boolean | undefined;
  /** Parameters with settings of their own; the first group that matches counts. */
  readonly groups?: readonly ParameterGroup<RMSpropSettings>[] | undefined;
}

/**
 * RMSProp: `v ← α·v + (1−α)·g²`, `θ ← θ − lr · g / (√v + ε)`, as PyTorch's. Centred, `v − ḡ²` with the mean gradient ḡ
 * stands for v; with momentum, `b ← μ·b + g / (√v + ε)`, `θ ← θ − lr·b`.
 *
 * @param options.learningRate - Per update. Default 0.01.
 * @param options.alpha - Default 0.99.
 * @param options.eps - Default 1e-8.
 * @param options.momentum - μ. Default 0.
 * @param options.centered - Default false.
 * @param options.weightDecay - L2 penalty added to the gradient. Default 0.
 * @param options.groups - Parameters with settings of their own.
 * @example
 * rmsprop({ centered: true, momentum: 0.9 }).slots; // => ['squares', 'mean', 'momentum']
 * @see Hinton 2012, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
 * @category Optimizers
 */
export function rmsprop(options: RMSpropOptions = {}): Optimizer {
  checkOptionNames('rmsprop', options, [
    'alpha',
    'eps',
    'momentum',
    'centered',
    'groups',
    'weightDecay',
    'learningRate',
  ]);
  const { alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
  checkNotNegative('rmsprop', { alpha, eps, momentum });
  const groups = new Groups<RMSpropSettings>(
    { learningRate: options.learningRate ?? 0.01, weightDecay: options.weightDecay ?? 0 },
    options.groups,
  );
  const average = (before: Tensor, now: Tensor): Tensor => add(mul(before, alpha), mul(now, 1 - alpha));
  const step = (item: OptimizerItem, decay: number, rate: Tensor): OptimizerUpdate => {
    const { parameter } = item;
    const g = withDecay(item, decay);
    const squares = average(item.slots['squares']!, square(g));
    const mean = centered ? average(item.slots['mean']!, g) : undefined;
    const spread = mean === undefined ? squares : sub(squares, square(mean));
    const scaled = div(g, add(sqrt(spread), eps));
    const slots = { squares, ...(mean && { mean }) };
    if (momentum === 0) return { parameter: sub(parameter, mul(rate, scaled)), slots };
    const velocity = add(mul(item.slots['momentum']!, momentum), scaled);
    return { parameter: sub(parameter, mul(rate, velocity)), slots: { ...slots, momentum: velocity } };
  };
  return {
    name: 'rmsprop',
    slots: ['squares', ...(centered ? ['mean'] : []), ...(momentum === 0 ? [] : ['momentum'])],
    scalars: (at) => groups.rateScalars(at),
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => step(item, groups.all[group]!.weightDecay, scalars[`learningRate${group}`]!),
        settings,
      ),
  };
}
