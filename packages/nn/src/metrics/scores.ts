import {
  cast,
  concat,
  formatShape,
  logSoftmax,
  exp,
  notEqual,
  onesLike,
  reshape,
  slice,
  sub,
  unsqueeze,
  ShapeError,
  mul,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { shapesEqual } from '@gai/core/ops';
import { checkOutputs, checkLabels } from '../losses/check.ts';
import type { LabelMetricOptions, MetricBatch } from './labels.ts';

/** One example: how strongly each class was answered, which one it is, and how much it counts. */
export interface ScoredExample {
  readonly scores: readonly number[];
  readonly label: number;
  readonly weight: number;
}

/**
 * Rows `[classes, score₀, …, label, weight]`, to be collected. Scores of the targets' shape count as one class, two
 * classes as the difference of their outputs, more as their probabilities.
 */
export function scoredRows(
  metric: string,
  { outputs, targets, weights }: MetricBatch,
  options: LabelMetricOptions,
): Tensor {
  const scores = shapesEqual(outputs.shape, targets.shape)
    ? ofYes(metric, outputs)
    : ofClasses(metric, outputs, targets);
  const column = (x: Tensor): Tensor => reshape(cast(x, 'float32'), [-1, 1]);
  const kept = cast(notEqual(targets, options.ignoreIndex ?? -100), 'float32');
  const along = weights === undefined ? onesLike(kept) : reshape(weights, [-1, ...targets.shape.slice(1).map(() => 1)]);
  const label = column(targets);
  const classes = mul(onesLike(label), scores.shape[1] as number);
  return concat([classes, cast(scores, 'float32'), label, column(mul(kept, along))], { axis: 1 });
}

function ofYes(metric: string, outputs: Tensor): Tensor {
  checkOutputs(metric, outputs);
  return reshape(outputs, [-1, 1]);
}

function ofClasses(metric: string, outputs: Tensor, targets: Tensor): Tensor {
  checkLabels(metric, outputs, targets);
  if (outputs.shape.length !== 2 || typeof outputs.shape[1] !== 'number') {
    throw new ShapeError(
      `${metric}: not one row per example. Got outputs ${formatShape(outputs.shape)}; expected [batch,classes] with a ` +
        `fixed number of classes, or scores of the targets' shape. Reshape them.`,
      { op: metric },
    );
  }
  if (outputs.shape[1] !== 2) return exp(logSoftmax(outputs, { axis: 1 }));
  const column = (at: number): Tensor => reshape(slice(outputs, [null, [at, at + 1]]), [-1]);
  return unsqueeze(sub(column(1), column(0)), 1);
}

/** The examples that count, from collected rows. */
export function examplesOf(values: readonly number[]): ScoredExample[] {
  const classes = values[0] ?? 0;
  const width = classes + 3;
  return Array.from({ length: values.length / width }, (_, row) => {
    const at = row * width;
    return {
      scores: values.slice(at + 1, at + 1 + classes),
      label: values[at + 1 + classes]!,
      weight: values[at + 2 + classes]!,
    };
  }).filter(({ weight }) => weight > 0);
}

/** Weights of true and false examples at or above each score that occurs, from the highest score down. */
export function cumulated(
  examples: readonly ScoredExample[],
  score: (example: ScoredExample) => number,
  isTrue: (example: ScoredExample) => boolean,
): { readonly hits: number; readonly wrong: number }[] {
  const sorted = [...examples].sort((a, b) => score(b) - score(a));
  const points: { hits: number; wrong: number }[] = [];
  let [hits, wrong] = [0, 0];
  sorted.forEach((example, index) => {
    if (isTrue(example)) hits += example.weight;
    else wrong += example.weight;
    // Equal scores make one point.
    const next = sorted[index + 1];
    if (next === undefined || score(next) !== score(example)) points.push({ hits, wrong });
  });
  return points;
}
