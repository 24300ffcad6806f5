import { atanh, clip, tanh } from '@gai/core';
import type { Tensor } from '@gai/core';
import { StateError } from '@gai/core/errors';
import type { Distribution } from './distribution.ts';
import { EDGE, squashedLogProb } from './squashed-gaussian.ts';
import { StateDependentGaussian } from './state-dependent-gaussian.ts';
import type { StateDependentGaussianOptions } from './state-dependent-gaussian.ts';

/**
 * Actions explored by features (gSDE) and squashed by tanh into (−1, 1): SAC's policy with `useSde`. Gradients of the noise reach the
 * features.
 *
 * @param mean - `[batch, actions]`, before squashing.
 * @param logStd - Logarithms of the deviations of the matrix, `[features, actions]` or `[features, 1]`.
 * @param features - `[batch, features]`: the last hidden layer.
 * @throws {@link ShapeError} if they do not fit together.
 * @example
 * const explored = new SquashedStateDependentGaussian(tensor([[0.5]]), tensor([[0], [0]]), tensor([[3, 4]]));
 * (await item(explored.mode())).toFixed(4); // => '0.4621'
 * explored.fromNoise(tensor([[1], [-1]]))[0].shape; // => [1, 1]
 * @see Raffin et al. 2020, https://arxiv.org/abs/2005.05719
 * @category Distributions
 * @since 0.1.0
 */
export class SquashedStateDependentGaussian implements Distribution {
  /** Before squashing. */
  readonly base: StateDependentGaussian;

  constructor(mean: Tensor, logStd: Tensor, features: Tensor, options: StateDependentGaussianOptions = {}) {
    this.base = new StateDependentGaussian(mean, logStd, features, { learnFeatures: true, ...options });
  }

  /** `[batch, actions]` in (−1, 1), with a matrix for each row. */
  sample(key: Tensor): Tensor {
    return tanh(this.base.sample(key));
  }

  /**
   * The actions that matrices of standard normal numbers stand for, and their log-densities: one matrix for all rows, `[features, actions]`,
   * or one each, `[batch, features, actions]`.
   */
  fromNoise(noise: Tensor): [action: Tensor, logProb: Tensor] {
    const before = this.base.fromNoise(noise);
    return [tanh(before), squashedLogProb(this.base.logProb(before), before)];
  }

  /** @param action - `[batch, actions]` in [−1, 1]; the very ends count as 1 − 1e-6. */
  logProb(action: Tensor): Tensor {
    const before = atanh(clip(action, -EDGE, EDGE));
    return squashedLogProb(this.base.logProb(before), before);
  }

  /** There is no formula for it: estimate it by `−logProb` of samples. */
  entropy(): never {
    throw new StateError(
      'SquashedStateDependentGaussian.entropy: there is no closed form. Got a call; expected none. Use the mean of −logProb of samples ' +
        '(fromNoise), as SAC does.',
      { op: 'SquashedStateDependentGaussian.entropy' },
    );
  }

  /** `tanh(mean)`. */
  mode(): Tensor {
    return tanh(this.base.mode());
  }
}
