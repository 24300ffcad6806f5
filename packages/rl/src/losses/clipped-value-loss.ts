import { add, maximum, minimum, neg, square, sub } from '@gai/core';
import type { Tensor, TensorLike } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkShapes, maskedMean, withoutPadding } from './shapes.ts';

/** What {@link clippedValueLoss} looks at, one number per step. */
export interface ValueInputs<Numbers> {
  /** What is predicted now. */
  readonly values: Numbers;
  /** What was predicted while acting. Not looked at without `clipRange`. */
  readonly oldValues: Numbers;
  /** The targets, such as `returns` of {@link gae}. */
  readonly returns: Numbers;
  /** 1 for the steps that count, 0 for padding. Default all. */
  readonly mask?: Numbers | undefined;
}

/** Settings of {@link clippedValueLoss}. */
export interface ValueLossOptions<Range> {
  /** How far a prediction may move from `oldValues`, in units of value. Default no limit: the mean squared error. */
  readonly clipRange?: Range | undefined;
  /**
   * Take the larger of the clipped and the unclipped error, as OpenAI's PPO does. Default false: the clipped one alone, as
   * Stable-Baselines3 does.
   */
  readonly isPessimistic?: boolean | undefined;
}

/** The names of {@link ValueLossOptions}. */
export const VALUE_LOSS_OPTIONS: readonly string[] = ['clipRange', 'isPessimistic'];

/**
 * The loss of a value function, `mean((returns − V)²)`, with V kept within `clipRange` of what it was while acting.
 *
 * Without `clipRange` the mean squared error. On the host, in float64: {@link hostClippedValueLoss}.
 *
 * @param inputs - Floats of one shape.
 * @param options.clipRange - Default none.
 * @param options.isPessimistic - Default false.
 * @returns A scalar, in squared units of value; not halved.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * const one = (value: number) => tensor([value]);
 * const inputs = { values: one(3), oldValues: one(0), returns: one(2) };
 * await item(clippedValueLoss(inputs)); // => 1
 * await item(clippedValueLoss(inputs, { clipRange: 0.5 })); // => 2.25
 * @category Losses
 * @since 0.1.0
 */
export function clippedValueLoss(inputs: ValueInputs<Tensor>, options: ValueLossOptions<TensorLike> = {}): Tensor {
  checkOptionNames('clippedValueLoss', options, VALUE_LOSS_OPTIONS);
  const { values, oldValues, returns, mask } = inputs;
  checkShapes('clippedValueLoss', { values, oldValues, returns, mask });
  const { clipRange, isPessimistic = false } = options;
  const free = square(withoutPadding(sub(returns, values), mask));
  if (clipRange === undefined) return maskedMean(free, mask);
  const change = minimum(maximum(sub(values, oldValues), neg(clipRange)), clipRange);
  const kept = square(withoutPadding(sub(returns, add(oldValues, change)), mask));
  return maskedMean(isPessimistic ? maximum(free, kept) : kept, mask);
}
