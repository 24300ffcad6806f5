import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { argumentError } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import type { Space } from '../spaces/space.ts';
import { flattenSpace } from './flatten-observation.ts';
import { maxEpisodeStepsOf } from './time-limit.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Appends the number of steps since the reset to the flattened observation, so that a step limit becomes visible to the
 * agent (Pardo et al. 2018). `normalizeTime: true` divides it by the limit.
 *
 * @throws ArgumentError if no `TimeLimit` is inside.
 * @example
 * import { make, TimeAware } from '@gai/rl';
 * const env = new TimeAware(make('MountainCar-v0'), { normalizeTime: true });
 * env.reset({ seed: 0 });
 * env.step(1).observation[2]!.toFixed(3); // => '0.005'
 * @category Wrappers
 * @since 0.1.0
 */
export class TimeAware<InnerObservation, Action> extends Wrapper<Float32Array, Action, InnerObservation> {
  readonly #unit: number;
  readonly #inner: Space<InnerObservation>;
  #elapsed = 0;

  constructor(env: Env<InnerObservation, Action>, options: { normalizeTime?: boolean } = {}) {
    checkOptionNames('TimeAware', options, ['normalizeTime']);
    const { normalizeTime = false } = options;
    const limit = maxEpisodeStepsOf(env);
    if (limit === undefined) {
      throw argumentError(
        'TimeAware',
        'the env has no step limit. Got no TimeLimit inside; expected one. Wrap with TimeLimit first.',
      );
    }
    const { low, high } = flattenSpace(env.observationSpace);
    const observationSpace = new Box({ low: [...low, 0], high: [...high, normalizeTime ? 1 : limit] });
    super(env, { observationSpace, actionSpace: env.actionSpace });
    this.#unit = normalizeTime ? limit : 1;
    this.#inner = env.observationSpace;
  }

  #append(observation: InnerObservation): Float32Array {
    const vector = this.#inner.flatten(observation);
    const timed = new Float32Array(vector.length + 1);
    timed.set(vector);
    timed[vector.length] = this.#elapsed / this.#unit;
    return timed;
  }

  reset(options?: ResetOptions): ResetResult<Float32Array> {
    this.#elapsed = 0;
    const { observation, info } = this.env.reset(options);
    return { observation: this.#append(observation), info };
  }

  step(action: Action): StepResult<Float32Array> {
    const inner = this.env.step(action);
    this.#elapsed++;
    return this.forward(inner, this.#append(inner.observation));
  }
}
