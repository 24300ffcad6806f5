import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { Box } from '../spaces/box.ts';
import { boxActionSpace } from './box-action.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Clips continuous actions to the env's bounds; its own action space is unbounded.
 *
 * @throws ArgumentError if the action space is not a float `Box`.
 * @example
 * import { ClipAction, MountainCarContinuous } from '@gai/rl';
 * const env = new ClipAction(new MountainCarContinuous());
 * env.reset({ seed: 0 });
 * env.step(new Float32Array([5])).reward; // => -0.1
 * @category Wrappers
 * @since 0.1.0
 */
export class ClipAction<Observation> extends Wrapper<Observation, Float32Array> {
  readonly #low: ArrayLike<number>;
  readonly #high: ArrayLike<number>;

  constructor(env: Env<Observation, Float32Array>) {
    const { low, high, shape } = boxActionSpace('ClipAction', env);
    super(env, {
      observationSpace: env.observationSpace,
      actionSpace: new Box({ low: -Infinity, high: Infinity, shape }),
    });
    this.#low = low;
    this.#high = high;
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Float32Array): StepResult<Observation> {
    const clipped = Float32Array.from(action, (value, index) =>
      Math.min(Math.max(value, this.#low[index]!), this.#high[index]!),
    );
    const inner = this.env.step(clipped);
    return this.forward(inner, inner.observation);
  }
}
