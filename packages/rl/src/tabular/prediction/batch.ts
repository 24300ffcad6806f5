import { checkOptionNames } from '@gai/core/errors';
import { checkNumber } from '../errors.ts';
import { PREDICTION_OPTIONS, PredictionRun, emptyEpisode } from '../learning/prediction.ts';
import type { EpisodeSteps, PredictionOptions } from '../learning/prediction.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * Options of {@link batchPrediction}.
 *
 * @category Prediction
 * @since 0.1.0
 */
export interface BatchOptions extends PredictionOptions {
  /** TD(0) or constant-α Monte Carlo. */
  readonly method: 'td' | 'mc';
  /** The batch is repeated until the summed update is below this, in units of value. Default 1e-3. */
  readonly tolerance?: number | undefined;
}

/**
 * Batch prediction: after each new episode, all episodes so far are presented again and again, with the updates summed
 * per pass, until the values converge.
 *
 * Batch Monte Carlo finds the mean of the observed returns (of a truncated one, with the value of the state where it was
 * cut), batch TD(0) the values of the most likely Markov process
 * (the certainty equivalent), which predicts better.
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.alpha - Step size of the summed updates; small enough to converge. Default 0.001.
 * @returns `[numStates]`: the values after the last episode.
 * @example
 * import { batchPrediction, mdpEnv, randomWalk } from '@gai/rl/tabular';
 * const values = batchPrediction(mdpEnv(randomWalk()), { method: 'td', episodes: 30, initialValues: 0.5, seed: 0 });
 * values.length; // => 5
 * @see Sutton & Barto 2018, section 6.3
 * @category Prediction
 * @since 0.1.0
 */
export function batchPrediction(env: TabularEnv, options: BatchOptions): Float64Array {
  checkOptionNames('batchPrediction', options, ['method', 'tolerance', ...PREDICTION_OPTIONS]);
  const run = new PredictionRun('batchPrediction', env, { ...options, alpha: options.alpha ?? 0.001 });
  const tolerance = options.tolerance ?? 1e-3;
  checkNumber('batchPrediction', 'tolerance', [tolerance, Number.MIN_VALUE, Infinity]);
  const batch: EpisodeSteps[] = [];
  const { values } = run;
  const update = new Float64Array(values.length);
  while (run.next()) {
    const episode = emptyEpisode();
    run.play(episode);
    batch.push(episode);
    for (let isConverged = false; !isConverged;) {
      update.fill(0);
      for (const one of batch) addUpdates(one, { values, update, gamma: run.gamma, isTD: options.method === 'td' });
      let size = 0;
      for (let s = 0; s < values.length; s++) {
        values[s]! += run.alpha * update[s]!;
        size += run.alpha * Math.abs(update[s]!);
      }
      isConverged = size < tolerance;
    }
    run.end(episode.rewards.length);
  }
  return values;
}

function addUpdates(
  { states, rewards, isTerminal }: EpisodeSteps,
  { values, update, gamma, isTD }: { values: Float64Array; update: Float64Array; gamma: number; isTD: boolean },
): void {
  const length = rewards.length;
  let next = isTerminal ? 0 : values[states[length]!]!;
  for (let t = length - 1; t >= 0; t--) {
    const s = states[t]!;
    const target = rewards[t]! + gamma * next;
    update[s]! += target - values[s]!;
    next = isTD ? values[s]! : target;
  }
}
