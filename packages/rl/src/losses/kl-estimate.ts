import { exp, mul, neg, square, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { ArgumentError } from '@gai/core/errors';
import { checkOptionNames } from '@gai/core/ops';
import { checkShapes } from './shapes.ts';

/**
 * Estimators of a divergence from samples, with `r = logProb − oldLogProb`.
 *
 * - `'k1'`: `−r`, unbiased, much variance, may be negative.
 * - `'k2'`: `r² / 2`, biased a little, little variance.
 * - `'k3'` (default): `(exp r − 1) − r`, unbiased, little variance, never negative but for rounding
 *   (about −6e-8 in float32, where r is near 0).
 *
 * @category Losses
 * @since 0.1.0
 */
export type KlEstimator = 'k1' | 'k2' | 'k3';

/** Throws unless the name is an estimator's. */
export function checkEstimator(op: string, estimator: string): void {
  if (estimator === 'k1' || estimator === 'k2' || estimator === 'k3') return;
  throw new ArgumentError(
    `${op}: no such estimator. Got '${estimator}'; expected 'k1', 'k2' or 'k3'. Pass one of them.`,
    {
      op,
      details: { estimator },
    },
  );
}

/**
 * Estimates, per step, how far a policy has moved from the one that acted: KL(old ‖ new) from actions of the old one.
 *
 * The mean over steps is Stable-Baselines3's `approx_kl`. On the host, in float64: {@link hostKlEstimate}.
 *
 * @param inputs.logProb - Log-probability of the action taken, under the policy as it is now.
 * @param inputs.oldLogProb - The same under the policy that acted.
 * @param options.estimator - Default `'k3'`.
 * @returns The shape of `logProb`, in nats.
 * @throws {@link ShapeError} if the shapes differ. ArgumentError for another estimator.
 * @example
 * const inputs = { logProb: tensor([-1]), oldLogProb: tensor([-1.5]) };
 * (await item(klEstimate(inputs))).toFixed(4); // => '0.1487'
 * (await item(klEstimate(inputs, { estimator: 'k1' }))).toFixed(4); // => '-0.5000'
 * @see Schulman 2020, http://joschu.net/blog/kl-approx.html
 * @category Losses
 * @since 0.1.0
 */
export function klEstimate(
  inputs: { readonly logProb: Tensor; readonly oldLogProb: Tensor },
  options: { readonly estimator?: KlEstimator | undefined } = {},
): Tensor {
  checkOptionNames('klEstimate', options, ['estimator']);
  const { logProb, oldLogProb } = inputs;
  const { estimator = 'k3' } = options;
  checkShapes('klEstimate', { logProb, oldLogProb });
  checkEstimator('klEstimate', estimator);
  const ratio = sub(logProb, oldLogProb);
  if (estimator === 'k1') return neg(ratio);
  if (estimator === 'k2') return mul(0.5, square(ratio));
  return sub(sub(exp(ratio), 1), ratio);
}
