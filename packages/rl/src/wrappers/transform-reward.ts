import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Passes every reward through a function, for example to clip it.
 *
 * @example
 * import { MountainCar, TransformReward } from '@gai/rl';
 * const env = new TransformReward(new MountainCar(), (reward) => reward / 10);
 * env.reset({ seed: 0 });
 * env.step(1).reward; // => -0.1
 * @category Wrappers
 * @since 0.1.0
 */
export class TransformReward<Observation, Action> extends Wrapper<Observation, Action> {
  readonly #transform: (reward: number) => number;

  constructor(env: Env<Observation, Action>, transform: (reward: number) => number) {
    super(env, env);
    this.#transform = transform;
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    const result = this.forward(inner, inner.observation);
    result.reward = this.#transform(inner.reward);
    return result;
  }
}
