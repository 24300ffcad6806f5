import { ArgumentError, add, greater, mul, where } from '@gai/core';
import type { Optimizer } from './optimizer.ts';

const SLOT = 'accumulated';

/**
 * An optimizer that updates every `steps` steps, by the mean of their gradients: the batch of one update in parts that
 * fit in memory. Between updates the parameters stay. Schedules count updates, not steps.
 *
 * Everything happens in the graph of the step. Clipping of what is accumulated goes inside:
 * `accumulate(chain(clipByGlobalNorm(1), adamW()), { steps: 4 })`.
 * @param optimizer - What makes the updates.
 * @param options.steps - Steps per update, at least 1.
 * @throws {@link ArgumentError} if `steps` is not a whole number of at least 1.
 * @example
 * accumulate(sgd({ learningRate: 0.1 }), { steps: 4 }).slots; // => ['accumulated']
 * @category Optimizers
 */
export function accumulate(optimizer: Optimizer, { steps }: { readonly steps: number }): Optimizer {
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new ArgumentError(`accumulate: steps is out of range. Got ${steps}; expected a whole number of at least 1.`, {
      op: 'accumulate',
      details: { steps },
    });
  }
  if (optimizer.slots.includes(SLOT)) {
    throw new ArgumentError(
      `accumulate: the optimizer accumulates already. Got ${optimizer.name}; expected one accumulate. Multiply the steps.`,
      { op: 'accumulate' },
    );
  }
  return {
    name: `accumulate(${optimizer.name})`,
    slots: [...optimizer.slots, SLOT],
    // The scalars of the update that this step belongs to; `updates` is 1 at its last step.
    scalars: (at) => ({ ...optimizer.scalars(Math.ceil(at / steps)), updates: Number(at % steps === 0) }),
    update: (items, scalars, settings) => {
      const isLast = greater(scalars['updates']!, 0);
      const summed = items.map(({ slots, gradient }) => add(slots[SLOT]!, mul(gradient, 1 / steps)));
      const updates = optimizer.update(
        items.map((item, index) => ({ ...item, gradient: summed[index]! })),
        scalars,
        settings,
      );
      return updates.map((update, index) => {
        const { parameter, slots } = items[index]!;
        const changed = Object.entries(update.slots).map(([name, value]) => [name, where(isLast, value, slots[name]!)]);
        return {
          parameter: where(isLast, update.parameter, parameter),
          slots: { ...Object.fromEntries(changed), [SLOT]: where(isLast, 0, summed[index]!) },
        };
      });
    },
  };
}
