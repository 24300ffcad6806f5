import { ArgumentError, add, greater, mul, sub, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkOptimizer } from './check.ts';
import type { Optimizer } from './optimizer.ts';

const SLOT = 'average';

/** Options of {@link ema}. */
export interface EmaOptions {
  /** Share of the average that is kept at each update, from 0 to 1. Default 0.999. */
  readonly decay?: number | undefined;
  /**
   * Start with a faster average: at update t the decay is at most `t / (t + 9)`, so that the first weights are soon
   * forgotten. Default false.
   */
  readonly warmup?: boolean | undefined;
}

/**
 * An optimizer that also keeps an exponential moving average of the weights: `a ← decay · a + (1 − decay) · θ` after each
 * update, beginning with the weights before the first. Averages often measure better than the last weights.
 *
 * The averages are part of the step's state and of checkpoints; {@link averagedWeights} takes them out, `withWeights`
 * measures with them and `loadAverages` ends a `fit` with them.
 * @param optimizer - What trains the weights.
 * @param options.decay - Default 0.999.
 * @param options.warmup - Default false.
 * @throws {@link ArgumentError} if decay is not from 0 to 1.
 * @example
 * ema(adamW(), { decay: 0.99 }).slots; // => ['m', 'v', 'average']
 * @see Polyak and Juditsky 1992, https://doi.org/10.1137/0330046
 * @category Optimizers
 */
export function ema(optimizer: Optimizer, options: EmaOptions = {}): Optimizer {
  checkOptionNames('ema', options, ['decay', 'warmup']);
  checkOptimizer('ema', optimizer);
  const { decay = 0.999, warmup = false } = options;
  if (!(decay >= 0 && decay <= 1)) {
    throw new ArgumentError(`ema: decay is out of range. Got ${decay}; expected a number from 0 to 1.`, { op: 'ema' });
  }
  return {
    name: `ema(${optimizer.name})`,
    slots: [...optimizer.slots, SLOT],
    ...(optimizer.slotsOf && { slotsOf: (name, shape) => [...optimizer.slotsOf!(name, shape), SLOT] }),
    scalars: (at, updates = at) => ({
      ...optimizer.scalars(at, updates),
      averageDecay: warmup ? Math.min(decay, updates / (updates + 9)) : decay,
      averageBegins: Number(updates === 1),
    }),
    update: (items, scalars, settings) =>
      optimizer.update(items, scalars, settings).map((update, index) => {
        const { parameter, slots, scalars: own = scalars } = items[index]!;
        const before = where(greater(own['averageBegins']!, 0), parameter, slots[SLOT]!);
        // a + (1 − decay)·(θ − a): one pass less than two products.
        const average = add(before, mul(sub(update.parameter, before), sub(1, own['averageDecay']!)));
        return { ...update, slots: { ...update.slots, [SLOT]: average } };
      }),
  };
}

/**
 * The averages that {@link ema} has kept, by parameter: a state dict for `withWeights` or `loadStateDict(…, { strict:
 * false })`.
 * @param state - As from a train step's `state()`, `FitContext.checkpoint()` or `loadCheckpoint`.
 * @param model - The name the step knows the model by. Default `model`, as in `fit`.
 * @throws {@link ArgumentError} if there are no averages of that model.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 1 });
 * const step = trainStep({ models: { model }, optimizers: { model: ema(sgd()) } }, (models, { x }: { x: Tensor }) => ({
 *   losses: { model: mean(models.model.forward(x)) },
 * }));
 * await step({ x: tensor([[1]]) });
 * Object.keys(averagedWeights(step.state())); // => ['weight', 'bias']
 * @category Optimizers
 */
export function averagedWeights(
  state: { readonly tensors: Readonly<Record<string, Tensor>> },
  model = 'model',
): Record<string, Tensor> {
  const prefix = `optimizer.${SLOT}.${model}.`;
  const found = Object.entries(state.tensors).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
  if (found.length > 0) return Object.fromEntries(found);
  throw new ArgumentError(
    `averagedWeights: no averages. Got a state without '${prefix}…'; expected one of a step with ema(optimizer) for ` +
      `'${model}'. Wrap the optimizer.`,
    { op: 'averagedWeights' },
  );
}
