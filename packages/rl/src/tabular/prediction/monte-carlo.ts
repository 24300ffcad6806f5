import { checkOptionNames } from '@gai/core/errors';
import type { GaiError } from '@gai/core/errors';
import { ReturnMeans } from '../learning/return-means.ts';
import { truncationRule } from '../learning/truncation.ts';
import type { TruncationRule } from '../learning/truncation.ts';
import { PREDICTION_OPTIONS, PredictionRun, emptyEpisode } from '../learning/prediction.ts';
import type { PredictionOptions, PredictionResult } from '../learning/prediction.ts';
import { isStochastic } from '../mdp/policy.ts';
import type { Policy, StochasticPolicy } from '../mdp/policy.ts';
import type { TabularEnv } from '../tabular-env.ts';
import { refusal } from '../errors.ts';

/**
 * Options of {@link mcPrediction}.
 *
 * @category Prediction
 * @since 0.1.0
 */
export interface MonteCarloOptions extends PredictionOptions {
  /** Count every visit of a state in an episode (default), or only the first. */
  readonly visit?: 'first' | 'every' | undefined;
  /** What is made of truncated episodes. Default `'bootstrap'`. */
  readonly truncation?: TruncationRule | undefined;
}

/**
 * Monte Carlo prediction: values are means of the returns that followed, `V(s) ← V(s) + α [G − V(s)]`.
 *
 * Learns at the end of each episode, without bootstrapping: no bias, much variance. Without `alpha` it averages
 * (`α = 1/N(s)`); with it, visits are updated in the order they happened. Of an episode that was truncated the return is
 * not known: the value of the state where it was cut stands for the rest, or the episode is left out (`truncation`).
 *
 * @param env - Discrete observations. Reseeded from `seed` at the first reset.
 * @param options.visit - `'every'` (default) or `'first'`.
 * @param options.truncation - `'bootstrap'` (default) or `'discard'`.
 * @example
 * import { mcPrediction, mdpEnv, randomWalk } from '@gai/rl/tabular';
 * const { values } = mcPrediction(mdpEnv(randomWalk()), { episodes: 20_000, seed: 0 });
 * Math.abs(values[2]! - 0.5) < 0.02; // => true
 * @see Sutton & Barto 2018, section 5.1
 * @category Prediction
 * @since 0.1.0
 */
export function mcPrediction(env: TabularEnv, options: MonteCarloOptions): PredictionResult {
  checkOptionNames('mcPrediction', options, ['visit', 'truncation', ...PREDICTION_OPTIONS]);
  const run = new PredictionRun('mcPrediction', env, options);
  const { values, gamma } = run;
  const rule = truncationRule('mcPrediction', options.truncation);
  const means = options.alpha === undefined ? new ReturnMeans(values, (state) => values[state]!) : null;
  const firstVisit = new Int32Array(values.length);
  const isFirstOnly = options.visit === 'first';
  const episode = emptyEpisode();
  const returns: number[] = [];
  while (run.next()) {
    run.play(episode);
    const { states, rewards, isTerminal } = episode;
    const length = rewards.length;
    const cutAt = isTerminal ? null : states[length]!;
    // A mean keeps what lies behind a cut apart; a step size moves towards what is known of it now.
    let g = cutAt === null || means !== null ? 0 : values[cutAt]!;
    for (let t = length - 1; t >= 0; t--) {
      g = rewards[t]! + gamma * g;
      returns[t] = g;
      firstVisit[states[t]!] = t;
    }
    for (let t = 0; t < length && (isTerminal || rule === 'bootstrap'); t++) {
      const s = states[t]!;
      if (isFirstOnly && firstVisit[s] !== t) continue;
      const cut = cutAt === null ? null : { state: cutAt, discount: gamma ** (length - t) };
      if (means !== null) means.add(s, [returns[t]!, 1], cut);
      else values[s]! += run.alpha * (returns[t]! - values[s]!);
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
  /** What is made of truncated episodes. Default `'bootstrap'`. */
  readonly truncation?: TruncationRule | undefined;
}

/**
 * Off-policy Monte Carlo prediction by importance sampling, `V(s) = Σ ρG / N` (ordinary) or `Σ ρG / Σ ρ` (weighted),
 * with `ρ = Π π(a|s) / b(a|s)` from the visit on.
 *
 * Ordinary ratios are unbiased with a variance that may be infinite; weighted ones are biased at first, bounded, and
 * almost always better. A state from which no episode followed π to its end keeps its initial value. Truncated episodes
 * are treated as in {@link mcPrediction}; ordinary weights use the value that the cut had at the time.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.policy - The behaviour b. Must be stochastic, and take every action that π may take.
 * @param options.target - The policy π.
 * @param options.truncation - `'bootstrap'` (default) or `'discard'`.
 * @throws ArgumentError if the behaviour is not stochastic, or never takes an action of π in a
 * state it visits: no number of episodes would tell what follows.
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
  checkOptionNames('offPolicyPrediction', options, [
    'target',
    'weighting',
    'visit',
    'truncation',
    ...PREDICTION_OPTIONS,
  ]);
  const op = 'offPolicyPrediction';
  const run = new PredictionRun(op, env, options);
  const { values, gamma } = run;
  const behaviour = options.policy;
  if (behaviour === undefined || !isStochastic(behaviour)) throw notStochastic();
  const rule = truncationRule(op, options.truncation);
  const ratios = new Ratios(behaviour, options.target);
  const means = options.weighting === 'ordinary' ? null : new ReturnMeans(values, (state) => values[state]!);
  const counts = new Float64Array(values.length);
  const firstVisit = new Int32Array(values.length);
  while (run.next()) {
    const states: number[] = [];
    const actions: number[] = [];
    const rewards: number[] = [];
    let state = run.reset();
    let cutAt: number | null = null;
    for (let isOver = false; !isOver;) {
      ratios.checkCovered(state);
      const action = run.sample(state, run.random);
      const { observation, reward, terminated, truncated } = env.step(action);
      states.push(state);
      actions.push(action);
      rewards.push(reward);
      state = observation;
      isOver = terminated || truncated;
      cutAt = terminated ? null : observation;
    }
    for (let t = states.length - 1; t >= 0; t--) firstVisit[states[t]!] = t;
    let g = cutAt === null || means !== null ? 0 : values[cutAt]!;
    let rho = 1;
    let discount = 1;
    for (let t = states.length - 1; t >= 0 && (cutAt === null || rule === 'bootstrap'); t--) {
      const s = states[t]!;
      g = rewards[t]! + gamma * g;
      discount *= gamma;
      rho *= ratios.of(s, actions[t]!);
      if (options.visit === 'first' && firstVisit[s] !== t) continue;
      if (means !== null) means.add(s, [g, rho], cutAt === null ? null : { state: cutAt, discount });
      else values[s]! += (rho * g - values[s]!) / ++counts[s]!;
    }
    run.end(states.length);
  }
  return run.result();
}

/** π(a|s) / b(a|s), and whether b takes what π takes. */
class Ratios {
  readonly #behaviour: StochasticPolicy;
  readonly #target: Policy;

  constructor(behaviour: StochasticPolicy, target: Policy) {
    this.#behaviour = behaviour;
    this.#target = target;
  }

  of(state: number, action: number): number {
    return this.#wanted(state, action) / this.#behaviour.probabilities[state * this.#behaviour.numActions + action]!;
  }

  #wanted(state: number, action: number): number {
    const target = this.#target;
    if (isStochastic(target)) return target.probabilities[state * target.numActions + action]!;
    return target[state] === action ? 1 : 0;
  }

  /** Throws if π may take an action here that b never takes. */
  checkCovered(state: number): void {
    const { numActions, probabilities } = this.#behaviour;
    for (let action = 0; action < numActions; action++) {
      if (probabilities[state * numActions + action]! > 0 || !(this.#wanted(state, action) > 0)) continue;
      throw refusal('ARGUMENT', {
        op: 'offPolicyPrediction',
        problem: 'the behaviour never takes an action of the target',
        got: `probability 0 in policy for action ${action} of state ${state}, where target has ${this.#wanted(state, action)}`,
        expected: 'a probability above 0 for every action that target may take',
        fix: 'Mix some exploration into policy: epsilonSoftPolicy(mdp, …) or uniformPolicy(mdp).',
      });
    }
  }
}

function notStochastic(): GaiError {
  return refusal('ARGUMENT', {
    op: 'offPolicyPrediction',
    problem: 'the behaviour is not stochastic',
    got: 'policy without probabilities',
    expected: 'a policy with probabilities for every action of the target',
    fix: 'Pass uniformPolicy(mdp) or epsilonSoftPolicy(mdp, …) as policy.',
  });
}
