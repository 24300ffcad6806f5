import { ShapeError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkInteger } from '../tabular/errors.ts';
import type { SurrogateInputs } from './clipped-surrogate.ts';
import { VALUE_LOSS_OPTIONS } from './clipped-value-loss.ts';
import type { ValueInputs, ValueLossOptions } from './clipped-value-loss.ts';
import { gaeSettings } from './gae.ts';
import type { GaeInputs, GaeOptions, GaeResult } from './gae.ts';
import { checkEstimator } from './kl-estimate.ts';
import type { KlEstimator } from './kl-estimate.ts';

type Numbers = ArrayLike<number>;

function checkLengths(op: string, lists: Readonly<Record<string, Numbers | undefined>>): number {
  const [[first, model], ...others] = Object.entries(lists) as [[string, Numbers], ...[string, Numbers | undefined][]];
  const other = others.find(([, list]) => list !== undefined && list.length !== model.length);
  if (other === undefined) return model.length;
  throw new ShapeError(
    `${op}: the lengths differ. Got ${other[1]!.length} ${other[0]} beside ${model.length} ${first}; expected one number ` +
      'per step in each. Cut them alike.',
    { op, details: { [other[0]]: other[1]!.length, [first]: model.length } },
  );
}

function maskedMean(length: number, mask: Numbers | undefined, valueAt: (index: number) => number): number {
  let total = 0;
  let count = 0;
  for (let index = 0; index < length; index++) {
    const weight = mask === undefined ? 1 : mask[index]!;
    if (weight !== 0) total += weight * valueAt(index);
    count += weight;
  }
  return total / count;
}

/**
 * Generalised advantage estimation on the host, in float64; {@link gae} in a graph.
 *
 * @param inputs - `[steps · numEnvs]`, the envs of a step beside each other, as vector envs give them.
 * @param options.numEnvs - How many envs. Default 1.
 * @param options.gamma - Default 0.99.
 * @param options.lambda - Default 0.95.
 * @throws {@link ShapeError} if the lengths differ or are no multiple of `numEnvs`. ArgumentError for γ or λ outside [0, 1], or `numEnvs` below 1.
 * @example
 * const inputs = { rewards: [1, 1], values: [0, 0], nextValues: [0, 0], terminations: [0, 1] };
 * [...hostGae(inputs, { gamma: 0.5, lambda: 1 }).advantages]; // => [1.5, 1]
 * @see Schulman et al. 2016, https://arxiv.org/abs/1506.02438
 * @category Losses
 * @since 0.1.0
 */
export function hostGae(
  inputs: GaeInputs<Numbers>,
  options: GaeOptions & { readonly numEnvs?: number | undefined } = {},
): GaeResult<Float64Array> {
  const [gamma, lambda] = gaeSettings('hostGae', options, ['numEnvs']);
  const { numEnvs = 1 } = options;
  checkInteger('hostGae', 'numEnvs', [numEnvs, 1, Number.MAX_SAFE_INTEGER]);
  const { rewards, values, nextValues, terminations, truncations } = inputs;
  const length = checkLengths('hostGae', { rewards, values, nextValues, terminations, truncations });
  if (!Number.isInteger(length / numEnvs)) {
    throw new ShapeError(
      `hostGae: the steps are not whole. Got ${length} rewards for numEnvs ${numEnvs}; expected a multiple. Pass numEnvs.`,
      { op: 'hostGae', details: { length, numEnvs } },
    );
  }
  const advantages = new Float64Array(length);
  const returns = new Float64Array(length);
  for (let i = length - 1; i >= 0; i--) {
    const goesOn = 1 - terminations[i]!;
    const isSame = goesOn * (1 - (truncations?.[i] ?? 0));
    const after = i + numEnvs < length ? advantages[i + numEnvs]! : 0;
    // What is worth nothing is not multiplied by 0: a value that is not a number must not pass on.
    const next = goesOn === 0 ? 0 : gamma * goesOn * nextValues[i]!;
    advantages[i] = rewards[i]! + next - values[i]! + (isSame === 0 ? 0 : gamma * lambda * isSame * after);
    returns[i] = advantages[i]! + values[i]!;
  }
  return { advantages, returns };
}

/**
 * PPO's policy loss on the host, in float64; {@link clippedSurrogate} in a graph.
 *
 * @param inputs - One number per step in each.
 * @param options.clipRange - ε. Default 0.2.
 * @returns The loss, and the share of steps with `|ρ − 1| > ε`.
 * @throws {@link ShapeError} if the lengths differ.
 * @example
 * const inputs = { logProb: [Math.log(1.5)], oldLogProb: [0], advantages: [2] };
 * hostClippedSurrogate(inputs).loss.toFixed(3); // => '-2.400'
 * @see Schulman et al. 2017, https://arxiv.org/abs/1707.06347
 * @category Losses
 * @since 0.1.0
 */
export function hostClippedSurrogate(
  inputs: SurrogateInputs<Numbers>,
  options: { readonly clipRange?: number | undefined } = {},
): { readonly loss: number; readonly clipFraction: number } {
  checkOptionNames('hostClippedSurrogate', options, ['clipRange']);
  const { logProb, oldLogProb, advantages, mask } = inputs;
  const { clipRange = 0.2 } = options;
  const length = checkLengths('hostClippedSurrogate', { logProb, oldLogProb, advantages, mask });
  const ratio = (index: number): number => Math.exp(logProb[index]! - oldLogProb[index]!);
  const surrogate = (index: number): number => {
    const clipped = Math.min(Math.max(ratio(index), 1 - clipRange), 1 + clipRange);
    return Math.min(advantages[index]! * ratio(index), advantages[index]! * clipped);
  };
  return {
    loss: -maskedMean(length, mask, surrogate),
    clipFraction: maskedMean(length, mask, (index) => (Math.abs(ratio(index) - 1) > clipRange ? 1 : 0)),
  };
}

/**
 * The loss of a value function on the host, in float64; {@link clippedValueLoss} in a graph.
 *
 * @param inputs - One number per step in each.
 * @param options.clipRange - Default none: the mean squared error.
 * @param options.isPessimistic - Take the larger of the clipped and the unclipped error. Default false.
 * @throws {@link ShapeError} if the lengths differ.
 * @example
 * hostClippedValueLoss({ values: [3], oldValues: [0], returns: [2] }, { clipRange: 0.5 }); // => 2.25
 * @category Losses
 * @since 0.1.0
 */
export function hostClippedValueLoss(inputs: ValueInputs<Numbers>, options: ValueLossOptions<number> = {}): number {
  checkOptionNames('hostClippedValueLoss', options, VALUE_LOSS_OPTIONS);
  const { values, oldValues, returns, mask } = inputs;
  const { clipRange = Infinity, isPessimistic = false } = options;
  const length = checkLengths('hostClippedValueLoss', { values, oldValues, returns, mask });
  return maskedMean(length, mask, (index) => {
    const change = Math.min(Math.max(values[index]! - oldValues[index]!, -clipRange), clipRange);
    const free = (returns[index]! - values[index]!) ** 2;
    const kept = clipRange === Infinity ? free : (returns[index]! - (oldValues[index]! + change)) ** 2;
    return isPessimistic ? Math.max(free, kept) : kept;
  });
}

/**
 * Per step, how far a policy has moved from the one that acted, on the host, in float64; {@link klEstimate} in a graph.
 *
 * @param inputs - One number per step in each.
 * @param options.estimator - `'k1'`, `'k2'` or `'k3'` (default).
 * @returns One number per step, in nats.
 * @throws {@link ShapeError} if the lengths differ. ArgumentError for another estimator.
 * @example
 * hostKlEstimate({ logProb: [-1], oldLogProb: [-1.5] })[0]!.toFixed(4); // => '0.1487'
 * @see Schulman 2020, http://joschu.net/blog/kl-approx.html
 * @category Losses
 * @since 0.1.0
 */
export function hostKlEstimate(
  inputs: { readonly logProb: Numbers; readonly oldLogProb: Numbers },
  options: { readonly estimator?: KlEstimator | undefined } = {},
): Float64Array {
  checkOptionNames('hostKlEstimate', options, ['estimator']);
  const { logProb, oldLogProb } = inputs;
  const { estimator = 'k3' } = options;
  const length = checkLengths('hostKlEstimate', { logProb, oldLogProb });
  checkEstimator('hostKlEstimate', estimator);
  return Float64Array.from({ length }, (_, index) => {
    const ratio = logProb[index]! - oldLogProb[index]!;
    if (estimator === 'k1') return -ratio;
    return estimator === 'k2' ? (ratio * ratio) / 2 : Math.expm1(ratio) - ratio;
  });
}

/**
 * Shifts and scales to mean 0 and deviation 1 on the host, in float64; {@link whiten} in a graph.
 *
 * @param x - At least two numbers that count, or the deviation is not a number.
 * @param options.mask - 1 for what counts, 0 for padding, which is scaled all the same. Default all.
 * @throws {@link ShapeError} if the mask has another length.
 * @example
 * [...hostWhiten([1, 2, 3])].map((value) => Number(value.toFixed(4))); // => [-1, 0, 1]
 * @category Losses
 * @since 0.1.0
 */
export function hostWhiten(x: Numbers, options: { readonly mask?: Numbers | undefined } = {}): Float64Array {
  checkOptionNames('hostWhiten', options, ['mask']);
  const { mask } = options;
  const length = checkLengths('hostWhiten', { x, mask });
  const mean = maskedMean(length, mask, (index) => x[index]!);
  let total = 0;
  let count = 0;
  for (let index = 0; index < length; index++) {
    const weight = mask === undefined ? 1 : mask[index]!;
    if (weight !== 0) total += weight * (x[index]! - mean) ** 2;
    count += weight;
  }
  const deviation = Math.sqrt(total / (count - 1)) + 1e-8;
  return Float64Array.from({ length }, (_, index) => (x[index]! - mean) / deviation);
}
