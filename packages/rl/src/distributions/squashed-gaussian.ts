import { atanh, clip, mul, softplus, sub, sum, tanh } from '@gai/core';
import type { Tensor } from '@gai/core';
import { StateError } from '@gai/core/errors';
import { DiagonalGaussian } from './diagonal-gaussian.ts';
import type { Distribution } from './distribution.ts';

/** How near to ±1 an action is taken to lie: float32 has no number that atanh could tell from 1 beyond it. */
export const EDGE = 1 - 1e-6;

/**
 * The log-density of actions before and after they were squashed: `log p(u) − Σ log(1 − tanh² u)`, the latter as
 * `2 (log 2 − u − softplus(−2u))`, which keeps its digits at the ends.
 */
export function squashedLogProb(logProb: Tensor, before: Tensor): Tensor {
  const slope = mul(2, sub(sub(Math.LN2, before), softplus(mul(-2, before))));
  return sub(logProb, sum(slope, { axis: -1 }));
}

/**
 * Normal numbers squashed by tanh into (−1, 1): SAC's policy, for a `Box` from −1 to 1 (`RescaleAction`).
 *
 * Where an action was just drawn, {@link SquashedGaussian.sampleWithLogProb} is exact; `logProb` has to undo the tanh.
 *
 * @param mean - `[…, actions]`, before squashing.
 * @param logStd - `[actions]` or the shape of `mean`.
 * @throws {@link ShapeError} if `logStd` has neither shape.
 * @example
 * const squashed = new SquashedGaussian(tensor([[0.5]]), tensor([-1]));
 * (await item(squashed.mode())).toFixed(4); // => '0.4621'
 * const [action, logProb] = squashed.sampleWithLogProb(key(0));
 * action.shape; // => [1, 1]
 * logProb.shape; // => [1]
 * @see Haarnoja et al. 2018, appendix C, https://arxiv.org/abs/1801.01290
 * @category Distributions
 * @since 0.1.0
 */
export class SquashedGaussian implements Distribution {
  /** Before squashing. */
  readonly base: DiagonalGaussian;

  constructor(mean: Tensor, logStd: Tensor) {
    this.base = new DiagonalGaussian(mean, logStd);
  }

  /** `[…, actions]` in (−1, 1), by reparameterisation. */
  sample(key: Tensor): Tensor {
    return tanh(this.base.sample(key));
  }

  /** An action, and its log-density from the number before squashing. */
  sampleWithLogProb(key: Tensor): [action: Tensor, logProb: Tensor] {
    return this.#squash(this.base.sample(key));
  }

  /** The same from standard normal numbers of the shape of `mean`, drawn elsewhere: SAC's updates draw theirs on the host. */
  fromNoise(noise: Tensor): [action: Tensor, logProb: Tensor] {
    return this.#squash(this.base.sampleFrom(noise));
  }

  #squash(before: Tensor): [action: Tensor, logProb: Tensor] {
    return [tanh(before), this.#logProbOf(before)];
  }

  /** @param action - `[…, actions]` in [−1, 1]; the very ends count as 1 − 1e-6. */
  logProb(action: Tensor): Tensor {
    return this.#logProbOf(atanh(clip(action, -EDGE, EDGE)));
  }

  #logProbOf(before: Tensor): Tensor {
    return squashedLogProb(this.base.logProb(before), before);
  }

  /** There is no formula for it: estimate it by `−logProb` of samples. */
  entropy(): never {
    throw new StateError(
      'SquashedGaussian.entropy: there is no closed form. Got a call; expected none. Use the mean of −logProb of samples ' +
        '(sampleWithLogProb), as SAC does.',
      { op: 'SquashedGaussian.entropy' },
    );
  }

  /** `tanh(mean)`: the median, which is what SAC plays when it leaves nothing to chance. */
  mode(): Tensor {
    return tanh(this.base.mean);
  }

  /** `[…]`: KL(this ‖ other), in nats: squashing both alike does not change it. */
  kl(other: SquashedGaussian): Tensor {
    return this.base.kl(other.base);
  }
}
