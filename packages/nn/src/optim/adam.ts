import { add, div, mul, sqrt, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkDecays, checkNotNegative } from './check.ts';
import { Groups } from './groups.ts';
import type { BaseSettings, ParameterGroup } from './groups.ts';
import type { Optimizer, OptimizerItem, OptimizerUpdate } from './optimizer.ts';

/** What {@link adam} and {@link adamW} can set per parameter group. */
export interface AdamSettings extends BaseSettings {
  /** Strength of weight decay. Default 0 for adam, 0.01 for adamW. */
  readonly weightDecay: number;
}

/** Options of {@link adam} and {@link adamW}. */
export interface AdamOptions extends Partial<AdamSettings> {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly b1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  readonly b2?: number;
  /** Added to the root for stability. Default 1e-8. */
  readonly eps?: number;
  /** Parameters with settings of their own; the first group that matches counts. */
  readonly groups?: readonly ParameterGroup<AdamSettings>[];
}

/**
 * Adam: `m ← b1·m + (1−b1)·g`, `v ← b2·v + (1−b2)·g²`, `θ ← θ − lr · m̂ / (√v̂ + ε)` with bias-corrected m̂ and v̂, as
 * PyTorch's. Weight decay is added to the gradient; use {@link adamW} for the decoupled kind.
 *
 * @param options.learningRate - Per update. Default 1e-3.
 * @example
 * adam({ learningRate: 1e-3 }).slots; // => ['m', 'v']
 * @see Kingma & Ba 2015, https://arxiv.org/abs/1412.6980
 * @category Optimizers
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptionNames('adam', options, ['b1', 'b2', 'eps', 'groups', 'weightDecay', 'learningRate']);
  return build('adam', { weightDecay: 0, ...options }, false);
}

/**
 * AdamW: {@link adam} with decoupled weight decay, `θ ← (1 − lr·λ)·θ` before the update, as PyTorch's.
 *
 * @param options.learningRate - Per update. Default 1e-3.
 * @param options.weightDecay - λ. Default 0.01.
 * @example
 * const noDecay = { parameters: /bias$/, weightDecay: 0 };
 * adamW({ learningRate: 3e-4, groups: [noDecay] }).name; // => 'adamW'
 * @see Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101
 * @category Optimizers
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  checkOptionNames('adamW', options, ['b1', 'b2', 'eps', 'groups', 'weightDecay', 'learningRate']);
  return build('adamW', { weightDecay: 0.01, ...options }, true);
}

interface AdamRule {
  readonly b1: number;
  readonly b2: number;
  readonly eps: number;
  readonly decoupled: boolean;
}

function build(name: string, options: AdamOptions & { readonly weightDecay: number }, decoupled: boolean): Optimizer {
  const rule: AdamRule = { b1: options.b1 ?? 0.9, b2: options.b2 ?? 0.999, eps: options.eps ?? 1e-8, decoupled };
  checkDecays(name, { b1: rule.b1, b2: rule.b2 });
  checkNotNegative(name, { eps: rule.eps });
  const groups = new Groups<AdamSettings>(
    { learningRate: options.learningRate ?? 1e-3, weightDecay: options.weightDecay },
    options.groups,
  );
  return {
    name,
    slots: ['m', 'v'],
    scalars: (step, updates = step) => {
      const rootCorrection = Math.sqrt(1 - rule.b2 ** updates);
      const scalars: Record<string, number> = { eps: rule.eps * rootCorrection };
      groups.rates(step).forEach((rate, index) => {
        scalars[`stepSize${index}`] = (rate * rootCorrection) / (1 - rule.b1 ** updates);
        scalars[`keep${index}`] = 1 - rate * groups.all[index]!.weightDecay;
      });
      return scalars;
    },
    update: (items, scalars, settings) =>
      groups.update(
        items,
        (item, group) => {
          const given = item.scalars ?? scalars;
          const own = { stepSize: given[`stepSize${group}`]!, keep: given[`keep${group}`]! };
          return updateOne(item, rule, { ...own, eps: given['eps']!, decay: groups.all[group]!.weightDecay });
        },
        settings,
      ),
  };
}

interface AdamScalars {
  /** lr · √(1 − b2ᵗ) / (1 − b1ᵗ). */
  readonly stepSize: Tensor;
  /** 1 − lr·λ. */
  readonly keep: Tensor;
  /** ε · √(1 − b2ᵗ). */
  readonly eps: Tensor;
  readonly decay: number;
}

function updateOne(item: OptimizerItem, rule: AdamRule, scalars: AdamScalars): OptimizerUpdate {
  const { parameter } = item;
  const coupled = scalars.decay !== 0 && !rule.decoupled;
  const g = coupled ? add(item.gradient, mul(parameter, scalars.decay)) : item.gradient;
  const m = flushed(add(mul(item.slots['m']!, rule.b1), mul(g, 1 - rule.b1)));
  const v = add(mul(item.slots['v']!, rule.b2), mul(mul(g, g), 1 - rule.b2));
  // With c = √(1 − b2ᵗ): 1 / (√v̂ + ε) = c / (√v + c·ε), which saves a pass over the parameters.
  const root = add(sqrt(v), scalars.eps);
  const kept = scalars.decay !== 0 && rule.decoupled ? mul(parameter, scalars.keep) : parameter;
  return { parameter: sub(kept, mul(scalars.stepSize, div(m, root))), slots: { m, v } };
}

/** Far above the denormal numbers of float32 (below 1.2e-38), and far below any moment that moves a parameter. */
const TINY = 1e-30;

/**
 * Rounds what is smaller than TINY to multiples of 9e-38; larger numbers keep all but perhaps their last bit. Without it the
 * moment of a dead unit ends among the denormal numbers and stays there (0.9 of the least one rounds to itself), and many
 * processors take a hundred times as long for each of those.
 */
const flushed = (m: Tensor): Tensor => (m.dtype === 'float32' ? sub(add(m, TINY), TINY) : m);
