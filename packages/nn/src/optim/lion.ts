import { add, mul, sign, sub } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkDecays } from './check.ts';
import { Groups } from './groups.ts';
import type { BaseSettings, ParameterGroup } from './groups.ts';
import type { Optimizer } from './optimizer.ts';

/** What {@link lion} can set per parameter group. */
export interface LionSettings extends BaseSettings {
  /** Strength of decoupled weight decay. Default 0. */
  readonly weightDecay: number;
}

/** Options of {@link lion}. */
export interface LionOptions extends Partial<LionSettings> {
  /** Share of the momentum in the direction of an update. Default 0.9. */
  readonly b1?: number | undefined;
  /** Decay of the momentum. Default 0.99. */
  readonly b2?: number | undefined;
  /** Parameters with settings of their own; the first group that matches counts. */
  readonly groups?: readonly ParameterGroup<LionSettings>[] | undefined;
}

/**
 * Lion: `θ ← θ − lr · (sign(b1·m + (1−b1)·g) + λ·θ)`, then `m ← b2·m + (1−b2)·g`: every element moves by the same amount,
 * with half of Adam's memory. The rate is about a tenth of Adam's, the weight decay ten times it.
 *
 * @param options.learningRate - Per update. Default 1e-4.
 * @param options.b1 - Default 0.9.
 * @param options.b2 - Default 0.99.
 * @param options.weightDecay - λ. Default 0.
 * @param options.groups - Parameters with settings of their own.
 * @example
 * lion({ learningRate: 1e-4, weightDecay: 0.1 }).slots; // => ['m']
 * @see Chen et al. 2023, algorithm 2, https://arxiv.org/abs/2302.06675
 * @category Optimizers
 */
export function lion(options: LionOptions = {}): Optimizer {
  checkOptionNames('lion', options, ['b1', 'b2', 'groups', 'weightDecay', 'learningRate']);
  const { b1 = 0.9, b2 = 0.99 } = options;
  checkDecays('lion', { b1, b2 });
  const groups = new Groups<LionSettings>(
    { learningRate: options.learningRate ?? 1e-4, weightDecay: options.weightDecay ?? 0 },
    options.groups,
  );
  return {
    name: 'lion',
    slots: ['m'],
    scalars: (at) => groups.rateScalars(at),
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => {
          const { parameter, gradient } = item;
          const decay = groups.all[group]!.weightDecay;
          const before = item.slots['m']!;
          const direction = sign(add(mul(before, b1), mul(gradient, 1 - b1)));
          const move = decay === 0 ? direction : add(direction, mul(parameter, decay));
          const m = add(mul(before, b2), mul(gradient, 1 - b2));
          return { parameter: sub(parameter, mul(scalars[`learningRate${group}`]!, move)), slots: { m } };
        },
        settings,
      ),
  };
}
