import { checkOptionNames } from '@gai/core/errors';
import type { GaiError } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import { discountOf } from '../mdp/bellman.ts';
import type { DiscountOptions } from '../mdp/bellman.ts';
import type { MDP } from '../mdp/mdp.ts';
import { pairProbabilities } from '../mdp/policy.ts';
import type { Policy } from '../mdp/policy.ts';
import { MAX_BLOCK } from './evaluate-exact.ts';
import { solveInPlace } from './linear-solve.ts';

/**
 * How often a policy visits what.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface Occupancy {
  /** `[numStates]`: `Σ_t γ^t P(S_t = s)`, the expected discounted number of visits in an episode. */
  readonly states: Float64Array;
  /** `[numStates · numActions]`: the same for (state, action), `states[s]·π(a|s)`. */
  readonly stateActions: Float64Array;
  /** `Σ_s states[s]`: the expected discounted length; `1/(1−γ)` where no episode ends, steps per episode at γ = 1. */
  readonly total: number;
}

/**
 * Discounted occupancy of a policy: the solution of `η = initial + γ P_πᵀ η`, by sweeps or by a dense solve.
 *
 * The dual of the values: `Σ η(s, a) r(s, a)` equals the policy's start value.
 *
 * @param options.policy - One action per state, or probabilities.
 * @throws GaiError `UNBOUNDED` at γ = 1 if a reached state is visited for ever.
 * @example
 * import { occupancy, skiResort, uniformPolicy } from '@gai/rl/tabular';
 * const ski = skiResort();
 * occupancy(ski, { policy: uniformPolicy(ski), gamma: 0.9 }).total.toFixed(6); // => '10.000000'
 * @see Puterman 1994, section 6.9
 * @category Dynamic programming
 * @since 0.1.0
 */
export function occupancy(mdp: MDP, options: DiscountOptions & { readonly policy: Policy }): Occupancy {
  checkOptionNames('occupancy', options, ['gamma', 'policy']);
  const gamma = discountOf('occupancy', mdp, options);
  const weights = pairProbabilities(mdp, options.policy);
  const reached = reachable(mdp, weights);
  const states = reached.length <= MAX_BLOCK ? dense(mdp, weights, { gamma, reached }) : sweeps(mdp, weights, gamma);
  const stateActions = new Float64Array(mdp.numStates * mdp.numActions);
  let total = 0;
  for (let s = 0; s < mdp.numStates; s++) {
    if (mdp.isTerminal(s)) states[s] = 0;
    total += states[s]!;
    for (let k = mdp.stateOffsets[s]!; k < mdp.stateOffsets[s + 1]!; k++) {
      stateActions[s * mdp.numActions + mdp.pairActions[k]!] = states[s]! * weights[k]!;
    }
  }
  return { states, stateActions, total };
}

/** States the policy can be in, from the initial distribution. */
function reachable(mdp: MDP, weights: Float64Array): number[] {
  const seen = new Uint8Array(mdp.numStates);
  const list: number[] = [];
  const visit = (state: number): void => {
    if (seen[state] === 1) return;
    seen[state] = 1;
    list.push(state);
  };
  mdp.initial.forEach((p, state) => p > 0 && visit(state));
  for (let i = 0; i < list.length; i++) {
    for (let k = mdp.stateOffsets[list[i]!]!; k < mdp.stateOffsets[list[i]! + 1]!; k++) {
      if (weights[k] === 0) continue;
      for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
        if (mdp.continuation[t]! > 0) visit(mdp.nextStates[t]!);
      }
    }
  }
  return list;
}

/** Calls `add(from, to, γ·π·p)` for every move of the policy after which the episode goes on. */
function forEachMove(
  mdp: MDP,
  weights: Float64Array,
  add: (from: number, to: number, probability: number) => void,
): void {
  for (let s = 0; s < mdp.numStates; s++) {
    for (let k = mdp.stateOffsets[s]!; k < mdp.stateOffsets[s + 1]!; k++) {
      if (weights[k] === 0) continue;
      for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
        add(s, mdp.nextStates[t]!, weights[k]! * mdp.continuation[t]!);
      }
    }
  }
}

function dense(
  mdp: MDP,
  weights: Float64Array,
  { gamma, reached }: { gamma: number; reached: number[] },
): Float64Array {
  const n = reached.length;
  const position = new Int32Array(mdp.numStates).fill(-1);
  reached.forEach((state, i) => (position[state] = i));
  const matrix = new Float64Array(n * n);
  const right = Float64Array.from(reached, (state) => mdp.initial[state]!);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  forEachMove(mdp, weights, (from, to, p) => {
    if (position[from]! >= 0 && p > 0) matrix[position[to]! * n + position[from]!]! -= gamma * p;
  });
  solveInPlace(matrix, right);
  const states = new Float64Array(mdp.numStates);
  reached.forEach((state, i) => (states[state] = right[i]!));
  if (right.some((x) => !(x >= -1e-6 && x < 1e12))) throw unbounded(gamma);
  return states;
}

function sweeps(mdp: MDP, weights: Float64Array, gamma: number): Float64Array {
  const states = new Float64Array(mdp.numStates);
  let mass = Float64Array.from(mdp.initial);
  for (let left = 1, step = 0; left > 1e-14; step++) {
    if (step > 1_000_000) throw unbounded(gamma);
    const next = new Float64Array(mdp.numStates);
    for (let s = 0; s < mdp.numStates; s++) states[s]! += mass[s]!;
    forEachMove(mdp, weights, (from, to, p) => (next[to]! += gamma * p * mass[from]!));
    left = next.reduce((sum, x) => sum + x, 0);
    mass = next;
  }
  return states;
}

function unbounded(gamma: number): GaiError {
  return refusal('UNBOUNDED', {
    op: 'occupancy',
    problem: 'a state is visited for ever',
    got: `gamma ${gamma}`,
    expected: 'a policy that ends every episode, or gamma below 1',
    fix: 'Lower gamma or pass a proper policy.',
  });
}
