import type { GaiError } from '@gai/core/errors';
import { counted, refusal } from '../errors.ts';
import type { Random } from '../random.ts';
import type { MDP } from './mdp.ts';
import { PROBABILITY_TOLERANCE } from './validate.ts';

/**
 * A policy that mixes actions: `probabilities[state * numActions + action]` is π(a | s).
 *
 * @category Policies
 * @since 0.1.0
 */
export interface StochasticPolicy {
  readonly numStates: number;
  readonly numActions: number;
  /** `[numStates · numActions]`, row by row. */
  readonly probabilities: Float64Array;
}

/**
 * A policy: one action per state (−1 where the state offers none), or probabilities of actions.
 *
 * @category Policies
 * @since 0.1.0
 */
export type Policy = ArrayLike<number> | StochasticPolicy;

/** True for a policy with probabilities. */
export function isStochastic(policy: Policy): policy is StochasticPolicy {
  return 'probabilities' in policy;
}

/** The sizes a policy must have: an MDP, or any object with them. */
export interface PolicySizes {
  readonly numStates: number;
  readonly numActions: number;
}

function policyError(problem: string, got: string, expected: string): GaiError {
  return refusal('ARGUMENT', { op: 'policy', problem, got, expected, fix: 'Pass another policy.' });
}

/**
 * Makes a stochastic policy from one row of probabilities per state.
 *
 * @param rows - `[numStates][numActions]`, each row summing to 1 (or to 0 for a terminal state).
 * @throws ArgumentError if rows differ in length or do not sum to 1 within 1e-9.
 * @example
 * import { stochasticPolicy } from '@gai/rl/tabular';
 * stochasticPolicy([[0.25, 0.75]]).probabilities[1]; // => 0.75
 * @category Policies
 * @since 0.1.0
 */
export function stochasticPolicy(rows: readonly ArrayLike<number>[]): StochasticPolicy {
  const numActions = rows[0]?.length ?? 0;
  const probabilities = new Float64Array(rows.length * numActions);
  rows.forEach((row, state) => {
    if (row.length !== numActions) {
      throw policyError('rows differ in length', `${row.length} in row ${state}`, `${numActions} as in row 0`);
    }
    probabilities.set(Array.from(row), state * numActions);
  });
  const policy = { numStates: rows.length, numActions, probabilities };
  for (let state = 0; state < rows.length; state++) checkRow(policy, state, true);
  return policy;
}

/**
 * The policy that takes every offered action with equal probability.
 *
 * @example
 * import { skiResort, uniformPolicy } from '@gai/rl/tabular';
 * uniformPolicy(skiResort()).probabilities[0]; // => 0.5
 * @category Policies
 * @since 0.1.0
 */
export function uniformPolicy(mdp: MDP): StochasticPolicy {
  const { numStates, numActions } = mdp;
  const probabilities = new Float64Array(numStates * numActions);
  for (let state = 0; state < numStates; state++) {
    const first = mdp.stateOffsets[state]!;
    const end = mdp.stateOffsets[state + 1]!;
    for (let k = first; k < end; k++) probabilities[state * numActions + mdp.pairActions[k]!] = 1 / (end - first);
  }
  return { numStates, numActions, probabilities };
}

/**
 * Softens a deterministic policy: its action with probability `1 − ε + ε/n`, every other offered one with `ε/n`.
 *
 * @param mdp - Says which actions each state offers.
 * @param actions - One action per state.
 * @param epsilon - ε, from 0 to 1.
 * @example
 * import { epsilonSoftPolicy, skiResort } from '@gai/rl/tabular';
 * epsilonSoftPolicy(skiResort(), [0, 0, 0, 0, 0], 0.5).probabilities[0]; // => 0.75
 * @see Sutton & Barto 2018, section 5.4
 * @category Policies
 * @since 0.1.0
 */
export function epsilonSoftPolicy(mdp: MDP, actions: ArrayLike<number>, epsilon: number): StochasticPolicy {
  if (!(epsilon >= 0 && epsilon <= 1)) throw policyError('epsilon is out of range', String(epsilon), 'from 0 to 1');
  const uniform = uniformPolicy(mdp);
  const { numStates, numActions, probabilities } = uniform;
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! *= epsilon;
  for (let state = 0; state < numStates; state++) {
    if (mdp.isTerminal(state)) continue;
    const action = actions[state] ?? -1;
    if (mdp.pairIndex(state, action) < 0) throw notOffered(mdp, state, action);
    probabilities[state * numActions + action]! += 1 - epsilon;
  }
  return uniform;
}

/**
 * The Boltzmann policy of action values: `π(a|s) ∝ exp(q(s, a) / temperature)` over the finite entries of each row.
 *
 * @param q - `[numStates · numActions]`, −∞ where an action is not offered.
 * @param sizes - `numStates` and `numActions`, for instance the MDP.
 * @param temperature - In units of reward, > 0. Small is greedy, large is uniform.
 * @example
 * import { softmaxPolicy } from '@gai/rl/tabular';
 * softmaxPolicy([0, 0], { numStates: 1, numActions: 2 }, 1).probabilities[0]; // => 0.5
 * @category Policies
 * @since 0.1.0
 */
export function softmaxPolicy(q: ArrayLike<number>, sizes: PolicySizes, temperature: number): StochasticPolicy {
  if (!(temperature > 0)) throw policyError('temperature is out of range', String(temperature), 'a number > 0');
  const { numStates, numActions } = sizes;
  const probabilities = new Float64Array(numStates * numActions);
  for (let state = 0; state < numStates; state++) {
    let best = -Infinity;
    for (let a = 0; a < numActions; a++) best = Math.max(best, q[state * numActions + a]!);
    if (best === -Infinity) continue;
    let sum = 0;
    for (let a = 0; a < numActions; a++) {
      const weight = Math.exp((q[state * numActions + a]! - best) / temperature);
      probabilities[state * numActions + a] = weight;
      sum += weight;
    }
    for (let a = 0; a < numActions; a++) probabilities[state * numActions + a]! /= sum;
  }
  return { numStates, numActions, probabilities };
}

function notOffered(mdp: MDP, state: number, action: number): GaiError {
  const offered = mdp.actions(state).join(', ');
  return policyError(
    `state ${mdp.stateName(state)} does not offer the action`,
    `action ${action}`,
    `one of ${offered}`,
  );
}

function checkRow(policy: StochasticPolicy, state: number, mayBeEmpty: boolean): void {
  let sum = 0;
  for (let a = 0; a < policy.numActions; a++) {
    const p = policy.probabilities[state * policy.numActions + a]!;
    if (!(p >= 0)) throw policyError(`a probability of state ${state} is out of range`, String(p), 'a number ≥ 0');
    sum += p;
  }
  if (Math.abs(sum - 1) <= PROBABILITY_TOLERANCE || (mayBeEmpty && sum === 0)) return;
  throw policyError(
    `probabilities of state ${state} do not sum to 1`,
    `sum ${sum}`,
    `1 within ${PROBABILITY_TOLERANCE}`,
  );
}

/** π(a|s) of every (state, action) pair of `mdp`, `[numPairs]`; throws unless the policy fits the MDP. */
export function pairProbabilities(mdp: MDP, policy: Policy): Float64Array {
  const weights = new Float64Array(mdp.numPairs);
  const length = isStochastic(policy) ? policy.numStates : policy.length;
  if (length !== mdp.numStates || (isStochastic(policy) && policy.numActions !== mdp.numActions)) {
    throw policyError(
      'the policy is for another MDP',
      counted(length, 'state'),
      `${counted(mdp.numStates, 'state')}, ${counted(mdp.numActions, 'action')}`,
    );
  }
  for (let state = 0; state < mdp.numStates; state++) {
    if (mdp.isTerminal(state)) continue;
    if (isStochastic(policy)) fillRow([mdp, policy], state, weights);
    else {
      const k = mdp.pairIndex(state, policy[state]!);
      if (k < 0) throw notOffered(mdp, state, policy[state]!);
      weights[k] = 1;
    }
  }
  return weights;
}

function fillRow([mdp, policy]: readonly [MDP, StochasticPolicy], state: number, weights: Float64Array): void {
  checkRow(policy, state, false);
  for (let a = 0; a < policy.numActions; a++) {
    const p = policy.probabilities[state * policy.numActions + a]!;
    if (p === 0) continue;
    const k = mdp.pairIndex(state, a);
    if (k < 0) throw notOffered(mdp, state, a);
    weights[k] = p;
  }
}

/** A function that draws an action of `policy` in a state, as the learning algorithms call it. */
export function policySampler(policy: Policy): (state: number, random: Random) => number {
  if (!isStochastic(policy)) return (state) => policy[state]!;
  const { numActions, probabilities } = policy;
  return (state, random) => {
    let u = random.uniform();
    const first = state * numActions;
    let last = 0;
    for (let a = 0; a < numActions; a++) {
      const p = probabilities[first + a]!;
      if (p === 0) continue;
      u -= p;
      if (u < 0) return a;
      last = a;
    }
    return last;
  };
}
