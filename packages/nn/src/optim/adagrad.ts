import { add, div, mul, sqrt, square, sub } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkNotNegative } from './check.ts';
import { withDecay } from './decay.ts';
import { Groups } from './groups.ts';
import type { BaseSettings, ParameterGroup } from './groups.ts';
import type { Optimizer } from './optimizer.ts';

/** What {@link adagrad} can set per parameter group. */
export interface AdagradSettings extends BaseSettings {
  /** Adds `weightDecay · θ` to the gradient. Default 0. */
  readonly weightDecay: number;
}

/** Options of {@link adagrad}. */
export interface AdagradOptions extends Partial<AdagradSettings> {
  /** The rate of update t, from 0, is divided by `1 + t · learningRateDecay`. Default 0. */
  readonly learningRateDecay?: number | undefined;
  /** What the sum of squares starts with. Default 0. */
  readonly initialAccumulatorValue?: number | undefined;
  /** Added to the root for stability. Default 1e-10. */
  readonly eps?: number | undefined;
  /** Parameters with settings of their own; the first group that matches counts. */
  readonly groups?: readonly ParameterGroup<AdagradSettings>[] | undefined;
}

/**
 * Adagrad: `s ← s + g²`, `θ ← θ − lr · g / (√s + ε)`, as PyTorch's: rare features keep a high rate.
 *
 * @param options.learningRate - Per update. Default 0.01.
 * @param options.learningRateDecay - Default 0.
 * @param options.initialAccumulatorValue - Default 0.
 * @param options.eps - Default 1e-10.
 * @param options.weightDecay - L2 penalty added to the gradient. Default 0.
 * @param options.groups - Parameters with settings of their own.
 * @example
 * adagrad({ learningRate: 0.1 }).slots; // => ['squares']
 * @see Duchi et al. 2011, https://jmlr.org/papers/v12/duchi11a.html
 * @category Optimizers
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  checkOptionNames('adagrad', options, [
    'learningRateDecay',
    'initialAccumulatorValue',
    'eps',
    'groups',
    'weightDecay',
    'learningRate',
  ]);
  const { learningRateDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 } = options;
  checkNotNegative('adagrad', { learningRateDecay, initialAccumulatorValue, eps });
  const groups = new Groups<AdagradSettings>(
    { learningRate: options.learningRate ?? 0.01, weightDecay: options.weightDecay ?? 0 },
    options.groups,
  );
  return {
    name: 'adagrad',
    slots: ['squares'],
    scalars: (at, updates = at) => groups.rateScalars(at, (rate) => rate / (1 + (updates - 1) * learningRateDecay)),
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => {
          const g = withDecay(item, groups.all[group]!.weightDecay);
          // The slot starts at zero, so what the sum starts with is added where it is used.
          const squares = add(item.slots['squares']!, square(g));
          const total = initialAccumulatorValue === 0 ? squares : add(squares, initialAccumulatorValue);
          const update = div(mul((item.scalars ?? scalars)[`learningRate${group}`]!, g), add(sqrt(total), eps));
          return { parameter: sub(item.parameter, update), slots: { squares } };
        },
        settings,
      ),
  };
}
