import { exp, greater, log, mul, sub, sum, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkSameShape } from './check.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions, Reduction } from './reduction.ts';

/** Options of {@link klDiv}. */
export interface KlDivOptions extends Omit<LossOptions, 'reduction'> {
  /** `batchMean` sums over everything and divides by the number of examples: the divergence. Default `mean`. */
  readonly reduction?: Reduction | 'batchMean' | undefined;
  /** Whether the targets are log probabilities. Default false. */
  readonly logTarget?: boolean | undefined;
}

/**
 * Kullback and Leibler's divergence of the outputs from the targets: `t · (ln t − outputs)`, in nats; 0 where t is 0.
 *
 * `mean` divides by the number of elements, as in PyTorch; `batchMean` is the divergence per example.
 * @param outputs - `[batch, ...]`, log probabilities.
 * @param targets - The same shape, probabilities.
 * @param options.reduction - `mean`, `sum`, `none` or `batchMean`. Default `mean`.
 * @param options.logTarget - Whether the targets are log probabilities. Default false.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * const divergence = klDiv(log(tensor([[0.5, 0.5]])), tensor([[1, 0]]), { reduction: 'batchMean' });
 * (await item(divergence)).toFixed(4); // => '0.6931'
 * @category Losses
 */
export function klDiv(outputs: Tensor, targets: Tensor, options: KlDivOptions = {}): Tensor {
  checkOptionNames('klDiv', options, ['reduction', 'logTarget', 'exampleWeights']);
  checkSameShape('klDiv', outputs, targets);
  const { reduction = 'mean', exampleWeights, logTarget = false } = options;
  const values = logTarget ? mul(exp(targets), sub(targets, outputs)) : ofProbabilities(outputs, targets);
  if (reduction !== 'batchMean') return reduceLoss('klDiv', { values }, { reduction, exampleWeights });
  const axes = values.shape.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  const perExample = axes.length === 0 ? values : sum(values, { axis: axes }); // [batch]
  return reduceLoss('klDiv', { values: perExample }, { exampleWeights });
}

function ofProbabilities(outputs: Tensor, targets: Tensor): Tensor {
  const positive = greater(targets, 0);
  const logTargets = log(where(positive, targets, 1));
  return where(positive, mul(targets, sub(logTargets, outputs)), 0);
}
