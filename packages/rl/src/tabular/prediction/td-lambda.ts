import { checkOptionNames } from '@gai/core/errors';
import { checkNumber } from '../errors.ts';
import { checkTraces } from '../control/sarsa-lambda.ts';
import type { TraceKind } from '../control/sarsa-lambda.ts';
import { PREDICTION_OPTIONS, PredictionRun, emptyEpisode } from '../learning/prediction.ts';
import type { PredictionOptions, PredictionResult } from '../learning/prediction.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * Options of {@link tdLambda}.
 *
 * @category Prediction
 * @since 0.1.0
 */
export interface TDLambdaOptions extends PredictionOptions {
  /** λ, from 0 (one step) to 1 (Monte Carlo). */
  readonly lambda: number;
  /** How traces grow on a visit. Default `'accumulating'`. */
  readonly traces?: TraceKind | undefined;
  /** Collect the updates and apply them when the episode ends. Default false: update after every step. */
  readonly offline?: boolean | undefined;
}

/**
 * TD(λ) in the backward view: each TD error goes to all states in proportion to eligibility traces that fade by γλ.
 *
 * λ = 0 is TD(0) exactly. Offline with accumulating traces it makes the same updates as the offline λ-return
 * ({@link lambdaReturn}); offline λ = 1 is every-visit Monte Carlo.
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.lambda - From 0 to 1.
 * @example
 * import { mdpEnv, randomWalk, tdLambda } from '@gai/rl/tabular';
 * const walk = mdpEnv(randomWalk({ states: 19, leftReward: -1 }));
 * tdLambda(walk, { episodes: 10, lambda: 0.8, alpha: 0.3, seed: 0 }).values.length; // => 19
 * @see Sutton & Barto 2018, section 12.2
 * @category Prediction
 * @since 0.1.0
 */
export function tdLambda(env: TabularEnv, options: TDLambdaOptions): PredictionResult {
  checkOptionNames('tdLambda', options, ['lambda', 'traces', 'offline', ...PREDICTION_OPTIONS]);
  const run = new PredictionRun('tdLambda', env, options);
  const { lambda, traces = 'accumulating', offline = false } = options;
  checkNumber('tdLambda', 'lambda', [lambda, 0, 1]);
  checkTraces('tdLambda', traces);
  const { values, gamma, random } = run;
  const n = values.length;
  const trace = new Float64Array(n);
  const pending = new Float64Array(n);
  const table = offline ? pending : values;
  while (run.next()) {
    trace.fill(0);
    let state = run.reset();
    let length = 0;
    for (let isOver = false; !isOver;) {
      const { observation, reward, terminated, truncated } = env.step(run.sample(state, random));
      const target = terminated ? reward : reward + gamma * values[observation]!;
      const step = run.alpha * (target - values[state]!);
      if (traces === 'replacing') trace[state] = 1;
      else trace[state] = (traces === 'dutch' ? 1 - run.alpha : 1) * trace[state]! + 1;
      for (let s = 0; s < n; s++) {
        table[s]! += step * trace[s]!;
        trace[s]! *= gamma * lambda;
      }
      state = observation;
      length++;
      isOver = terminated || truncated;
    }
    if (offline) for (let s = 0; s < n; s++) values[s]! += pending[s]!;
    pending.fill(0);
    run.end(length);
  }
  return run.result();
}

/**
 * Options of {@link lambdaReturn}.
 *
 * @category Prediction
 * @since 0.1.0
 */
export interface LambdaReturnOptions extends PredictionOptions {
  /** λ, from 0 to 1. */
  readonly lambda: number;
  /**
   * Apply the updates one after another (default, Sutton & Barto) or all at once from the values before the episode.
   */
  readonly together?: boolean | undefined;
}

/**
 * The forward view: after each episode `V(s_t) ← V(s_t) + α [G_t^λ − V(s_t)]`, with the λ-return
 * `G_t^λ = r_{t+1} + γ [(1 − λ) V(s_{t+1}) + λ G_{t+1}^λ]` computed from the values before the episode.
 *
 * λ = 1 is every-visit Monte Carlo with constant α exactly.
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.lambda - From 0 to 1.
 * @example
 * import { lambdaReturn, mcPrediction, mdpEnv, randomWalk } from '@gai/rl/tabular';
 * const options = { episodes: 20, alpha: 0.1, seed: 3 };
 * const a = lambdaReturn(mdpEnv(randomWalk()), { ...options, lambda: 1 }).values;
 * const b = mcPrediction(mdpEnv(randomWalk()), options).values;
 * a.every((v, s) => v === b[s]); // => true
 * @see Sutton & Barto 2018, section 12.1
 * @category Prediction
 * @since 0.1.0
 */
export function lambdaReturn(env: TabularEnv, options: LambdaReturnOptions): PredictionResult {
  checkOptionNames('lambdaReturn', options, ['lambda', 'together', ...PREDICTION_OPTIONS]);
  const run = new PredictionRun('lambdaReturn', env, options);
  const { lambda, together = false } = options;
  checkNumber('lambdaReturn', 'lambda', [lambda, 0, 1]);
  const { values, gamma } = run;
  const episode = emptyEpisode();
  const targets: number[] = [];
  while (run.next()) {
    run.play(episode);
    const { states, rewards } = episode;
    const length = rewards.length;
    let g = episode.isTerminal ? 0 : values[states[length]!]!;
    for (let t = length - 1; t >= 0; t--) {
      const next = t === length - 1 ? g : (1 - lambda) * values[states[t + 1]!]! + lambda * g;
      g = rewards[t]! + gamma * next;
      targets[t] = g;
    }
    const before = together ? Float64Array.from(values) : values;
    for (let t = 0; t < length; t++) values[states[t]!]! += run.alpha * (targets[t]! - before[states[t]!]!);
    run.end(length);
  }
  return run.result();
}

/**
 * True online TD(λ) (van Seijen & Sutton 2014): the backward view that equals the online λ-return after every step.
 *
 * Dutch traces and a correction make it exact at any α, where {@link tdLambda} only approximates for small α.
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.lambda - From 0 to 1. 0 is TD(0).
 * @example
 * import { mdpEnv, randomWalk, trueOnlineTDLambda } from '@gai/rl/tabular';
 * const walk = mdpEnv(randomWalk({ states: 19, leftReward: -1 }));
 * trueOnlineTDLambda(walk, { episodes: 10, lambda: 0.9, alpha: 0.5, seed: 0 }).values.length; // => 19
 * @see Sutton & Barto 2018, section 12.5
 * @category Prediction
 * @since 0.1.0
 */
export function trueOnlineTDLambda(
  env: TabularEnv,
  options: PredictionOptions & { readonly lambda: number },
): PredictionResult {
  checkOptionNames('trueOnlineTDLambda', options, ['lambda', ...PREDICTION_OPTIONS]);
  const run = new PredictionRun('trueOnlineTDLambda', env, options);
  const { lambda } = options;
  checkNumber('trueOnlineTDLambda', 'lambda', [lambda, 0, 1]);
  const { values, gamma, random } = run;
  const n = values.length;
  const trace = new Float64Array(n);
  while (run.next()) {
    const { alpha } = run;
    trace.fill(0);
    let state = run.reset();
    let old = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const { observation, reward, terminated, truncated } = env.step(run.sample(state, random));
      const v = values[state]!;
      const next = terminated ? 0 : values[observation]!;
      const delta = reward + gamma * next - v;
      for (let s = 0; s < n; s++) trace[s]! *= gamma * lambda;
      trace[state]! += 1 - alpha * trace[state]!;
      for (let s = 0; s < n; s++) values[s]! += alpha * (delta + v - old) * trace[s]!;
      values[state]! -= alpha * (v - old);
      old = next;
      state = observation;
      length++;
      isOver = terminated || truncated;
    }
    run.end(length);
  }
  return run.result();
}
