import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { argumentError } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import { RunningMoments } from './running-moments.ts';
import { Wrapper } from './wrapper.ts';

/** An observation that is an array of numbers. */
export type NumericObservation = ArrayLike<number>;

/**
 * Shifts and scales observations to mean 0 and variance 1 over all steps so far:
 * (o − mean) / √(variance + ε), in float32. Set `updateRunningMean = false` to freeze the statistics for evaluation.
 *
 * Differs from Gymnasium 1.4 in keeping the statistics in float64, where Gymnasium rounds them to float32.
 *
 * @throws ArgumentError if the observation space is not a `Box`, or ε is not positive.
 * @example
 * import { NormalizeObservation, Pendulum } from '@gai/rl';
 * const env = new NormalizeObservation(new Pendulum());
 * env.reset({ seed: 0 }).observation.length; // => 3
 * @category Wrappers
 * @since 0.1.0
 */
export class NormalizeObservation<Action> extends Wrapper<Float32Array, Action, NumericObservation> {
  /** Mean and variance so far. */
  readonly statistics: RunningMoments;
  /** Take new observations into the statistics? Default true. */
  updateRunningMean = true;
  readonly #epsilon: number;

  /** @param options - `epsilon`: added to the variance, default 1e-8. */
  constructor(env: Env<NumericObservation, Action>, options: { epsilon?: number } = {}) {
    checkOptionNames('NormalizeObservation', options, ['epsilon']);
    const { epsilon = 1e-8 } = options;
    const { shape, kind } = env.observationSpace;
    if (kind !== 'Box' || shape === null) {
      throw argumentError(
        'NormalizeObservation',
        `observations are not numbers. Got ${env.observationSpace}; expected a Box. Wrap with FlattenObservation first.`,
      );
    }
    if (!(epsilon > 0)) {
      throw argumentError(
        'NormalizeObservation',
        `epsilon is not positive. Got ${epsilon}; expected epsilon > 0. Use 1e-8.`,
      );
    }
    super(env, { observationSpace: new Box({ low: -Infinity, high: Infinity, shape }), actionSpace: env.actionSpace });
    this.#epsilon = epsilon;
    this.statistics = new RunningMoments(env.observationSpace.flatSize);
  }

  #normalize(observation: NumericObservation): Float32Array {
    const { statistics } = this;
    const epsilon = this.#epsilon;
    if (this.updateRunningMean) statistics.update(observation);
    const normalized = new Float32Array(observation.length);
    for (let index = 0; index < normalized.length; index++) {
      normalized[index] =
        (observation[index]! - statistics.mean[index]!) / Math.sqrt(statistics.variance[index]! + epsilon);
    }
    return normalized;
  }

  reset(options?: ResetOptions): ResetResult<Float32Array> {
    const { observation, info } = this.env.reset(options);
    return { observation: this.#normalize(observation), info };
  }

  step(action: Action): StepResult<Float32Array> {
    const inner = this.env.step(action);
    return this.forward(inner, this.#normalize(inner.observation));
  }
}
