import { checkOptionNames } from '@gai/core/errors';
import { checkNumber } from '../errors.ts';
import type { MDP } from './mdp.ts';
import { pairProbabilities } from './policy.ts';
import type { Policy } from './policy.ts';

/**
 * The discount of a computation.
 *
 * @category MDP
 * @since 0.1.0
 */
export interface DiscountOptions {
  /** Discount γ per step, from 0 to 1. Default the MDP's own. */
  readonly gamma?: number | undefined;
}

/** The discount to use: the option's, else the MDP's. */
export function discountOf(op: string, mdp: MDP, options: DiscountOptions): number {
  const gamma = options.gamma ?? mdp.discount;
  checkNumber(op, 'gamma', [gamma, 0, 1]);
  return gamma;
}

/** `r(s,a) + γ Σ p(s'|s,a) V(s')` of pair `k`, the backup every method is made of. */
export function backup(mdp: MDP, values: ArrayLike<number>, [k, gamma]: readonly [number, number]): number {
  const { pairOffsets, continuation, nextStates } = mdp;
  let sum = 0;
  for (let t = pairOffsets[k]!; t < pairOffsets[k + 1]!; t++) sum += continuation[t]! * values[nextStates[t]!]!;
  return mdp.pairRewards[k]! + gamma * sum;
}

/**
 * Action values of state values: `q(s, a) = Σ p(s', r | s, a) [r + γ v(s')]`.
 *
 * @param values - `[numStates]`
 * @returns `[numStates · numActions]`, row by row; −∞ where a state does not offer the action.
 * @example
 * import { qValues, skiResort } from '@gai/rl/tabular';
 * qValues(skiResort(), [0, 0, 0, 0, 0])[0]; // => -1
 * @see Sutton & Barto 2018, eq. 4.6
 * @category MDP
 * @since 0.1.0
 */
export function qValues(mdp: MDP, values: ArrayLike<number>, options: DiscountOptions = {}): Float64Array {
  checkOptionNames('qValues', options, ['gamma']);
  const gamma = discountOf('qValues', mdp, options);
  const q = new Float64Array(mdp.numStates * mdp.numActions).fill(-Infinity);
  for (let state = 0; state < mdp.numStates; state++) {
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      q[state * mdp.numActions + mdp.pairActions[k]!] = backup(mdp, values, [k, gamma]);
    }
  }
  return q;
}

/**
 * Bellman's expectation operator: `(T_π v)(s) = Σ π(a|s) Σ p(s', r | s, a) [r + γ v(s')]`. Its fixed point is v_π.
 *
 * @param values - `[numStates]`
 * @param options.policy - π, deterministic or stochastic.
 * @returns `[numStates]`, a new array.
 * @example
 * import { bellmanExpectation, gridWorld4x4, uniformPolicy } from '@gai/rl/tabular';
 * const grid = gridWorld4x4();
 * bellmanExpectation(grid, new Float64Array(16), { policy: uniformPolicy(grid) })[1]; // => -1
 * @see Sutton & Barto 2018, eq. 4.4
 * @category MDP
 * @since 0.1.0
 */
export function bellmanExpectation(
  mdp: MDP,
  values: ArrayLike<number>,
  options: DiscountOptions & { readonly policy: Policy },
): Float64Array {
  checkOptionNames('bellmanExpectation', options, ['gamma', 'policy']);
  const gamma = discountOf('bellmanExpectation', mdp, options);
  const weights = pairProbabilities(mdp, options.policy);
  const result = new Float64Array(mdp.numStates);
  for (let state = 0; state < mdp.numStates; state++) result[state] = expectation(mdp, weights, [values, state, gamma]);
  return result;
}

/** `Σ π(a|s) q(s, a)` of one state; `weights` is π per pair. */
export function expectation(
  mdp: MDP,
  weights: Float64Array,
  [values, state, gamma]: readonly [ArrayLike<number>, number, number],
): number {
  let sum = 0;
  for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
    if (weights[k] !== 0) sum += weights[k]! * backup(mdp, values, [k, gamma]);
  }
  return sum;
}

/** `max_a q(s, a)` of one state, 0 for a terminal one. */
export function bestValue(mdp: MDP, values: ArrayLike<number>, [state, gamma]: readonly [number, number]): number {
  const first = mdp.stateOffsets[state]!;
  const end = mdp.stateOffsets[state + 1]!;
  if (first === end) return 0;
  const { pairOffsets, continuation, nextStates, pairRewards } = mdp;
  let best = -Infinity;
  let t = pairOffsets[first]!;
  for (let k = first; k < end; k++) {
    let sum = 0;
    for (const stop = pairOffsets[k + 1]!; t < stop; t++) sum += continuation[t]! * values[nextStates[t]!]!;
    const q = pairRewards[k]! + gamma * sum;
    if (q > best) best = q;
  }
  return best;
}

/**
 * Bellman's optimality operator: `(T v)(s) = max_a Σ p(s', r | s, a) [r + γ v(s')]`. Its fixed point is v*.
 *
 * @param values - `[numStates]`
 * @returns `[numStates]`, a new array.
 * @example
 * import { bellmanOptimality, skiResort } from '@gai/rl/tabular';
 * bellmanOptimality(skiResort(), [0, 0, 0, 0, 0])[0]; // => 0
 * @see Sutton & Barto 2018, eq. 4.10
 * @category MDP
 * @since 0.1.0
 */
export function bellmanOptimality(mdp: MDP, values: ArrayLike<number>, options: DiscountOptions = {}): Float64Array {
  checkOptionNames('bellmanOptimality', options, ['gamma']);
  const gamma = discountOf('bellmanOptimality', mdp, options);
  const result = new Float64Array(mdp.numStates);
  for (let state = 0; state < mdp.numStates; state++) result[state] = bestValue(mdp, values, [state, gamma]);
  return result;
}

/** How near to the best two action values must be to count as equal. */
export interface TieOptions extends DiscountOptions {
  /** Ties are `best − q ≤ tieTolerance · max(1, |best|)`. Default 1e-9. */
  readonly tieTolerance?: number | undefined;
}

/**
 * Every action that is greedy in the given values, ties included: the optimal action sets if `values` are v*.
 *
 * @param values - `[numStates]`
 * @returns Per state the greedy actions, ascending; `[]` for a terminal state.
 * @example
 * import { frozenLake, optimalActions, valueIteration } from '@gai/rl/tabular';
 * const lake = frozenLake();
 * optimalActions(lake, valueIteration(lake, { gamma: 0.99 }).values, { gamma: 0.99 })[6]; // => [0, 2]
 * @category MDP
 * @since 0.1.0
 */
export function optimalActions(mdp: MDP, values: ArrayLike<number>, options: TieOptions = {}): number[][] {
  checkOptionNames('optimalActions', options, ['tieTolerance', 'gamma']);
  const gamma = discountOf('optimalActions', mdp, options);
  const tolerance = options.tieTolerance ?? 1e-9;
  return Array.from({ length: mdp.numStates }, (_, state) => {
    const best = bestValue(mdp, values, [state, gamma]);
    const slack = tolerance * Math.max(1, Math.abs(best));
    const set: number[] = [];
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      if (best - backup(mdp, values, [k, gamma]) <= slack) set.push(mdp.pairActions[k]!);
    }
    return set;
  });
}

/**
 * The greedy policy of the given values; among ties the lowest action.
 *
 * @param values - `[numStates]`
 * @returns `[numStates]`: an action, or −1 for a terminal state.
 * @example
 * import { greedyPolicy, skiResort } from '@gai/rl/tabular';
 * greedyPolicy(skiResort(), [0, 1, 2, 3, 4])[4]; // => 1
 * @category MDP
 * @since 0.1.0
 */
export function greedyPolicy(mdp: MDP, values: ArrayLike<number>, options: TieOptions = {}): Int32Array {
  checkOptionNames('greedyPolicy', options, ['tieTolerance', 'gamma']);
  const gamma = discountOf('greedyPolicy', mdp, options);
  const tolerance = options.tieTolerance ?? 1e-9;
  const policy = new Int32Array(mdp.numStates).fill(-1);
  for (let state = 0; state < mdp.numStates; state++) {
    if (mdp.isTerminal(state)) continue;
    const best = bestValue(mdp, values, [state, gamma]);
    const slack = tolerance * Math.max(1, Math.abs(best));
    let k = mdp.stateOffsets[state]!;
    while (best - backup(mdp, values, [k, gamma]) > slack) k++;
    policy[state] = mdp.pairActions[k]!;
  }
  return policy;
}

/** The expected value of an episode's start: `Σ initial(s) v(s)`. */
export function startValue(mdp: MDP, values: ArrayLike<number>): number {
  let sum = 0;
  for (let state = 0; state < mdp.numStates; state++) {
    if (mdp.initial[state] !== 0) sum += mdp.initial[state]! * values[state]!;
  }
  return sum;
}
