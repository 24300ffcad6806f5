import type { GaiError } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import type { MDP } from '../mdp/mdp.ts';
import { chainComponents } from './components.ts';
import type { Components } from './components.ts';
import { solveInPlace } from './linear-solve.ts';

/** Largest strongly connected block that is solved densely: 3000² float64 are 72 MB. */
export const MAX_BLOCK = 3000;

/** The largest strongly connected block of a policy's chain. */
export function largestBlock({ offsets }: Components): number {
  let largest = 0;
  for (let c = 0; c + 1 < offsets.length; c++) largest = Math.max(largest, offsets[c + 1]! - offsets[c]!);
  return largest;
}

/**
 * v_π as the solution of `v = r_π + γ P_π v`, block by block along the strongly connected components.
 *
 * At γ = 1 a block that is never left must pay nothing; its value is then 0, and any other reward there makes the
 * value infinite or undefined.
 *
 * @param weights - π per pair.
 * @param gamma - Discount γ.
 * @throws `UNBOUNDED` for an improper policy at γ = 1, `TOO_LARGE` for a block above `MAX_BLOCK` states.
 */
export function evaluateExact(mdp: MDP, weights: Float64Array, gamma: number): Float64Array {
  const components = chainComponents(mdp, weights);
  const values = new Float64Array(mdp.numStates);
  const position = new Int32Array(mdp.numStates);
  for (let c = 0; c + 1 < components.offsets.length; c++) {
    const block = components.order.subarray(components.offsets[c], components.offsets[c + 1]);
    if (block.length > MAX_BLOCK) throw tooLarge(block.length);
    block.forEach((state, i) => (position[state] = i));
    if (gamma === 1 && isClosed(mdp, weights, [components, c])) {
      checkNoReward(mdp, weights, block);
      continue;
    }
    solveBlock({ mdp, weights, gamma, components, position, values }, block, c);
  }
  return values;
}

interface Work {
  readonly mdp: MDP;
  readonly weights: Float64Array;
  readonly gamma: number;
  readonly components: Components;
  readonly position: Int32Array;
  readonly values: Float64Array;
}

function solveBlock(work: Work, block: Int32Array, c: number): void {
  const { mdp, weights, gamma, components, position, values } = work;
  const n = block.length;
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  block.forEach((state, i) => {
    matrix[i * n + i] = 1;
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      const w = weights[k]!;
      if (w === 0) continue;
      right[i]! += w * mdp.pairRewards[k]!;
      for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
        const p = gamma * w * mdp.continuation[t]!;
        const next = mdp.nextStates[t]!;
        if (components.of[next] === c) matrix[i * n + position[next]!]! -= p;
        else right[i]! += p * values[next]!;
      }
    }
  });
  const solution = n === 1 ? right.map((r) => r / matrix[0]!) : solveInPlace(matrix, right);
  block.forEach((state, i) => (values[state] = solution[i]!));
}

/** True if a component is never left and never ends an episode, and is not a single terminal state. */
function isClosed(mdp: MDP, weights: Float64Array, [components, c]: readonly [Components, number]): boolean {
  for (let i = components.offsets[c]!; i < components.offsets[c + 1]!; i++) {
    const state = components.order[i]!;
    if (mdp.isTerminal(state)) return false;
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      if (weights[k] === 0) continue;
      for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
        if (mdp.probabilities[t] === 0) continue;
        if (mdp.continuation[t] === 0 || components.of[mdp.nextStates[t]!] !== c) return false;
      }
    }
  }
  return true;
}

function checkNoReward(mdp: MDP, weights: Float64Array, block: Int32Array): void {
  for (const state of block) {
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      if (weights[k] === 0 || mdp.pairRewards[k] === 0) continue;
      throw refusal('UNBOUNDED', {
        op: 'policyEvaluation',
        problem: 'the policy is improper: it can stay in states that pay rewards for ever',
        got: `gamma 1 and reward ${mdp.pairRewards[k]} in state ${mdp.stateName(state)}, which is never left`,
        expected: 'a policy that ends every episode, or gamma below 1',
        fix: 'Lower gamma or evaluate a proper policy.',
      });
    }
  }
}

function tooLarge(size: number): GaiError {
  return refusal('TOO_LARGE', {
    op: 'policyEvaluation',
    problem: 'the linear system is too large for a dense solve',
    got: `${size} states that all reach one another`,
    expected: `at most ${MAX_BLOCK}`,
    fix: "Use { method: 'iterative' }.",
  });
}
