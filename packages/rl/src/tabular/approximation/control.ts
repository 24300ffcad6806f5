import { checkOptionNames } from '@gai/core/errors';
import { copyValue } from '../copy-value.ts';
import { checkInteger, checkNumber } from '../errors.ts';
import { toSchedule } from '../learning/schedules.ts';
import type { Schedule } from '../learning/schedules.ts';
import { Random, runSeed } from '../random.ts';
import { discreteSize } from '../tabular-env.ts';
import { LinearFunction } from './features.ts';
import type { Features } from './features.ts';
import type { FeatureEnv } from './prediction.ts';

/**
 * Options of {@link semiGradientSarsa}.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface SemiGradientSarsaOptions<Observation> {
  /** Features of the observation; each action has its own weights. */
  readonly features: Features<Observation>;
  readonly episodes: number;
  /** Step size per update; with tile coding divide by the number of tilings. Default 0.05. */
  readonly alpha?: number | Schedule | undefined;
  /** Discount γ per step. Default 1. */
  readonly gamma?: number | undefined;
  /** Exploration. Default 0: optimistic zeros explore where rewards are negative. */
  readonly epsilon?: number | Schedule | undefined;
  /** Rewards before bootstrapping, n ≥ 1. Default 1. */
  readonly n?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly onEpisode?: ((episode: number, length: number) => void) | undefined;
}

/** The names of {@link SemiGradientSarsaOptions}. */
const NAMES = ['features', 'episodes', 'alpha', 'gamma', 'epsilon', 'n', 'seed', 'onEpisode'];

/**
 * A learned linear action-value function.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface LinearControl<Observation> {
  /** `[numActions · features.size]` */
  readonly weights: Float64Array;
  /** `q(observation, action)` */
  readonly q: (observation: Observation, action: number) => number;
  /** The greedy action, the lowest among ties. */
  readonly policy: (observation: Observation) => number;
  /** Undiscounted return of each episode. */
  readonly returns: Float64Array;
  /** Steps of each episode. */
  readonly lengths: Int32Array;
}

/** An observation with the action taken in it; a copy of the observation, which envs may overwrite. */
interface Choice<Observation> {
  readonly observation: Observation;
  readonly action: number;
}

/**
 * Episodic semi-gradient n-step SARSA: `w ← w + α [Σ γ^k r + γ^n q(s_{t+n}, a_{t+n}, w) − q(s_t, a_t, w)] ∇q(s_t, a_t,
 * w)`.
 *
 * With tile coding it drives MountainCar up the hill in about 110 steps after some hundred episodes.
 *
 * @param env - Discrete actions, any observations the features can encode. Reseeded from `seed` at the first reset.
 * @param options.features - For instance {@link tileCoding}.
 * @param options.n - Default 1.
 * @example
 * import { cliffWalking, mdpEnv, semiGradientSarsa, stateAggregation } from '@gai/rl/tabular';
 * const options = { features: stateAggregation(48, 48), episodes: 500, alpha: 0.5, epsilon: 0.1, seed: 0 };
 * semiGradientSarsa(mdpEnv(cliffWalking()), options).returns[499]! < 0; // => true
 * @see Sutton & Barto 2018, sections 10.1 and 10.2
 * @category Function approximation
 * @since 0.1.0
 */
export function semiGradientSarsa<Observation>(
  env: FeatureEnv<Observation>,
  options: SemiGradientSarsaOptions<Observation>,
): LinearControl<Observation> {
  const op = 'semiGradientSarsa';
  checkOptionNames(op, options, NAMES);
  const { episodes, alpha = 0.05, gamma = 1, epsilon = 0, n = 1, seed = 0 } = options;
  checkInteger(op, 'episodes', [episodes, 1, 1_000_000_000]);
  checkInteger(op, 'n', [n, 1, 1e9]);
  checkNumber(op, 'gamma', [gamma, 0, 1]);
  const alphaOf = toSchedule(op, 'alpha', [alpha, Infinity]);
  const epsilonOf = toSchedule(op, 'epsilon', [epsilon, 1]);
  const numActions = discreteSize(op, 'actionSpace', env.actionSpace);
  const q = new LinearFunction(options.features, numActions);
  const random = new Random(seed);
  const returns = new Float64Array(episodes);
  const lengths = new Int32Array(episodes);
  for (let episode = 0; episode < episodes; episode++) {
    const progress = episodes > 1 ? episode / (episodes - 1) : 0;
    const rate = alphaOf(progress);
    const explore = epsilonOf(progress);
    const choose = (observation: Observation): Choice<Observation> => ({
      observation: copyValue(observation),
      action: random.uniform() < explore ? random.integer(numActions) : greedy(q, observation, [numActions, random]),
    });
    const choices = [choose(env.reset(episode === 0 ? { seed: runSeed(seed, 1) } : undefined).observation)];
    const rewards: number[] = [];
    const updateFirst = (isTerminal: boolean): void => {
      const last = choices[choices.length - 1]!;
      let g = isTerminal ? 0 : q.value(last.observation, last.action);
      for (let k = rewards.length - 1; k >= 0; k--) g = rewards[k]! + gamma * g;
      const first = choices.shift()!;
      rewards.shift();
      q.add(first.observation, rate * (g - q.value(first.observation, first.action)), first.action);
    };
    for (let isOver = false; !isOver;) {
      const { observation, reward, terminated, truncated } = env.step(choices[choices.length - 1]!.action);
      rewards.push(reward);
      if (!terminated) choices.push(choose(observation));
      returns[episode]! += reward;
      lengths[episode]!++;
      isOver = terminated || truncated;
      if (rewards.length === n || isOver) updateFirst(terminated);
      while (isOver && rewards.length > 0) updateFirst(terminated);
    }
    options.onEpisode?.(episode, lengths[episode]!);
  }
  return {
    weights: q.weights,
    q: (observation, action) => q.value(observation, action),
    policy: (observation) => greedy(q, observation, [numActions, null]),
    returns,
    lengths,
  };
}

/** The best action; ties are broken at random if a generator is given, else the lowest wins. */
function greedy<Observation>(
  q: LinearFunction<Observation>,
  observation: Observation,
  [numActions, random]: readonly [number, Random | null],
): number {
  let best = -Infinity;
  let action = 0;
  let ties = 0;
  for (let a = 0; a < numActions; a++) {
    const v = q.value(observation, a);
    if (v > best) {
      best = v;
      action = a;
      ties = 1;
    } else if (v === best && random && random.integer(++ties) === 0) action = a;
  }
  return action;
}
