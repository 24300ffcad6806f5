import { checkOptionNames } from '@gai/core/errors';
import type { ResetOptions } from '../../env.ts';
import { copyValue } from '../copy-value.ts';
import { checkInteger, checkNumber } from '../errors.ts';
import { solveInPlace } from '../dp/linear-solve.ts';
import { toSchedule } from '../learning/schedules.ts';
import { truncationRule } from '../learning/truncation.ts';
import type { TruncationRule } from '../learning/truncation.ts';
import type { Schedule } from '../learning/schedules.ts';
import { Random, runSeed } from '../random.ts';
import { LinearFunction } from './features.ts';
import type { Features } from './features.ts';

/**
 * An env with any observations, as function approximation takes it.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface FeatureEnv<Observation> {
  readonly actionSpace: object;
  reset(options?: ResetOptions): { observation: Observation };
  step(action: number): {
    readonly observation: Observation;
    readonly reward: number;
    readonly terminated: boolean;
    readonly truncated: boolean;
  };
}

/**
 * Options of prediction with linear function approximation.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface LinearPredictionOptions<Observation> {
  readonly features: Features<Observation>;
  /** Chooses actions. Default action 0. */
  readonly policy?: ((observation: Observation, random: Random) => number) | undefined;
  readonly episodes: number;
  /** Step size per update, number or schedule. Default 0.01. */
  readonly alpha?: number | Schedule | undefined;
  /** Discount γ per step. Default 1. */
  readonly gamma?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly onEpisode?: ((episode: number, weights: Float64Array) => void) | undefined;
}

/** The names of {@link LinearPredictionOptions}. */
const NAMES: readonly string[] = ['features', 'policy', 'episodes', 'alpha', 'gamma', 'seed', 'onEpisode'];

/**
 * A learned linear value function.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface LinearPrediction<Observation> {
  /** `[features.size]` */
  readonly weights: Float64Array;
  /** `w · x(observation)` */
  readonly value: (observation: Observation) => number;
}

/** One step: what was seen, what was paid, what is seen next. */
interface Step<Observation> {
  readonly observation: Observation;
  readonly reward: number;
  readonly next: Observation;
  readonly terminated: boolean;
}

/** Plays the episodes; calls `onStep` after each step and `onEnd` after each episode. */
function playEpisodes<Observation>(
  op: string,
  [env, options]: readonly [FeatureEnv<Observation>, LinearPredictionOptions<Observation>],
  handlers: {
    onStep?: (step: Step<Observation>, alpha: number) => void;
    onEnd: (alpha: number, episode: number) => void;
  },
): void {
  const { episodes, alpha = 0.01, seed = 0, policy } = options;
  checkInteger(op, 'episodes', [episodes, 1, 1_000_000_000]);
  checkNumber(op, 'gamma', [options.gamma ?? 1, 0, 1]);
  const alphaOf = toSchedule(op, 'alpha', [alpha, Infinity]);
  const random = new Random(seed);
  for (let episode = 0; episode < episodes; episode++) {
    const rate = alphaOf(episodes > 1 ? episode / (episodes - 1) : 0);
    let observation = copyValue(env.reset(episode === 0 ? { seed: runSeed(seed, 1) } : undefined).observation);
    for (let isOver = false; !isOver;) {
      const result = env.step(policy ? policy(observation, random) : 0);
      const { reward, terminated } = result;
      const next = copyValue(result.observation);
      isOver = terminated || result.truncated;
      handlers.onStep?.({ observation, reward, next, terminated }, rate);
      observation = next;
    }
    handlers.onEnd(rate, episode);
  }
}

/**
 * Gradient Monte Carlo: `w ← w + α [G_t − v(s_t, w)] ∇v(s_t, w)` for every step of a finished episode.
 *
 * Converges to the weights of least squared error under the policy's own distribution of states. A truncated episode goes
 * on with the value of the state where it was cut, or is left out (`truncation`).
 *
 * @param env - Any observations the features can encode.
 * @param options.features - For instance {@link stateAggregation} or {@link tileCoding}.
 * @param options.truncation - `'bootstrap'` (default) or `'discard'`.
 * @example
 * import { gradientMC, mdpEnv, randomWalk, stateAggregation } from '@gai/rl/tabular';
 * const walk = mdpEnv(randomWalk({ states: 1000, jump: 100, leftReward: -1 }));
 * const { value } = gradientMC(walk, { features: stateAggregation(1000, 10), episodes: 2000, alpha: 1e-3 });
 * value(950) > value(50); // => true
 * @see Sutton & Barto 2018, section 9.3
 * @category Function approximation
 * @since 0.1.0
 */
export function gradientMC<Observation>(
  env: FeatureEnv<Observation>,
  options: LinearPredictionOptions<Observation> & { readonly truncation?: TruncationRule | undefined },
): LinearPrediction<Observation> {
  checkOptionNames('gradientMC', options, ['truncation', ...NAMES]);
  const rule = truncationRule('gradientMC', options.truncation);
  const v = new LinearFunction(options.features);
  const gamma = options.gamma ?? 1;
  const steps: Step<Observation>[] = [];
  playEpisodes('gradientMC', [env, options], {
    onStep: (step) => void steps.push(step),
    onEnd: (alpha, episode) => {
      const last = steps[steps.length - 1]!;
      const returns = new Float64Array(steps.length);
      let g = last.terminated ? 0 : v.value(last.next);
      for (let t = steps.length - 1; t >= 0; t--) returns[t] = g = steps[t]!.reward + gamma * g;
      if (last.terminated || rule === 'bootstrap')
        steps.forEach(({ observation }, t) => v.add(observation, alpha * (returns[t]! - v.value(observation))));
      steps.length = 0;
      options.onEpisode?.(episode, v.weights);
    },
  });
  return { weights: v.weights, value: (observation) => v.value(observation) };
}

/**
 * Semi-gradient n-step TD: `w ← w + α [Σ γ^k r + γ^n v(s_{t+n}, w) − v(s_t, w)] ∇v(s_t, w)`.
 *
 * Bootstraps, so it learns faster than {@link gradientMC} and converges to the TD fixed point, whose error may be
 * larger. With n beyond the episode's length it is {@link gradientMC}, truncated episodes included.
 *
 * @param env - Any observations the features can encode.
 * @param options.n - Rewards before bootstrapping, n ≥ 1. Default 1, semi-gradient TD(0).
 * @example
 * import { mdpEnv, randomWalk, semiGradientTD, stateAggregation } from '@gai/rl/tabular';
 * const walk = mdpEnv(randomWalk({ states: 1000, jump: 100, leftReward: -1 }));
 * const { value } = semiGradientTD(walk, { features: stateAggregation(1000, 10), episodes: 500, alpha: 0.05 });
 * value(950) > value(50); // => true
 * @see Sutton & Barto 2018, sections 9.3 and 9.4
 * @category Function approximation
 * @since 0.1.0
 */
export function semiGradientTD<Observation>(
  env: FeatureEnv<Observation>,
  options: LinearPredictionOptions<Observation> & { readonly n?: number | undefined },
): LinearPrediction<Observation> {
  checkOptionNames('semiGradientTD', options, ['n', ...NAMES]);
  const { n = 1, gamma = 1 } = options;
  checkInteger('semiGradientTD', 'n', [n, 1, 1e9]);
  const v = new LinearFunction(options.features);
  const window: Step<Observation>[] = [];
  /** The value behind the last step, as it was before the updates of this step. */
  let tail = 0;
  const updateFirst = (alpha: number): void => {
    let g = tail;
    for (let k = window.length - 1; k >= 0; k--) g = window[k]!.reward + gamma * g;
    const { observation } = window.shift()!;
    v.add(observation, alpha * (g - v.value(observation)));
  };
  playEpisodes('semiGradientTD', [env, options], {
    onStep: (step, alpha) => {
      window.push(step);
      tail = step.terminated ? 0 : v.value(step.next);
      if (window.length === n) updateFirst(alpha);
    },
    onEnd: (alpha, episode) => {
      while (window.length > 0) updateFirst(alpha);
      options.onEpisode?.(episode, v.weights);
    },
  });
  return { weights: v.weights, value: (observation) => v.value(observation) };
}

/**
 * Least-squares TD: solves `A w = b` with `A = Σ x_t (x_t − γ x_{t+1})ᵀ + ε I` and `b = Σ r_{t+1} x_t`.
 *
 * The TD fixed point of the data at once, without a step size; memory and time grow with the square of the features.
 *
 * @param env - Any observations the features can encode.
 * @param options.regularization - ε, > 0. Default 1e-3. `alpha` and `onEpisode` are not used.
 * @example
 * import { lstd, mdpEnv, randomWalk, stateAggregation } from '@gai/rl/tabular';
 * const walk = mdpEnv(randomWalk({ states: 1000, jump: 100, leftReward: -1 }));
 * const { value } = lstd(walk, { features: stateAggregation(1000, 10), episodes: 200 });
 * value(950) > value(50); // => true
 * @see Bradtke & Barto 1996; Sutton & Barto 2018, section 9.8
 * @category Function approximation
 * @since 0.1.0
 */
export function lstd<Observation>(
  env: FeatureEnv<Observation>,
  options: LinearPredictionOptions<Observation> & { readonly regularization?: number | undefined },
): LinearPrediction<Observation> {
  checkOptionNames('lstd', options, ['regularization', ...NAMES]);
  const { features, gamma = 1, regularization = 1e-3 } = options;
  const n = features.size;
  checkNumber('lstd', 'regularization', [regularization, Number.MIN_VALUE, Infinity]);
  checkInteger('lstd', 'features.size', [n, 1, 4000]);
  const matrix = new Float64Array(n * n);
  const b = new Float64Array(n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = regularization;
  const buffers = [0, 1].map(() => [new Int32Array(features.maxActive), new Float64Array(features.maxActive)] as const);
  const [[index, x], [nextIndex, nextX]] = buffers as [(typeof buffers)[0], (typeof buffers)[0]];
  playEpisodes('lstd', [env, options], {
    onStep: ({ observation, reward, next, terminated }) => {
      const count = features.encode(observation, index, x);
      const nextCount = terminated ? 0 : features.encode(next, nextIndex, nextX);
      for (let i = 0; i < count; i++) {
        const row = index[i]! * n;
        for (let j = 0; j < count; j++) matrix[row + index[j]!]! += x[i]! * x[j]!;
        for (let j = 0; j < nextCount; j++) matrix[row + nextIndex[j]!]! -= gamma * x[i]! * nextX[j]!;
        b[index[i]!]! += reward * x[i]!;
      }
    },
    onEnd: () => undefined,
  });
  const v = new LinearFunction(features);
  v.weights.set(solveInPlace(matrix, b));
  return { weights: v.weights, value: (observation) => v.value(observation) };
}
