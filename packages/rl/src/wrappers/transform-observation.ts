import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import type { Space } from '../spaces/space.ts';
import { Wrapper } from './wrapper.ts';

/**
 * Passes every observation through a function. Give the space of its results.
 *
 * @example
 * import { Discrete, MountainCar, TransformObservation } from '@gai/rl';
 * const env = new TransformObservation(new MountainCar(), ([x]) => (x! > 0 ? 1 : 0), new Discrete(2));
 * env.reset({ seed: 0 }).observation; // => 0
 * @category Wrappers
 * @since 0.1.0
 */
export class TransformObservation<Observation, Action, InnerObservation> extends Wrapper<
  Observation,
  Action,
  InnerObservation
> {
  readonly #transform: (observation: InnerObservation) => Observation;

  constructor(
    env: Env<InnerObservation, Action>,
    transform: (observation: InnerObservation) => Observation,
    observationSpace: Space<Observation>,
  ) {
    super(env, { observationSpace, actionSpace: env.actionSpace });
    this.#transform = transform;
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    const { observation, info } = this.env.reset(options);
    return { observation: this.#transform(observation), info };
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    return this.forward(inner, this.#transform(inner.observation));
  }
}
