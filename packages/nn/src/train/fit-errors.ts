import { ArgumentError } from '@gai/core';
import type { Metric } from '../metrics/metric.ts';
import type { Module } from '../module.ts';

/** Refuses a model of which nothing would be trained. */
export function checkTrainable(model: Module): void {
  const parameters = model.parameters();
  if (parameters.some((parameter) => parameter.requiresGrad)) return;
  const got = parameters.length === 0 ? 'no parameters' : `${parameters.length} parameters, all frozen`;
  throw new ArgumentError(
    `fit: the model has nothing to train. Got ${model.constructor.name} with ${got}; expected at least one trainable ` +
      `parameter. Make its layers fields of the module, or thaw them with requiresGrad(true).`,
    { op: 'fit', details: { parameters: parameters.length } },
  );
}

/** Refuses metrics that nothing would measure. */
export function checkMetrics(options: {
  readonly validation?: unknown;
  readonly metrics?: readonly Metric[] | undefined;
  readonly trainMetrics?: readonly Metric[] | undefined;
}): void {
  const { metrics = [], trainMetrics = [], validation } = options;
  if (metrics.length > 0 && validation === undefined) {
    throw new ArgumentError(
      `fit: nothing to measure the metrics on. Got ${metrics.map(({ name }) => name).join(', ')} and no validation; expected ` +
        `a validation source. Pass one, or trainMetrics to measure on the training batches.`,
      { op: 'fit' },
    );
  }
  const collecting = trainMetrics.find((metric) => metric.collects === true);
  if (collecting === undefined) return;
  throw new ArgumentError(
    `fit: '${collecting.name}' cannot be measured while training. Got a metric that collects every row; expected one of ` +
      `sums. Measure it on validation.`,
    { op: 'fit', details: { metric: collecting.name } },
  );
}

/** Refuses what is not a whole number above 0. */
export function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new ArgumentError(`fit: ${name} is not a count. Got ${value}; expected a whole number of 1 or more.`, {
    op: 'fit',
  });
}

export const emptySource = (): ArgumentError =>
  new ArgumentError('fit: the training source gave no batch. Got 0 batches; expected at least 1 per epoch.', {
    op: 'fit',
  });

export const notInStep = (told: number, step: number): ArgumentError =>
  new ArgumentError(
    `fit: no checkpoint can be made of a step inside a run of several. Got step ${told} when the weights are those of ` +
      `step ${step}; expected a callback that says when it needs them. Set everySteps on the callback.`,
    { op: 'fit', details: { told, step } },
  );

export const notResumable = (): ArgumentError =>
  new ArgumentError(
    'fit: the training source cannot go back to where the checkpoint was made. Got a source without load(state); ' +
      'expected a data set or a DataLoader.',
    { op: 'fit' },
  );
