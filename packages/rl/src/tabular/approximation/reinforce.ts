import { checkOptionNames } from '@gai/core/errors';
import { copyValue } from '../copy-value.ts';
import { checkInteger, checkNumber, refusal } from '../errors.ts';
import { toSchedule } from '../learning/schedules.ts';
import type { Schedule } from '../learning/schedules.ts';
import { Random, runSeed } from '../random.ts';
import { discreteSize } from '../tabular-env.ts';
import { LinearFunction } from './features.ts';
import type { Features } from './features.ts';
import type { FeatureEnv } from './prediction.ts';

/**
 * Options of {@link reinforce}.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface ReinforceOptions<Observation> {
  /** Features of the observation; each action has its own weights. */
  readonly features: Features<Observation>;
  readonly episodes: number;
  /** Step size of the policy, per step of an episode. */
  readonly alpha: number | Schedule;
  /** Step size of a learned baseline, linear in the same features. Default: no baseline. */
  readonly baselineAlpha?: number | Schedule | undefined;
  /** Discount γ per step. Default 1. */
  readonly gamma?: number | undefined;
  /** First weights of the preferences, `[numActions · features.size]`. Default zeros: all actions alike. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** The names of {@link ReinforceOptions}. */
const NAMES = ['features', 'episodes', 'alpha', 'baselineAlpha', 'gamma', 'weights', 'seed'];

/**
 * A learned softmax policy with linear preferences.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface SoftmaxControl<Observation> {
  /** Of the preferences, `[numActions · features.size]`. */
  readonly weights: Float64Array;
  /** Of the baseline, `[features.size]`; zeros without one. */
  readonly baseline: Float64Array;
  /** Probabilities of all actions. */
  readonly policy: (observation: Observation) => Float64Array;
  /** Undiscounted return of each episode. */
  readonly returns: Float64Array;
  /** Steps of each episode. */
  readonly lengths: Int32Array;
}

/**
 * REINFORCE, Monte Carlo policy gradient: `θ ← θ + α γ^t (G_t − v̂(s_t)) ∇ ln π(a_t | s_t, θ)` with `π = softmax(θᵀx)`.
 *
 * The policy may stay random, which is what a value method cannot learn where states look alike. A baseline leaves the
 * expected step as it is and makes it less noisy. For networks: `REINFORCE` of `@gai/rl/deep`.
 *
 * What a step limit has cut off ends in the baseline's value of its last observation; without a baseline such an episode
 * teaches nothing.
 *
 * @param env - Discrete actions, any observations the features can encode. Reseeded from `seed` at the first reset.
 * @throws ArgumentError for an unknown option, one out of range, or weights of another length.
 * @example
 * import { mdpEnv, reinforce, shortCorridor, stateAggregation } from '@gai/rl/tabular';
 * const features = stateAggregation(4, 1); // all cells look alike
 * const options = { features, episodes: 500, alpha: 2 ** -9, baselineAlpha: 2 ** -6, seed: 0 };
 * const [, right] = reinforce(mdpEnv(shortCorridor()), options).policy(0);
 * right! > 0.45 && right! < 0.75; // => true
 * @see Sutton & Barto 2018, sections 13.3 and 13.4
 * @category Function approximation
 * @since 0.1.0
 */
export function reinforce<Observation>(
  env: FeatureEnv<Observation>,
  options: ReinforceOptions<Observation>,
): SoftmaxControl<Observation> {
  const op = 'reinforce';
  checkOptionNames(op, options, NAMES);
  const { features, episodes, alpha, baselineAlpha, gamma = 1, seed = 0 } = options;
  checkInteger(op, 'episodes', [episodes, 1, 1_000_000_000]);
  checkNumber(op, 'gamma', [gamma, 0, 1]);
  const alphaOf = toSchedule(op, 'alpha', [alpha, Infinity]);
  const baselineAlphaOf = toSchedule(op, 'baselineAlpha', [baselineAlpha ?? 0, Infinity]);
  const numActions = discreteSize(op, 'actionSpace', env.actionSpace);
  const preferences = new LinearFunction(features, numActions);
  if (options.weights !== undefined) preferences.weights.set(checkWeights(options.weights, preferences.weights.length));
  const baseline = new LinearFunction(features);
  const probabilities = new Float64Array(numActions);
  const random = new Random(seed);
  const returns = new Float64Array(episodes);
  const lengths = new Int32Array(episodes);
  for (let episode = 0; episode < episodes; episode++) {
    const progress = episodes > 1 ? episode / (episodes - 1) : 0;
    const [rate, baselineRate] = [alphaOf(progress), baselineAlphaOf(progress)];
    const visited: { readonly observation: Observation; readonly action: number; readonly reward: number }[] = [];
    let { observation } = env.reset(episode === 0 ? { seed: runSeed(seed, 1) } : undefined);
    for (let isOver = false; !isOver;) {
      const before = copyValue(observation);
      const action = drawn(softmax(preferences, before, probabilities), random);
      const step = env.step(action);
      visited.push({ observation: before, action, reward: step.reward });
      returns[episode]! += step.reward;
      lengths[episode]!++;
      observation = step.observation;
      isOver = step.terminated || step.truncated;
      if (!step.terminated && step.truncated && baselineAlpha === undefined) visited.length = 0;
      if (isOver) learn(step.terminated ? 0 : baseline.value(observation));
    }
    function learn(after: number): void {
      const gains = new Float64Array(visited.length);
      for (let t = visited.length - 1, g = after; t >= 0; t--) gains[t] = g = visited[t]!.reward + gamma * g;
      visited.forEach(({ observation: seen, action }, t) => {
        const delta = gains[t]! - baseline.value(seen);
        if (baselineRate > 0) baseline.add(seen, baselineRate * delta);
        softmax(preferences, seen, probabilities);
        const size = rate * gamma ** t * delta;
        for (let one = 0; one < numActions; one++) {
          preferences.add(seen, size * (Number(one === action) - probabilities[one]!), one);
        }
      });
    }
  }
  return {
    weights: preferences.weights,
    baseline: baseline.weights,
    policy: (seen) => softmax(preferences, seen, new Float64Array(numActions)),
    returns,
    lengths,
  };
}

/** Writes the probabilities of all actions. */
function softmax<Observation>(
  preferences: LinearFunction<Observation>,
  observation: Observation,
  into: Float64Array,
): Float64Array {
  let largest = -Infinity;
  for (let action = 0; action < into.length; action++) {
    into[action] = preferences.value(observation, action);
    largest = Math.max(largest, into[action]!);
  }
  let total = 0;
  for (let action = 0; action < into.length; action++) total += into[action] = Math.exp(into[action]! - largest);
  for (let action = 0; action < into.length; action++) into[action]! /= total;
  return into;
}

function drawn(probabilities: Float64Array, random: Random): number {
  let left = random.uniform();
  const last = probabilities.length - 1;
  for (let action = 0; action < last; action++) if ((left -= probabilities[action]!) < 0) return action;
  return last;
}

function checkWeights(weights: ArrayLike<number>, length: number): ArrayLike<number> {
  if (weights.length === length && Array.from(weights).every(Number.isFinite)) return weights;
  throw refusal('ARGUMENT', {
    op: 'reinforce',
    problem: 'the first weights do not fit',
    got: `weights of ${weights.length} numbers`,
    expected: `${length} finite numbers, features.size for each action`,
    fix: 'Pass such weights, or leave them out.',
  });
}
