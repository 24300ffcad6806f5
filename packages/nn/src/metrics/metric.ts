import type { Tensor } from '@gai/core';

/**
 * A figure of merit over a data set, computed in two parts: sums over one batch inside the graph that runs the model
 * anyway, and the value from the sums of all batches, on the host.
 * @category Metrics
 */
export interface Metric<Value = unknown> {
  /** The key of the value among `evaluate`'s results. */
  readonly name: string;
  /**
   * Sums over one batch; their shape is the same for every batch.
   * @param outputs - `[batch, ...]`.
   * @param targets - `[batch, ...]`.
   * @param weights - `[batch]`, float: how much each example counts; 0 for those that only fill up the batch. Default:
   *   all 1.
   */
  batch(outputs: Tensor, targets: Tensor, weights?: Tensor): Tensor;
  /**
   * For figures that need every example (a ranking): the rows that `batch` gives are collected instead of added up; how
   * many there are may differ. Default false.
   */
  readonly collects?: boolean | undefined;
  /** The value, from the elements of all batches' sums, added up (or, of a metric that collects, one after another). */
  result(sums: readonly number[]): Value;
}

/** The share of a weighted total: sums are `[part, total]`. NaN if nothing counted. */
export const share = ([part = Number.NaN, total = Number.NaN]: readonly number[]): number => part / total;
