import {
  cast,
  equal,
  greater,
  iota,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  mul,
  notEqual,
  reshape,
  stack,
  sub,
  sum,
  takeAlongAxis,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkLabels } from '../losses/check.ts';

/** Options of metrics over classes. */
export interface LabelMetricOptions {
  /** Targets with this index do not count. Default -100. */
  readonly ignoreIndex?: number | undefined;
}

/** What a metric is given of one batch. */
export interface MetricBatch {
  readonly outputs: Tensor;
  readonly targets: Tensor;
  readonly weights: Tensor | undefined;
}

/** Index targets and how much each counts, both `[batch, ...]`; ignored ones are 0 and count 0. */
export interface Labels {
  readonly labels: Tensor;
  readonly weights: Tensor;
}

/** Checks index targets and spreads the examples' weights over them. */
export function countedLabels(
  metric: string,
  { outputs, targets, weights }: MetricBatch,
  options: LabelMetricOptions,
): Labels {
  checkLabels(metric, outputs, targets);
  const kept = notEqual(targets, options.ignoreIndex ?? -100);
  const labels = cast(where(kept, targets, 0), 'int32');
  const counted = cast(kept, outputs.dtype);
  if (weights === undefined) return { labels, weights: counted };
  const spread = reshape(weights, [...targets.shape.slice(0, 1), ...targets.shape.slice(1).map(() => 1)]);
  return { labels, weights: mul(spread, counted) };
}

/**
 * How many classes the outputs `[batch, classes, ...]` put before each label: 0 is the first choice, of equals the
 * lower index comes first, and NaN never wins.
 */
function ranks(outputs: Tensor, labels: Tensor): Tensor {
  const index = unsqueeze(labels, 1); // [batch, 1, ...]
  const own = takeAlongAxis(outputs, index, { axis: 1 });
  const classes = outputs.shape[1]!;
  const classIndex = reshape(iota(classes), [classes, ...outputs.shape.slice(2).map(() => 1)]);
  const tiesBehind = logicalAnd(equal(outputs, own), greater(classIndex, index));
  const before = logicalNot(logicalOr(less(outputs, own), tiesBehind)); // the label itself included
  return sub(sum(before, { axis: 1 }), 1);
}

/** The weights of labels among the first `k` choices, and of all: `[2]`. */
export function topSums(outputs: Tensor, { labels, weights }: Labels, k: number): Tensor {
  const right = cast(less(ranks(outputs, labels), k), weights.dtype);
  return stack([sum(mul(right, weights)), sum(weights)]);
}
