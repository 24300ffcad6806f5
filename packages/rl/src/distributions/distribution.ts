import type { Tensor } from '@gai/core';

/**
 * A distribution over actions, one per row of a batch: what a policy network's outputs mean.
 *
 * All of it are graph functions: they compile into the rollout and into the update, and gradients flow through `logProb`,
 * `entropy` and `kl`.
 *
 * @category Distributions
 * @since 0.1.0
 */
export interface Distribution {
  /** One action per row, in the form the env's space takes. Consumes the key. */
  sample(key: Tensor): Tensor;
  /**
   * Random numbers for `count` samples, which do not depend on what is learned: `[count, …]`. An agent draws them for many steps
   * at once. Only beside {@link Distribution.sampleFrom}; without both it draws every step with `sample`.
   */
  noise?(key: Tensor, count: number): Tensor;
  /** The sample that one entry of `noise` stands for. */
  sampleFrom?(noise: Tensor): Tensor;
  /** `[batch]`: the log-probability (or density) of an action per row, in nats, summed over its parts. */
  logProb(action: Tensor): Tensor;
  /** `[batch]`: in nats, summed over the parts of the action. */
  entropy(): Tensor;
  /** The action to take where nothing is left to chance: the likeliest, or the middle. */
  mode(): Tensor;
}
