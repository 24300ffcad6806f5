import { abs, add, cast, exp, greater, logicalAnd, mul, neg, sub, where } from '@gai/core';
import type { Tensor, TensorLike } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkShapes, maskedMean, withoutPadding } from './shapes.ts';

/** What {@link clippedSurrogate} looks at, one number per step. */
export interface SurrogateInputs<Numbers> {
  /** Log-probability of the action taken under the policy that is trained. */
  readonly logProb: Numbers;
  /** The same under the policy that acted; no gradient goes there. */
  readonly oldLogProb: Numbers;
  readonly advantages: Numbers;
  /** 1 for the steps that count, 0 for padding. Default all. */
  readonly mask?: Numbers | undefined;
}

/**
 * PPO's policy loss: `−mean(min(ρ A, clip(ρ, 1 − ε, 1 + ε) A))` with `ρ = exp(logProb − oldLogProb)`.
 *
 * For PPO and for the alignment of language models alike. On the host, in float64: {@link hostClippedSurrogate}.
 *
 * @param inputs - Floats of one shape.
 * @param options.clipRange - ε; a tensor where it follows a schedule, so that nothing is compiled anew. Default 0.2.
 * @returns `loss`, and `clipFraction`, the share of steps with `|ρ − 1| > ε`; scalars.
 * @throws {@link ShapeError} if the shapes differ.
 * @example
 * const one = (value: number) => tensor([value]);
 * const inputs = { logProb: one(Math.log(1.5)), oldLogProb: one(0), advantages: one(2) };
 * const { loss, clipFraction } = clippedSurrogate(inputs);
 * (await item(loss)).toFixed(3); // => '-2.400'
 * await item(clipFraction); // => 1
 * @see Schulman et al. 2017, https://arxiv.org/abs/1707.06347
 * @category Losses
 * @since 0.1.0
 */
export function clippedSurrogate(
  inputs: SurrogateInputs<Tensor>,
  options: { readonly clipRange?: TensorLike | undefined } = {},
): { readonly loss: Tensor; readonly clipFraction: Tensor } {
  checkOptionNames('clippedSurrogate', options, ['clipRange']);
  const { logProb, oldLogProb, advantages, mask } = inputs;
  checkShapes('clippedSurrogate', { logProb, oldLogProb, advantages, mask });
  const { clipRange = 0.2 } = options;
  const gain = withoutPadding(advantages, mask);
  const ratio = exp(withoutPadding(sub(logProb, oldLogProb), mask));
  // What min(ρA, clip(ρ)A) takes: the bound where the ratio has gone beyond it the way that pays, and no gradient there.
  const [low, high] = [sub(1, clipRange), add(1, clipRange)];
  const isAbove = logicalAnd(greater(gain, 0), greater(ratio, high));
  const isBelow = logicalAnd(greater(0, gain), greater(low, ratio));
  const kept = where(isAbove, high, where(isBelow, low, ratio));
  const surrogate = mul(gain, kept);
  const isClipped = cast(greater(abs(sub(ratio, 1)), clipRange), logProb.dtype);
  return { loss: neg(maskedMean(surrogate, mask)), clipFraction: maskedMean(isClipped, mask) };
}
