import { bestValue } from '../mdp/bellman.ts';
import type { MDP } from '../mdp/mdp.ts';
import { predecessors } from '../mdp/predecessors.ts';
import { PriorityQueue } from './priority-queue.ts';
import type { SweepRule } from './stopping.ts';

/** What prioritised backups did. */
export interface PrioritizedRun {
  readonly backups: number;
  readonly delta: number;
  readonly converged: boolean;
}

/**
 * Value iteration that always backs up the state with the largest possible change, found through predecessor lists.
 * Ends with a full sweep that changes nothing by `theta` or more, so it is as exact as ordinary sweeps.
 *
 * @see Moore & Atkeson 1993, Prioritized sweeping
 */
export function prioritizedBackups(
  mdp: MDP,
  values: Float64Array,
  { gamma, rule }: { gamma: number; rule: SweepRule },
): PrioritizedRun {
  const back = predecessors(mdp);
  const queue = new PriorityQueue(mdp.numStates);
  const budget = rule.maxSweeps * mdp.numStates;
  let backups = 0;
  let theta = 0;
  const spread = (state: number, change: number): void => {
    for (let i = back.offsets[state]!; i < back.offsets[state + 1]!; i++) {
      const priority = gamma * mdp.continuation[back.transitions[i]!]! * change;
      if (priority > theta) queue.raise(back.pairStates[back.pairs[i]!]!, priority);
    }
  };
  const update = (state: number): number => {
    const v = bestValue(mdp, values, [state, gamma]);
    const change = Math.abs(v - values[state]!);
    values[state] = v;
    backups++;
    return change;
  };
  for (;;) {
    let delta = 0;
    let scale = 0;
    for (let state = 0; state < mdp.numStates; state++) {
      const change = update(state);
      delta = Math.max(delta, change);
      scale = Math.max(scale, Math.abs(values[state]!));
      if (change > 0) spread(state, change);
    }
    theta = threshold(rule, scale);
    if (delta < theta || delta === 0) return { backups, delta, converged: true };
    while (queue.size > 0 && backups < budget) {
      const state = queue.pop();
      const change = update(state);
      if (change > 0) spread(state, change);
    }
    if (backups >= budget) return { backups, delta, converged: false };
  }
}

function threshold(rule: SweepRule, scale: number): number {
  if (rule.theta !== undefined) return rule.theta;
  const wanted =
    rule.gamma < 1 ? (rule.tolerance * (1 - rule.gamma)) / Math.max(rule.gamma, 1e-12) : rule.tolerance * 1e-3;
  return Math.max(wanted, 2 * Number.EPSILON * scale);
}
