import { cast, concat, mul, onesLike, reshape, slice } from '@gai/core';
import { sizeOf } from '@gai/core/ops';
import { ShapeError, formatShape } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkSameShape } from '../losses/check.ts';
import type { Metric } from './metric.ts';

/**
 * Coefficient of determination: `1 − Σ (t − y)² / Σ (t − mean t)²`: 1 for perfect predictions, 0 for always predicting the
 * mean, below 0 for worse.
 *
 * Outputs and targets `[batch, ...]` of one shape; several numbers per example: the plain mean over them, as scikit-learn's
 * `uniform_average`. Targets that are all equal count 1 if they are met exactly, else 0. Computed in float64 at the end, so
 * outputs and targets of all examples are kept until then.
 * @example
 * const metric = r2();
 * const rows = metric.batch(tensor([2.5, 0, 2, 8]), tensor([3, -0.5, 2, 7]));
 * metric.result([...(await data(rows))].map(Number)).toFixed(4); // => '0.9486'
 * @category Metrics
 */
export function r2(): Metric<number> {
  return { name: 'r2', collects: true, batch: rowsOf, result: determination };
}

/** Rows `[count, outputs…, targets…, weight]`. */
function rowsOf(outputs: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  checkSameShape('r2', outputs, targets);
  const count = sizeOf(outputs.shape.slice(1));
  if (outputs.shape.length === 0 || typeof count !== 'number') {
    throw new ShapeError(
      `r2: not one row per example. Got outputs ${formatShape(outputs.shape)}; expected [batch, ...] with fixed sizes after ` +
        `the batch.`,
      { op: 'r2' },
    );
  }
  const [y, t] = [outputs, targets].map((x) => reshape(cast(x, 'float32'), [-1, count]));
  const ones = onesLike(slice(y!, [null, [0, 1]]));
  return concat([mul(ones, count), y!, t!, weights === undefined ? ones : reshape(weights, [-1, 1])], { axis: 1 });
}

function determination(values: readonly number[]): number {
  const count = values[0] ?? 0;
  const width = 2 * count + 2;
  const rows = Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
  const each = Array.from({ length: count }, (_, column) => {
    const points = rows.map((row) => ({ y: row[1 + column]!, t: row[1 + count + column]!, weight: row[width - 1]! }));
    const sumOf = (term: (point: (typeof points)[number]) => number): number =>
      points.reduce((total, point) => total + point.weight * term(point), 0);
    const mean = sumOf(({ t }) => t) / sumOf(() => 1);
    const error = sumOf(({ y, t }) => (t - y) ** 2);
    const spread = sumOf(({ t }) => (t - mean) ** 2);
    if (spread === 0) return error === 0 ? 1 : 0;
    return 1 - error / spread;
  });
  return each.reduce((total, value) => total + value, 0) / count;
}
