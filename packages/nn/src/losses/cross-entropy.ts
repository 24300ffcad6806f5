import {
  ArgumentError,
  DTypeError,
  add,
  formatShape,
  logSoftmax,
  mean,
  mul,
  neg,
  reshape,
  squeeze,
  sum,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames, isInteger, shapesEqual } from '@gai/core/ops';
import { checkClasses, checkLabels, checkSameShape, checkTensors, checkWeight, labelShape } from './check.ts';
import { labelCrossEntropy } from './label-cross-entropy.ts';
import { labelLosses, takeLabels } from './labels.ts';
import type { ClassLossOptions } from './nll.ts';
import { reduceLoss } from './reduction.ts';

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends ClassLossOptions {
  /** How much of each target is spread evenly over all classes, from 0 to 1. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

/**
 * Cross-entropy of softmax: `−Σ_c weight[c] · target[c] · ln softmax(logits)[c]`, in nats.
 *
 * Targets are class indices, or probabilities of all classes. For index targets no one-hot tensor is made, and `mean`
 * divides by the sum of the weights of the targets that counted; for probabilities it is the plain mean.
 * @param logits - `[batch, classes, ...]`, any real numbers: not passed through softmax before.
 * @param targets - `[batch, ...]` int32 in 0 … classes − 1, or probabilities of the shape of `logits`.
 * @param options.weight - `[classes]`. Default: all 1.
 * @param options.ignoreIndex - Index targets that count nothing. Default -100.
 * @param options.labelSmoothing - `target · (1 − ε) + ε / classes`. Default 0.
 * @param options.reduction - `mean`, `sum` or `none` (`[batch, ...]`). Default `mean`.
 * @throws {@link ShapeError} if the shapes do not fit.
 * @throws {@link ArgumentError} if labelSmoothing is not from 0 to 1.
 * @throws {@link DataError} if a label is out of range; a {@link BackendError} when the graph runs where the labels are
 *   not known before.
 * @example
 * const loss = crossEntropy(tensor([[0, 0], [0, 100]]), tensor([0, 1], { dtype: 'int32' }), { reduction: 'none' });
 * await toArray(loss); // => [0.6931, 0.0000]
 * @see Szegedy et al. 2016, section 7, https://arxiv.org/abs/1512.00567 (label smoothing)
 * @category Losses
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkOptionNames('crossEntropy', options, ['labelSmoothing', 'weight', 'ignoreIndex', 'reduction', 'exampleWeights']);
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ArgumentError(
      `crossEntropy: labelSmoothing is out of range. Got ${labelSmoothing}; expected a number from 0 to 1.`,
      { op: 'crossEntropy', details: { labelSmoothing } },
    );
  }
  checkTensors('crossEntropy', logits, targets);
  return isInteger(targets.dtype) ? ofLabels(logits, targets, options) : ofProbabilities(logits, targets, options);
}

function ofLabels(logits: Tensor, targets: Tensor, options: CrossEntropyOptions): Tensor {
  checkLabels('crossEntropy', logits, targets);
  const taken = takeLabels('crossEntropy', { outputs: logits, targets }, options);
  const { kept, weights, labels } = taken;
  const chosen = neg(squeeze(labelCrossEntropy(logits, unsqueeze(labels, 1)), 1)); // [batch, ...]
  const sharp = labelLosses(chosen, taken, options);
  const epsilon = options.labelSmoothing ?? 0;
  if (epsilon === 0) return reduceLoss('crossEntropy', { values: sharp, weights }, options);
  const logProbabilities = logSoftmax(logits, { axis: 1 });
  const even = mean(neg(weighClasses(logProbabilities, options)), { axis: 1 }); // [batch, ...]
  const values = add(mul(sharp, 1 - epsilon), mul(where(kept, even, 0), epsilon));
  return reduceLoss('crossEntropy', { values, weights }, options);
}

function ofProbabilities(logits: Tensor, targets: Tensor, options: CrossEntropyOptions): Tensor {
  checkClasses('crossEntropy', logits);
  if (shapesEqual(targets.shape, labelShape(logits))) throw floatLabels(logits, targets);
  checkSameShape('crossEntropy', logits, targets);
  const weighted = weighClasses(logSoftmax(logits, { axis: 1 }), options); // [batch, classes, ...]
  const sharp = neg(sum(mul(targets, weighted), { axis: 1 })); // [batch, ...]
  const epsilon = options.labelSmoothing ?? 0;
  const even = epsilon === 0 ? undefined : mul(mean(neg(weighted), { axis: 1 }), epsilon);
  const values = even === undefined ? sharp : add(mul(sharp, 1 - epsilon), even);
  return reduceLoss('crossEntropy', { values }, options);
}

/** Floats of the shape of labels are labels that were not made integers, not probabilities of another shape. */
const floatLabels = (logits: Tensor, targets: Tensor): DTypeError =>
  new DTypeError(
    `crossEntropy: the labels are floats. Got targets ${targets.dtype} ${formatShape(targets.shape)} for logits ` +
      `${formatShape(logits.shape)}; expected int32 labels of that shape, or probabilities ${formatShape(logits.shape)}. Make ` +
      `them with tensor(labels, { dtype: 'int32' }) or cast(labels, 'int32').`,
    { op: 'crossEntropy', details: { dtype: targets.dtype } },
  );

/** Multiplies each class, axis 1 of `[batch, classes, ...]`, by its weight. */
function weighClasses(logProbabilities: Tensor, { weight }: CrossEntropyOptions): Tensor {
  if (weight === undefined) return logProbabilities;
  checkWeight('crossEntropy', weight, logProbabilities);
  return mul(logProbabilities, reshape(weight, [-1, ...logProbabilities.shape.slice(2).map(() => 1)]));
}
