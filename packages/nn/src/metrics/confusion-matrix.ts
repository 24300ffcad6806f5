import {
  ArgumentError,
  ShapeError,
  argmax,
  formatShape,
  matmul,
  mul,
  oneHot,
  reshape,
  transpose,
  unsqueeze,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { countedLabels } from './labels.ts';
import type { LabelMetricOptions } from './labels.ts';
import type { Metric } from './metric.ts';

/** Options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions extends LabelMetricOptions {
  /** Number of classes. */
  readonly numClasses: number;
}

/**
 * How often each true class (row) was taken for each class (column): `[numClasses][numClasses]` counts.
 *
 * Outputs `[batch, classes, ...]`, targets `[batch, ...]` int32.
 * @param options.numClasses - Size of axis 1 of the outputs.
 * @param options.ignoreIndex - Targets that do not count. Default -100.
 * @throws {@link ArgumentError} if `numClasses` is not a whole number of at least 1.
 * @example
 * const metric = confusionMatrix({ numClasses: 2 });
 * const outputs = tensor([[0.1, 0.9], [0.8, 0.2]]);
 * const sums = metric.batch(outputs, tensor([1, 1], { dtype: 'int32' }));
 * metric.result([...(await data(sums))].map(Number)); // => [[0, 0], [1, 1]]
 * @category Metrics
 */
export function confusionMatrix(options: ConfusionMatrixOptions): Metric<number[][]> {
  checkOptionNames('confusionMatrix', options, ['numClasses', 'ignoreIndex']);
  const { numClasses } = options;
  if (!Number.isInteger(numClasses) || numClasses < 1) {
    throw new ArgumentError(
      `confusionMatrix: numClasses is out of range. Got ${numClasses}; expected a whole number of at least 1.`,
      { op: 'confusionMatrix', details: { numClasses } },
    );
  }
  return {
    name: 'confusionMatrix',
    batch: (outputs, targets, weights) => {
      checkClassCount(outputs, numClasses);
      const counted = countedLabels('confusionMatrix', { outputs, targets, weights }, options);
      const truth = oneHot(reshape(counted.labels, [-1]), numClasses); // [n, classes]
      const chosen = oneHot(reshape(argmax(outputs, { axis: 1 }), [-1]), numClasses);
      const weighted = mul(chosen, unsqueeze(reshape(counted.weights, [-1]), -1));
      return matmul(transpose(truth), weighted); // [classes, classes]
    },
    result: (sums) =>
      Array.from({ length: numClasses }, (_, row) => sums.slice(row * numClasses, (row + 1) * numClasses)),
  };
}

function checkClassCount(outputs: Tensor, numClasses: number): void {
  const classes = outputs.shape[1];
  if (typeof classes !== 'number' || classes === numClasses) return;
  throw new ShapeError(
    `confusionMatrix: another number of classes. Got outputs ${formatShape(outputs.shape)}; expected axis 1 to equal ` +
      `numClasses (${numClasses}).`,
    { op: 'confusionMatrix', details: { numClasses } },
  );
}
