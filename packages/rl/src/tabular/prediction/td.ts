import { checkOptionNames } from '@gai/core/errors';
import { checkInteger } from '../errors.ts';
import { PREDICTION_OPTIONS, PredictionRun } from '../learning/prediction.ts';
import type { PredictionOptions, PredictionResult } from '../learning/prediction.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * TD(0) prediction: `V(s) ← V(s) + α [r + γ V(s') − V(s)]` after every step.
 *
 * Bootstraps: learns during the episode, with less variance than Monte Carlo and some bias while V is wrong.
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.alpha - Default 0.1.
 * @example
 * import { mdpEnv, randomWalk, tdPrediction } from '@gai/rl/tabular';
 * const { values } = tdPrediction(mdpEnv(randomWalk()), { episodes: 5000, alpha: 0.01, initialValues: 0.5, seed: 0 });
 * Math.abs(values[4]! - 5 / 6) < 0.1; // => true
 * @see Sutton & Barto 2018, section 6.1
 * @category Prediction
 * @since 0.1.0
 */
export function tdPrediction(env: TabularEnv, options: PredictionOptions): PredictionResult {
  checkOptionNames('tdPrediction', options, PREDICTION_OPTIONS);
  const run = new PredictionRun('tdPrediction', env, options);
  const { values, gamma, random } = run;
  while (run.next()) {
    let state = run.reset();
    let length = 0;
    for (let isOver = false; !isOver;) {
      const { observation, reward, terminated, truncated } = env.step(run.sample(state, random));
      const target = terminated ? reward : reward + gamma * values[observation]!;
      values[state]! += run.alpha * (target - values[state]!);
      state = observation;
      length++;
      isOver = terminated || truncated;
    }
    run.end(length);
  }
  return run.result();
}

/**
 * n-step TD prediction: `V(s_τ) ← V(s_τ) + α [Σ_{k<n} γ^k r_{τ+k+1} + γ^n V(s_{τ+n}) − V(s_τ)]`.
 *
 * An episode that is truncated ends in the value that its last state had when it was cut.
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.n - Rewards before bootstrapping, n ≥ 1. 1 is {@link tdPrediction}; beyond the episode's length it is
 * every-visit Monte Carlo ({@link mcPrediction} with the same `alpha`), truncated episodes included.
 * @example
 * import { mdpEnv, nStepTD, randomWalk } from '@gai/rl/tabular';
 * const walk = mdpEnv(randomWalk({ states: 19, leftReward: -1 }));
 * nStepTD(walk, { episodes: 10, n: 4, alpha: 0.4, seed: 0 }).values.length; // => 19
 * @see Sutton & Barto 2018, section 7.1
 * @category Prediction
 * @since 0.1.0
 */
export function nStepTD(env: TabularEnv, options: PredictionOptions & { readonly n: number }): PredictionResult {
  checkOptionNames('nStepTD', options, ['n', ...PREDICTION_OPTIONS]);
  const { n } = options;
  checkInteger('nStepTD', 'n', [n, 1, 1e9]);
  const run = new PredictionRun('nStepTD', env, options);
  const { values, gamma, random } = run;
  const states: number[] = [];
  const rewards: number[] = [];
  while (run.next()) {
    rewards.length = 0;
    states.length = 0;
    states.push(run.reset());
    let isOver = false;
    let tail = 0;
    for (let tau = 1 - n; !isOver || tau < rewards.length; tau++) {
      if (!isOver) {
        const { observation, reward, terminated, truncated } = env.step(run.sample(states[states.length - 1]!, random));
        rewards.push(reward);
        states.push(observation);
        isOver = terminated || truncated;
        tail = terminated ? 0 : values[observation]!;
      }
      if (tau < 0) continue;
      const end = Math.min(tau + n, rewards.length);
      let g = end === rewards.length ? tail : values[states[end]!]!;
      for (let k = end - 1; k >= tau; k--) g = rewards[k]! + gamma * g;
      values[states[tau]!]! += run.alpha * (g - values[states[tau]!]!);
    }
    run.end(rewards.length);
  }
  return run.result();
}
