import type { Env, EnvState, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { innerEnv, loadInner, saveInner, Wrapper } from './wrapper.ts';

/**
 * Truncates an episode after a number of steps.
 *
 * The step that reaches the limit has `truncated: true` (also when it terminates, as in Gymnasium). A truncated step's
 * value must be bootstrapped, a terminated one's must not.
 *
 * @throws ArgumentError if `maxEpisodeSteps` is not a positive integer.
 * @example
 * import { MountainCar, TimeLimit } from '@gai/rl';
 * const env = new TimeLimit(new MountainCar(), 2);
 * env.reset({ seed: 0 });
 * env.step(1).truncated; // => false
 * env.step(1).truncated; // => true
 * @category Wrappers
 * @since 0.1.0
 */
export class TimeLimit<Observation, Action> extends Wrapper<Observation, Action> {
  /** Steps per episode. */
  readonly maxEpisodeSteps: number;
  #elapsed = 0;

  constructor(env: Env<Observation, Action>, maxEpisodeSteps: number) {
    super(env, env);
    checkCount('TimeLimit', 'maxEpisodeSteps', maxEpisodeSteps);
    this.maxEpisodeSteps = maxEpisodeSteps;
  }

  getState(): EnvState {
    return { elapsed: this.#elapsed, env: saveInner(this) };
  }

  setState(state: EnvState): void {
    this.#elapsed = Number(state['elapsed']);
    loadInner(this, state);
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    this.#elapsed = 0;
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    const result = this.forward(inner, inner.observation);
    if (++this.#elapsed >= this.maxEpisodeSteps) result.truncated = true;
    return result;
  }
}

/** The step limit of an env, found through its wrappers; undefined if it has none. */
export function maxEpisodeStepsOf(env: object): number | undefined {
  for (let current: object | undefined = env; current !== undefined; current = innerEnv(current)) {
    if (current instanceof TimeLimit) return current.maxEpisodeSteps;
  }
  return undefined;
}
