import { emptyEpisode, PredictionRun } from '../learning/prediction.ts';
import type { PredictionOptions, PredictionResult } from '../learning/prediction.ts';
import { isStochastic } from '../mdp/policy.ts';
import type { Policy } from '../mdp/policy.ts';
import type { TabularEnv } from '../tabular-env.ts';
import { TabularError } from '../errors.ts';

/**
 * Options of {@link mcPrediction}.
 *
 * @category Prediction
 * @since 0.1.0
 */
export interface MonteCarloOptions extends PredictionOptions {
  /** Count every visit of a state in an episode (default), or only the first. */
  readonly visit?: 'first' | 'every' | undefined;
}

/**
 * Monte Carlo prediction: values are means of the returns that followed, `V(s) ← V(s) + α [G − V(s)]`.
 *
 * Learns at the end of each episode, without bootstrapping: no bias, much variance. Without `alpha` it averages
 * (`α = 1/N(s)`); with it, visits are updated in the order they happened.
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.visit - `'every'` (default) or `'first'`.
 * @example
 * import { mcPrediction, mdpEnv, randomWalk } from '@gai/rl/tabular';
 * const { values } = mcPrediction(mdpEnv(randomWalk()), { episodes: 20_000, seed: 0 });
 * Math.abs(values[2]! - 0.5) < 0.02; // => true
 * @see Sutton & Barto 2018, section 5.1
 * @category Prediction
 * @since 0.1.0
 */
export function mcPrediction(env: TabularEnv, options: MonteCarloOptions): PredictionResult {
  const run = new PredictionRun('mcPrediction', env, options);
  const { values, gamma } = run;
  const counts = new Float64Array(values.length);
  const firstVisit = new Int32Array(values.length);
  const isFirstOnly = options.visit === 'first';
  const episode = emptyEpisode();
  const returns: number[] = [];
  while (run.next()) {
    run.play(episode);
    const { states, rewards } = episode;
    const length = rewards.length;
    let g = 0;
    for (let t = length - 1; t >= 0; t--) {
      g = rewards[t]! + gamma * g;
      returns[t] = g;
      firstVisit[states[t]!] = t;
    }
    for (let t = 0; t < length; t++) {
      const s = states[t]!;
      if (isFirstOnly && firstVisit[s] !== t) continue;
      const rate = options.alpha === undefined ? 1 / ++counts[s]! : run.alpha;
      values[s]! += rate * (returns[t]! - values[s]!);
    }
    run.end(length);
  }
  return run.result();
}

/**
 * Options of {@link offPolicyPrediction}.
 *
 * @category Prediction
 * @since 0.1.0
 */
export interface OffPolicyOptions extends PredictionOptions {
  /** The policy that is evaluated. `policy` is the one that behaves and must take every action of this one. */
  readonly target: Policy;
  /** Divide by the sum of ratios (weighted, default) or by their number (ordinary). */
  readonly weighting?: 'weighted' | 'ordinary' | undefined;
  /** Count every visit (default) or only the first of an episode. */
  readonly visit?: 'first' | 'every' | undefined;
}

/**
 * Off-policy Monte Carlo prediction by importance sampling, `V(s) = Σ ρG / N` (ordinary) or `Σ ρG / Σ ρ` (weighted),
 * with `ρ = Π π(a|s) / b(a|s)` from the visit on.
 *
 * Ordinary ratios are unbiased with a variance that may be infinite; weighted ones are biased at first, bounded, and
 * almost always better.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.policy - The behaviour b. Must be stochastic.
 * @param options.target - The policy π.
 * @throws {@link TabularError} `INVALID_ARGUMENT` if the behaviour is not stochastic.
 * @example
 * import { blackjack, blackjackState, mdpEnv, offPolicyPrediction, uniformPolicy } from '@gai/rl/tabular';
 * const game = blackjack();
 * const options = { episodes: 1000, seed: 0, policy: uniformPolicy(game), target: new Int32Array(291) };
 * const { values } = offPolicyPrediction(mdpEnv(game), options);
 * Math.abs(values[blackjackState({ playerSum: 20, dealerCard: 10, usableAce: false })]!) < 1; // => true
 * @see Sutton & Barto 2018, sections 5.5 and 5.6
 * @category Prediction
 * @since 0.1.0
 */
export function offPolicyPrediction(env: TabularEnv, options: OffPolicyOptions): PredictionResult {
  const run = new PredictionRun('offPolicyPrediction', env, options);
  const { values, gamma } = run;
  const behaviour = options.policy;
  if (behaviour === undefined || !isStochastic(behaviour)) throw notStochastic();
  const { target } = options;
  const ratio = (s: number, a: number): number => {
    const i = s * behaviour.numActions + a;
    const pi = isStochastic(target) ? target.probabilities[i]! : target[s] === a ? 1 : 0;
    return pi / behaviour.probabilities[i]!;
  };
  const weights = new Float64Array(values.length);
  const firstVisit = new Int32Array(values.length);
  const isOrdinary = options.weighting === 'ordinary';
  while (run.next()) {
    const states: number[] = [];
    const actions: number[] = [];
    const rewards: number[] = [];
    let state = run.reset();
    for (let isOver = false; !isOver;) {
      const action = run.sample(state, run.random);
      const { observation, reward, terminated, truncated } = env.step(action);
      states.push(state);
      actions.push(action);
      rewards.push(reward);
      state = observation;
      isOver = terminated || truncated;
    }
    for (let t = states.length - 1; t >= 0; t--) firstVisit[states[t]!] = t;
    let g = 0;
    let rho = 1;
    for (let t = states.length - 1; t >= 0; t--) {
      const s = states[t]!;
      g = rewards[t]! + gamma * g;
      rho *= ratio(s, actions[t]!);
      if (options.visit === 'first' && firstVisit[s] !== t) continue;
      weights[s]! += isOrdinary ? 1 : rho;
      if (weights[s]! > 0)
        values[s]! += isOrdinary ? (rho * g - values[s]!) / weights[s]! : (rho / weights[s]!) * (g - values[s]!);
    }
    run.end(states.length);
  }
  return run.result();
}

function notStochastic(): TabularError {
  return new TabularError('INVALID_ARGUMENT', {
    op: 'offPolicyPrediction',
    problem: 'the behaviour is not stochastic',
    got: 'policy without probabilities',
    expected: 'a policy with probabilities for every action of the target',
    fix: 'Pass uniformPolicy(mdp) or epsilonSoftPolicy(mdp, …) as policy.',
  });
}
