import { GraphError, data } from '@gai/core';
import type { Tensor } from '@gai/core';

/** What of a step's result is looked at before the update counts. */
interface Checked {
  readonly losses: Readonly<Record<string, Tensor>>;
  readonly gradientNorm: Tensor;
}

/** A number that is not finite. */
export interface NonFinite {
  /** Which step, from 0. */
  readonly index: number;
  /** What was not finite. */
  readonly name: string;
  readonly value: number;
}

/** The first step with a loss or gradient norm that is not finite, of one step's or of several steps' results. */
export async function firstNonFinite(result: Checked): Promise<NonFinite | undefined> {
  let first: NonFinite | undefined;
  for (const [name, value] of [...Object.entries(result.losses), ['gradient norm', result.gradientNorm] as const]) {
    const numbers = Array.from(await data(value), Number);
    const index = numbers.findIndex((number) => !Number.isFinite(number));
    if (index >= 0 && (first === undefined || index < first.index)) first = { index, name, value: numbers[index]! };
  }
  return first;
}

export function nonFinite({ index, name, value }: NonFinite, before: number): GraphError {
  const step = before + index + 1;
  const what = name === 'gradient norm' ? 'the gradient' : `the loss '${name}'`;
  return new GraphError(
    `trainStep: ${what} is not finite. Got ${value} at step ${step}; expected a finite number. Nothing was updated: ` +
      `the weights are those of step ${before}. Lower the learning rate, clip gradients (clipByGlobalNorm), or check the data.`,
    { op: 'trainStep', details: { step, name, value, nonFinite: true } },
  );
}

export const noBatches = (): GraphError =>
  new GraphError('trainStep.many: no batch. Got an empty list; expected at least one batch. Collect batches first.', {
    op: 'trainStep.many',
  });

export function unknownModel(name: string, known: readonly string[]): GraphError {
  return new GraphError(
    `trainStep: '${name}' names no model with an optimizer. Got '${name}'; expected one of ${known.join(', ') || '(none)'}.` +
      ` Name each loss after the model it updates.`,
    { op: 'trainStep' },
  );
}

export function missingSlot(name: string): GraphError {
  return new GraphError(
    `trainStep.load: the state lacks '${name}'. Got a state of another optimizer or model; expected one saved by this step.`,
    { op: 'trainStep.load' },
  );
}

export function checkScalar(name: string, loss: Tensor): void {
  if (loss.shape.length === 0) return;
  throw new GraphError(
    `trainStep: the loss '${name}' is not a scalar. Got ${loss.shape.length} axes; expected none. Reduce it with mean.`,
    { op: 'trainStep' },
  );
}
