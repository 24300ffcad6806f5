import { GraphError } from '@gai/core';

/** Refuses a learning rate, or what an optimizer makes of it, that is not finite: every weight would become so. */
export function checkScalars(model: string, scalars: readonly (readonly [string, number])[], step: number): void {
  for (const [name, value] of scalars) {
    if (Number.isFinite(Math.fround(value))) continue;
    throw new GraphError(
      `trainStep: a scalar of the optimizer is not finite. Got ${name} = ${value} for '${model}' at step ${step}; expected ` +
        `a finite float32. Nothing was updated: the weights are those before step ${step}. Check the learning rate's schedule.`,
      { op: 'trainStep', details: { step, name, value, nonFinite: true } },
    );
  }
}
