import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { argumentError } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import { boxActionSpace } from './box-action.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Lets actions run from `minAction` to `maxAction` and maps them linearly onto the env's bounds:
 * a′ = low + (high − low)·(a − min)/(max − min).
 *
 * @throws ArgumentError if min ≥ max, or the action space is not a bounded float `Box`.
 * @example
 * import { Pendulum, RescaleAction } from '@gai/rl';
 * const env = new RescaleAction(new Pendulum(), { minAction: -1, maxAction: 1 });
 * env.actionSpace.toString(); // => 'Box(-1.0, 1.0, (1,), float32)'
 * @category Wrappers
 * @since 0.1.0
 */
export class RescaleAction<Observation> extends Wrapper<Observation, Float32Array> {
  readonly #low: ArrayLike<number>;
  readonly #high: ArrayLike<number>;
  readonly #minAction: number;
  readonly #maxAction: number;

  /** @param options - `minAction` (default −1) and `maxAction` (default 1). */
  constructor(env: Env<Observation, Float32Array>, options: { minAction?: number; maxAction?: number } = {}) {
    checkOptionNames('RescaleAction', options, ['minAction', 'maxAction']);
    const { minAction = -1, maxAction = 1 } = options;
    const { low, high, shape } = boxActionSpace('RescaleAction', env);
    if (!(minAction < maxAction) || ![...low, ...high, minAction, maxAction].every(Number.isFinite)) {
      throw argumentError(
        'RescaleAction',
        `the bounds do not span a range. Got minAction ${minAction}, maxAction ${maxAction} for ${env.actionSpace}; ` +
          'expected finite bounds with minAction < maxAction. Change them.',
      );
    }
    super(env, {
      observationSpace: env.observationSpace,
      actionSpace: new Box({ low: minAction, high: maxAction, shape }),
    });
    this.#low = low;
    this.#high = high;
    this.#minAction = minAction;
    this.#maxAction = maxAction;
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Float32Array): StepResult<Observation> {
    const span = this.#maxAction - this.#minAction;
    const rescaled = Float32Array.from(action, (value, index) => {
      const low = this.#low[index]!;
      return low + ((this.#high[index]! - low) * (value - this.#minAction)) / span;
    });
    const inner = this.env.step(rescaled);
    return this.forward(inner, inner.observation);
  }
}
