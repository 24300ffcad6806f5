import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { argumentError } from '../errors.ts';
import { Wrapper } from './wrapper.ts';

/** Settings of {@link NormalizeReward}. */
export interface NormalizeRewardOptions {
  /** Discount γ of the running return, in [0, 1]. Default 0.99. */
  gamma?: number | undefined;
  /** Added to the variance. Default 1e-8. */
  epsilon?: number | undefined;
}

/**
 * Divides rewards by the standard deviation of a running discounted return, as Gymnasium does:
 * G ← γ·G·(1 − terminated) + r; r′ = r / √(var(G) + ε). Set `updateRunningMean = false` to freeze the variance.
 *
 * @throws ArgumentError if γ is outside [0, 1] or ε is not positive.
 * @category Wrappers
 * @since 0.1.0
 */
export class NormalizeReward<Observation, Action> extends Wrapper<Observation, Action> {
  /** Take new rewards into the statistics? Default true. */
  updateRunningMean = true;
  readonly #gamma: number;
  readonly #epsilon: number;
  #discounted = 0;
  #mean = 0;
  #variance = 1;
  #count = 1e-4;

  constructor(env: Env<Observation, Action>, options: NormalizeRewardOptions = {}) {
    checkOptionNames('NormalizeReward', options, ['gamma', 'epsilon']);
    const { gamma = 0.99, epsilon = 1e-8 } = options;
    super(env, env);
    if (!(gamma >= 0 && gamma <= 1)) {
      throw argumentError(
        'NormalizeReward',
        `gamma is out of range. Got ${gamma}; expected 0 <= gamma <= 1. Use 0.99.`,
      );
    }
    if (!(epsilon > 0)) {
      throw argumentError(
        'NormalizeReward',
        `epsilon is not positive. Got ${epsilon}; expected epsilon > 0. Use 1e-8.`,
      );
    }
    this.#gamma = gamma;
    this.#epsilon = epsilon;
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    const result = this.forward(inner, inner.observation);
    this.#discounted = this.#discounted * this.#gamma * (inner.terminated ? 0 : 1) + inner.reward;
    if (this.updateRunningMean) this.#update(this.#discounted);
    result.reward = inner.reward / Math.sqrt(this.#variance + this.#epsilon);
    return result;
  }

  #update(value: number): void {
    const total = this.#count + 1;
    const delta = value - this.#mean;
    this.#mean += delta / total;
    this.#variance = (this.#variance * this.#count + (delta * delta * this.#count) / total) / total;
    this.#count = total;
  }
}
