import { ArgumentError, ShapeError, div, formatShape, mean, mul, onesLike, reshape, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { dimEquals } from '@gai/core/ops';
import { rememberParts } from './parts.ts';
import type { LossParts } from './parts.ts';

/**
 * What becomes of the losses of single elements: their mean (the weighted mean where there are weights), their sum, or
 * nothing.
 * @category Losses
 */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options every loss takes. */
export interface LossOptions {
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
  /**
   * `[batch]`, float: how much each example counts, in the sum and in what the mean divides by. 1 and 0 leave out the
   * examples that only fill up a batch. Default: all 1.
   */
  readonly exampleWeights?: Tensor | undefined;
}

/**
 * From a model's outputs and targets to a loss in nats or squared units; what `fit` and `evaluate` take.
 * @category Losses
 */
export type Loss = (outputs: Tensor, targets: Tensor, options?: LossOptions) => Tensor;

/** The losses of single elements, and what each counts in a mean. */
interface Elements {
  /** `[batch, ...]`, already multiplied by `weights`. */
  readonly values: Tensor;
  /** Of the same shape; none: all 1. */
  readonly weights?: Tensor | undefined;
}

/** Weighs and reduces the losses of single elements as the options say. */
export function reduceLoss(loss: string, { values, weights }: Elements, options: LossOptions): Tensor {
  const { reduction = 'mean', exampleWeights } = options;
  const examples = exampleWeights === undefined ? undefined : alongBatch(loss, values, exampleWeights);
  const weighted = examples === undefined ? values : mul(values, examples);
  if (reduction === 'none') return weighted;
  if (reduction === 'sum')
    return rememberParts(sum(weighted), { parts: (total) => ({ sum: total, count: null }), byRows: false });
  if (reduction !== 'mean') throw reductionError(loss, reduction);
  const counts = weights !== undefined && examples !== undefined ? mul(weights, examples) : (weights ?? examples);
  // A quotient of means, so that no count has to be known while the graph is built.
  const average = counts === undefined ? mean(weighted) : div(mean(weighted), mean(counts));
  const parts = (): LossParts => ({ sum: sum(weighted), count: sum(counts ?? onesLike(weighted)) });
  return rememberParts(average, { parts, byRows: counts === undefined });
}

/** `[batch]` → `[batch, 1, …]`, as many axes as the values have. */
function alongBatch(loss: string, values: Tensor, exampleWeights: Tensor): Tensor {
  const [batch] = values.shape;
  const [count] = exampleWeights.shape;
  if (batch === undefined || count === undefined || exampleWeights.shape.length !== 1 || !dimEquals(batch, count)) {
    throw new ShapeError(
      `${loss}: exampleWeights do not fit. Got ${formatShape(exampleWeights.shape)} for values ` +
        `${formatShape(values.shape)}; expected one weight for each example: ${formatShape(values.shape.slice(0, 1))}.`,
      { op: loss },
    );
  }
  return reshape(exampleWeights, [batch, ...values.shape.slice(1).map(() => 1)]);
}

function reductionError(loss: string, reduction: string): ArgumentError {
  return new ArgumentError(`${loss}: unknown reduction. Got '${reduction}'; expected 'mean', 'sum' or 'none'.`, {
    op: loss,
    details: { reduction },
  });
}
