import { describe, expect, it } from 'vitest';
import {
  buildMDP,
  modifiedPolicyIteration,
  occupancy,
  optimalActions,
  policyEvaluation,
  policyIteration,
  qValues,
  Random,
  startValue,
  uniformPolicy,
  valueIteration,
} from '@gai/rl/tabular';
import type { MDP, Outcome } from '@gai/rl/tabular';
import { maxDifference } from './tabular-fixtures.ts';

/**
 * A random MDP: up to 40 states, missing actions, terminal and absorbing states, small integer rewards so that exact
 * ties
 * are common. At γ = 1 every move ends the episode with positive probability or heads for a higher state.
 */
function randomMDP(seed: number): MDP {
  const random = new Random(seed);
  const isUndiscounted = seed % 4 === 0;
  const numStates = 2 + random.integer(39);
  const numActions = 1 + random.integer(5);
  const kinds = Array.from({ length: numStates }, () => random.uniform());
  const outcomes = (state: number, action: number): Outcome[] => {
    if (state > 0 && kinds[state]! < 0.08) return [];
    if (state > 0 && kinds[state]! < 0.16) return [[1, state, 0]];
    if (action > 0 && random.uniform() < 0.2) return [];
    const count = 1 + random.integer(4);
    const weights = Array.from({ length: count }, () => 1 + random.integer(8));
    const total = weights.reduce((a, b) => a + b, isUndiscounted ? 2 : 0);
    const rows = weights.map((w): Outcome => {
      const terminated = random.uniform() < 0.1;
      return [w / total, random.integer(numStates), random.integer(7) - 3, terminated];
    });
    return isUndiscounted ? [...rows, [2 / total, state, random.integer(3) - 1, true]] : rows;
  };
  return buildMDP({
    numStates,
    numActions,
    discount: isUndiscounted ? 1 : [0.5, 0.9, 0.97][seed % 3]!,
    initial: new Array<number>(numStates).fill(1 / numStates),
    outcomes,
  });
}

describe('200 random MDPs', () => {
  it('policy iteration = value iteration = modified policy iteration = linear solve', () => {
    let ties = 0;
    let undiscounted = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const mdp = randomMDP(seed);
      if (mdp.discount === 1) undiscounted++;
      const exact = policyIteration(mdp);
      const others = [
        valueIteration(mdp),
        valueIteration(mdp, { order: 'synchronous' }),
        valueIteration(mdp, { order: 'prioritized' }),
        modifiedPolicyIteration(mdp),
      ];
      for (const solution of others) {
        expect(maxDifference(solution.values, exact.values)).toBeLessThan(1e-8);
        const solved = policyEvaluation(mdp, solution.policy, { method: 'exact' });
        expect(maxDifference(solved, exact.values)).toBeLessThan(1e-8);
      }
      const solved = policyEvaluation(mdp, exact.policy, { method: 'exact' });
      expect(maxDifference(solved, exact.values)).toBeLessThan(1e-10);
      const sets = optimalActions(mdp, exact.values);
      expect(optimalActions(mdp, others[0]!.values)).toEqual(sets);
      ties += sets.filter((set) => set.length > 1).length;
    }
    expect(ties).toBeGreaterThan(100);
    expect(undiscounted).toBe(50);
  }, 60_000);

  it('occupancy is dual to the values', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const mdp = randomMDP(seed);
      if (mdp.discount === 1) continue;
      const policy = uniformPolicy(mdp);
      const { stateActions } = occupancy(mdp, { policy });
      const rewards = qValues(mdp, new Float64Array(mdp.numStates));
      const sum = stateActions.reduce((all, x, i) => (x > 0 ? all + x * rewards[i]! : all), 0);
      expect(sum).toBeCloseTo(startValue(mdp, policyEvaluation(mdp, policy)), 8);
    }
  });
});

describe('γ = 1 with loops', () => {
  it('a free loop is worth 0 where every way out costs', () => {
    const mdp = buildMDP({
      numStates: 2,
      numActions: 2,
      outcomes: (s, a) => (s === 0 ? (a === 0 ? [[1, 0, 0]] : [[1, 1, -1, true]]) : []),
    });
    expect(policyIteration(mdp).values[0]).toBe(0);
    expect(valueIteration(mdp).values[0]).toBe(0);
  });
  it('a free loop does not hide a paying way out', () => {
    const mdp = buildMDP({
      numStates: 3,
      numActions: 2,
      outcomes: (s, a) =>
        s < 2
          ? a === 0
            ? [[1, 1 - s, 0]]
            : [
                [0.5, 2, s, true],
                [0.5, s, 0],
              ]
          : [],
    });
    expect(Array.from(policyIteration(mdp).values)).toEqual([1, 1, 0]);
    const { values, policy } = valueIteration(mdp);
    expect(maxDifference(values, [1, 1, 0])).toBeLessThan(1e-9);
    expect(maxDifference(policyEvaluation(mdp, policy), [1, 1, 0])).toBeLessThan(1e-12);
  });
  it('refuses infinite values with a reason', () => {
    const mdp = buildMDP({ numStates: 1, numActions: 1, outcomes: () => [[1, 0, -1]] });
    expect(() => policyIteration(mdp)).toThrow(/improper/);
    expect(() => policyEvaluation(mdp, [0])).toThrow(/gamma below 1/);
  });
});

describe('a million states', () => {
  /**
   * A slippery corridor: left with probability 0.9, else stay; −1 per step until the left end.
   * v(s) (1 − 0.1 γ) = −1 + 0.9 γ v(s − 1).
   */
  const n = 1_000_000;
  it('is solved in memory linear in its transitions', () => {
    const bytes = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    let peak = 0;
    const before = bytes();
    const corridor = buildMDP({
      numStates: n,
      numActions: 2,
      outcomes: (s, a) => {
        const next = a === 1 ? Math.min(n - 1, s + 1) : s - 1;
        return next < 0
          ? [
              [0.9, s, -1, true],
              [0.1, s, -1],
            ]
          : [
              [0.9, next, -1],
              [0.1, s, -1],
            ];
      },
    });
    const { values, policy } = valueIteration(corridor, {
      gamma: 0.9,
      onSweep: () => (peak = Math.max(peak, bytes())),
    });
    let worst = 0;
    let exact = 0;
    for (let s = 0; s < n; s++) {
      exact = (-1 + 0.81 * exact) / 0.91;
      worst = Math.max(worst, Math.abs(values[s]! - exact));
    }
    expect(worst).toBeLessThan(1e-9);
    expect(policy.slice(0, 100).every((a) => a === 0)).toBe(true);
    expect(corridor.numTransitions).toBe(4 * n);
    expect((peak - before) / corridor.numTransitions).toBeLessThan(100);
  }, 120_000);
});
