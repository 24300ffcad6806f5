import { ArgumentError } from '@gai/core';
import type { Metric } from '../metrics/metric.ts';
import type { Module } from '../module.ts';
import {
  checkAxes,
  checkCallbacks,
  checkChoice,
  checkCount,
  checkFunction,
  checkMetricList,
  checkRecord,
  checkSeed,
} from './check-options.ts';
import { checkModel } from '../modules/check-model.ts';
import { checkOptimizer } from '../optim/check.ts';
import type { FitOptions } from './fit.ts';

/** Refuses arguments that would fail later, or do nothing. */
export function checkFit<B extends object, O, T>(model: Module, options: FitOptions<B, O, T>): void {
  const op = 'fit';
  checkModel(op, model);
  checkRecord(op, 'the second argument', options, '{ train, loss, … }');
  const { loss, optimizer, epochs, stepsPerRun, batchSize, accumulate, seed, callbacks, dynamicAxes } = options;
  checkFunction(op, 'loss', loss, 'a loss, for example crossEntropy or (outputs, targets) => mse(outputs, targets)');
  if (optimizer !== undefined) checkOptimizer(op, optimizer);
  checkCount(op, { epochs, stepsPerRun, batchSize, accumulate });
  checkSeed(op, seed);
  checkCallbacks(op, callbacks);
  checkAxes(op, dynamicAxes);
  checkChoice(op, 'nonFinite', options.nonFinite, ['error', 'allow']);
  checkChoice(op, 'masterWeights', options.masterWeights, [true, false]);
  checkMetricList(op, 'metrics', options.metrics);
  checkMetricList(op, 'trainMetrics', options.trainMetrics);
}

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
