import { GraphError, data, isTensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { toNumber } from '@gai/core/ops';
import { checkAxes, checkChoice, checkCount, checkFunction, checkRecord, checkSeed } from './check-options.ts';
import { checkModel } from '../modules/check-model.ts';
import { checkOptimizer } from '../optim/check.ts';
import type { Models, TrainSetup, TrainStepOptions } from './train-step.ts';

/** Refuses arguments that would fail later, or do nothing. */
export function checkStep<M extends Models>(setup: TrainSetup<M>, compute: unknown, options: TrainStepOptions): void {
  const op = 'trainStep';
  checkRecord(op, 'setup', setup, '{ models: { model }, optimizers: { model: adamW() } }');
  checkRecord(op, 'setup.models', setup.models, '{ model }');
  checkRecord(op, 'setup.optimizers', setup.optimizers, '{ model: adamW() }');
  for (const model of Object.values(setup.models)) checkModel(op, model);
  for (const optimizer of Object.values<unknown>(setup.optimizers))
    if (optimizer != null) checkOptimizer(op, optimizer);
  checkFunction(op, 'the second argument', compute, '(models, batch) => ({ losses })');
  checkSeed(op, options.seed);
  checkCount(op, { accumulate: options.accumulate });
  checkAxes(op, options.dynamicAxes);
  checkChoice(op, 'nonFinite', options.nonFinite, ['error', 'allow']);
  checkChoice(op, 'masterWeights', options.masterWeights, [true, false]);
}

/** What of a step's result is looked at before the update counts. */
interface Checked {
  readonly losses: Readonly<Record<string, unknown>>;
  readonly gradientNorm: Tensor;
}

/** A number that is not finite. */
export interface NonFinite {
  /** Which step, from 0. */
  readonly index: number;
  /** What was not finite, in words. */
  readonly what: string;
  /** The loss's name, `gradient norm` or `update`. */
  readonly name: string;
  readonly value: number;
}

/**
 * The first step with a loss, gradient norm or update that is not finite, of one step's or of several steps' results.
 * @param health - Finite where all that is assigned is.
 */
export async function firstNonFinite(
  { losses, gradientNorm }: Checked,
  health: Tensor | null,
): Promise<NonFinite | undefined> {
  const looked: [name: string, what: string, value: unknown][] = [
    ...Object.entries(losses).map(([name, loss]): [string, string, unknown] => [name, `the loss '${name}'`, loss]),
    ['gradient norm', 'the gradient', gradientNorm],
    ['update', 'an updated weight or buffer', health],
  ];
  const read = await Promise.all(looked.map(([, , tensor]) => (isTensor(tensor) ? numbersOf(tensor) : [])));
  let first: NonFinite | undefined;
  for (const [at, numbers] of read.entries()) {
    const index = numbers.findIndex((number) => !Number.isFinite(number));
    if (index < 0 || (first !== undefined && index >= first.index)) continue;
    const [name, what] = looked[at]!;
    first = { index, what, name, value: numbers[index]! };
  }
  return first;
}

async function numbersOf(tensor: Tensor): Promise<number[]> {
  return [...(await data(tensor))].map((number: number | bigint) => toNumber(number, tensor.dtype));
}

/**
 * @param ran - Steps made before the run.
 * @param kept - The step whose weights stay.
 */
export function nonFinite({ index, what, name, value }: NonFinite, ran: number, kept: number): GraphError {
  const step = ran + index + 1;
  return new GraphError(
    `trainStep: ${what} is not finite. Got ${value} at step ${step}; expected a finite number. Nothing was updated: ` +
      `the weights are those of step ${kept}. Lower the learning rate, clip gradients (clipByGlobalNorm), or check the data.`,
    { op: 'trainStep', details: { step, name, value, nonFinite: true } },
  );
}

export const disposedStep = (): GraphError =>
  new GraphError(
    'trainStep: the step was disposed. Got a call after dispose(); expected it before. Make another one with trainStep(...).',
    { op: 'trainStep' },
  );

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

export function checkScalar(name: string, loss: Tensor): void {
  if (loss.shape.length === 0) return;
  throw new GraphError(
    `trainStep: the loss '${name}' is not a scalar. Got ${loss.shape.length} axes; expected none. Reduce it with mean.`,
    { op: 'trainStep' },
  );
}
