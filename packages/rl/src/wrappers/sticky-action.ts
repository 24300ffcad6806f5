import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { argumentError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { copyValue } from '../tabular/copy-value.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { ownGenerator, Wrapper } from './wrapper.ts';

/** Settings of {@link StickyAction}. */
export interface StickyActionOptions {
  /** Probability of repeating the last action instead of the given one, in [0, 1). */
  repeatProbability: number;
  /** Steps a repetition lasts: a number, or [least, most], each length equally likely. Default 1. */
  repeatDuration?: number | readonly [number, number] | undefined;
}

/**
 * Repeats the previous action with some probability (Machado et al. 2018), so that open-loop play fails.
 *
 * The draws come from a stream of the wrapper's own, derived from the seed of `reset({ seed })` and from how many wrappers
 * are inside: independent of the env's draws and of those of another wrapper. **Differs from Gymnasium**, where they are
 * mixed into the env's own generator.
 *
 * @throws ArgumentError for a probability outside [0, 1) or a duration that is not a range of positive integers.
 * @example
 * import { MountainCar, StickyAction } from '@gai/rl';
 * const env = new StickyAction(new MountainCar(), { repeatProbability: 0.25 });
 * env.reset({ seed: 0 });
 * env.step(2).reward; // => -1
 * @category Wrappers
 * @since 0.1.0
 */
export class StickyAction<Observation, Action> extends Wrapper<Observation, Action> {
  readonly #probability: number;
  readonly #duration: readonly [number, number];
  #random: Generator | undefined;
  #last: { action: Action } | undefined;
  #repeatsLeft = 0;

  constructor(env: Env<Observation, Action>, options: StickyActionOptions) {
    checkOptionNames('StickyAction', options, ['repeatProbability', 'repeatDuration']);
    const { repeatProbability, repeatDuration = 1 } = options;
    super(env, env);
    if (!(repeatProbability >= 0 && repeatProbability < 1)) {
      throw argumentError(
        'StickyAction',
        `repeatProbability is out of range. Got ${repeatProbability}; expected 0 <= repeatProbability < 1. Use 0.25.`,
      );
    }
    this.#probability = repeatProbability;
    this.#duration = typeof repeatDuration === 'number' ? [repeatDuration, repeatDuration] : repeatDuration;
    checkCount('StickyAction', 'least repeatDuration', this.#duration[0]);
    checkCount('StickyAction', 'most repeatDuration', this.#duration[1], this.#duration[0]);
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    if (options?.seed !== undefined) this.#random = ownGenerator(this, options.seed);
    this.#last = undefined;
    this.#repeatsLeft = 0;
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    this.#random ??= ownGenerator(this);
    if (this.#repeatsLeft === 0 && this.#last !== undefined && this.#random.random() < this.#probability) {
      this.#repeatsLeft = this.#random.integers(this.#duration[0], this.#duration[1] + 1);
    }
    const taken = this.#repeatsLeft > 0 && this.#last !== undefined ? this.#last.action : action;
    this.#repeatsLeft = Math.max(0, this.#repeatsLeft - 1);
    this.#last = { action: taken === action ? copyValue(action) : taken };
    const inner = this.env.step(taken);
    return this.forward(inner, inner.observation);
  }
}
