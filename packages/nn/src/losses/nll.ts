import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkLabels } from './check.ts';
import { atLabels, labelLosses, takeLabels } from './labels.ts';
import { reduceLoss } from './reduction.ts';
import type { LossOptions } from './reduction.ts';

/** Options of losses over classes. */
export interface ClassLossOptions extends LossOptions {
  /** `[classes]`: how much each class counts. Default: all 1. */
  readonly weight?: Tensor | undefined;
  /** Targets with this index count nothing. Default -100. */
  readonly ignoreIndex?: number | undefined;
}

/**
 * Negative log likelihood of the right classes: `−weight[t] · logProbabilities[t]`, in nats.
 *
 * For logits use {@link crossEntropy} instead. `mean` divides by the sum of the weights that counted.
 * @param logProbabilities - `[batch, classes, ...]`, as from `logSoftmax`.
 * @param targets - `[batch, ...]`, int32 in 0 … classes − 1, or `ignoreIndex`.
 * @param options.weight - `[classes]`. Default: all 1.
 * @param options.ignoreIndex - Targets that count nothing. Default -100.
 * @param options.reduction - `mean`, `sum` or `none` (`[batch, ...]`). Default `mean`.
 * @throws {@link ShapeError} if the shapes do not fit.
 * @throws {@link DataError} if a label is out of range; a {@link BackendError} when the graph runs where the labels are
 *   not known before.
 * @example
 * const loss = nll(log(tensor([[0.25, 0.75]])), tensor([0], { dtype: 'int32' }));
 * (await item(loss)).toFixed(4); // => '1.3863'
 * @category Losses
 */
export function nll(logProbabilities: Tensor, targets: Tensor, options: ClassLossOptions = {}): Tensor {
  checkOptionNames('nll', options, ['weight', 'ignoreIndex', 'reduction', 'exampleWeights']);
  checkLabels('nll', logProbabilities, targets);
  const taken = takeLabels('nll', { outputs: logProbabilities, targets }, options);
  const values = labelLosses(atLabels(logProbabilities, taken.labels), taken, options);
  return reduceLoss('nll', { values, weights: taken.weights }, options);
}
