import { add, mul, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkNotNegative } from './check.ts';
import { Groups } from './groups.ts';
import type { BaseSettings, ParameterGroup } from './groups.ts';
import type { Optimizer, OptimizerItem, OptimizerUpdate } from './optimizer.ts';

/** What {@link sgd} can set per parameter group. */
export interface SGDSettings extends BaseSettings {
  /** Adds `weightDecay · θ` to the gradient. Default 0. */
  readonly weightDecay: number;
}

/** Options of {@link sgd}. */
export interface SGDOptions extends Partial<SGDSettings> {
  /** Share of the last update that is kept. Default 0. */
  readonly momentum?: number;
  /** Look ahead along the momentum (needs momentum). Default false. */
  readonly nesterov?: boolean;
  /** Parameters with settings of their own; the first group that matches counts. */
  readonly groups?: readonly ParameterGroup<SGDSettings>[];
}

/**
 * Stochastic gradient descent: `v ← μ·v + g`, `θ ← θ − lr·v` (Nesterov: `θ ← θ − lr·(g + μ·v)`), as PyTorch's.
 *
 * @param options.learningRate - Per update. Default 0.01.
 * @param options.momentum - μ. Default 0.
 * @param options.nesterov - Default false.
 * @param options.weightDecay - L2 penalty added to the gradient. Default 0.
 * @param options.groups - Parameters with settings of their own.
 * @example
 * sgd({ learningRate: 0.1, momentum: 0.9 }).slots; // => ['momentum']
 * @see Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html
 * @category Optimizers
 */
export function sgd(options: SGDOptions = {}): Optimizer {
  checkOptionNames('sgd', options, ['momentum', 'nesterov', 'groups', 'weightDecay', 'learningRate']);
  const { momentum = 0, nesterov = false } = options;
  checkNotNegative('sgd', { momentum });
  const groups = new Groups<SGDSettings>(
    { learningRate: options.learningRate ?? 0.01, weightDecay: options.weightDecay ?? 0 },
    options.groups,
  );
  const step = (item: OptimizerItem, decay: number, rate: Tensor): OptimizerUpdate => {
    const gradient = decay === 0 ? item.gradient : add(item.gradient, mul(item.parameter, decay));
    if (momentum === 0) return { parameter: sub(item.parameter, mul(rate, gradient)), slots: {} };
    const velocity = add(mul(item.slots['momentum']!, momentum), gradient);
    const direction = nesterov ? add(gradient, mul(velocity, momentum)) : velocity;
    return { parameter: sub(item.parameter, mul(rate, direction)), slots: { momentum: velocity } };
  };
  return {
    name: 'sgd',
    slots: momentum === 0 ? [] : ['momentum'],
    scalars: (at) => Object.fromEntries(groups.rates(at).map((rate, index) => [`learningRate${index}`, rate])),
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => step(item, groups.all[group]!.weightDecay, scalars[`learningRate${group}`]!),
        settings,
      ),
  };
}
