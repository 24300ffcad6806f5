import { checkOptionNames } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import { backup, discountOf, greedyPolicy, startValue } from '../mdp/bellman.ts';
import type { TieOptions } from '../mdp/bellman.ts';
import type { MDP } from '../mdp/mdp.ts';
import { prioritizedBackups } from './prioritized.ts';
import { properPolicy } from './proper.ts';
import { STOPPING_OPTIONS, isConverged, sweepRule } from './stopping.ts';
import type { StoppingOptions, SweepReport } from './stopping.ts';

/**
 * What every planner returns.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface Solution {
  /** `[numStates]`: v*. */
  readonly values: Float64Array;
  /** `[numStates]`: an optimal action, the lowest among ties; −1 for a terminal state. */
  readonly policy: Int32Array;
  /** Expected return of an episode: `Σ initial(s)·v*(s)`. */
  readonly startValue: number;
  /** Sweeps over all states (value iteration) or policy improvements (policy iteration). */
  readonly iterations: number;
  /** State backups done: the cost, comparable between methods. */
  readonly backups: number;
  /** Largest change of the last sweep. */
  readonly delta: number;
  /** False if `maxSweeps` ended it first. */
  readonly converged: boolean;
}

/**
 * Options of {@link valueIteration}.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface ValueIterationOptions extends TieOptions, StoppingOptions {
  /**
   * `'in-place'` (default) uses the newest values, `'synchronous'` keeps two arrays as in the textbook,
   * `'prioritized'` always backs up the state whose value would change most.
   */
  readonly order?: 'in-place' | 'synchronous' | 'prioritized' | undefined;
  /** Where sweeps begin, `[numStates]`. Default zeros. */
  readonly initialValues?: ArrayLike<number> | undefined;
}

/**
 * Optimal values by repeating Bellman's optimality operator: `v(s) ← max_a Σ p(s', r | s, a) [r + γ v(s')]`.
 *
 * The method to start with: memory is linear in the transitions, so a million states fit. For exact optimal values of a
 * small MDP use {@link policyIteration}. Started from zeros it also solves γ = 1 where every optimal policy ends or
 * stays where nothing is paid.
 *
 * @param mdp - The MDP.
 * @param options.order - `'in-place'` (default), `'synchronous'` or `'prioritized'`.
 * @returns Values within `tolerance` (default 1e-10) of v*, and a greedy policy.
 * @throws ArgumentError for an option out of range.
 * @example
 * import { frozenLake, valueIteration } from '@gai/rl/tabular';
 * const { values, policy } = valueIteration(frozenLake({ slippery: true }), { gamma: 0.99 });
 * values[0]!.toFixed(6); // => '0.542026'
 * policy[0]; // => 0
 * @see Sutton & Barto 2018, section 4.4
 * @category Dynamic programming
 * @since 0.1.0
 */
export function valueIteration(mdp: MDP, options: ValueIterationOptions = {}): Solution {
  checkOptionNames('valueIteration', options, ['order', 'initialValues', 'tieTolerance', 'gamma', ...STOPPING_OPTIONS]);
  const gamma = discountOf('valueIteration', mdp, options);
  const values = startValues(mdp, options.initialValues);
  const rule = sweepRule('valueIteration', gamma, options);
  if (options.order === 'prioritized') {
    const { backups, delta, converged } = prioritizedBackups(mdp, values, { gamma, rule });
    return solution(mdp, values, { options, iterations: backups / mdp.numStates, backups, delta, converged });
  }
  const isSynchronous = options.order === 'synchronous';
  let current = values;
  let spare = isSynchronous ? new Float64Array(mdp.numStates) : values;
  const report: SweepReport = { sweep: 0, delta: 0, scale: 0, values };
  let converged = false;
  while (!converged && report.sweep < rule.maxSweeps) {
    report.sweep++;
    report.values = spare;
    sweepOnce(mdp, current, { gamma, target: spare, report });
    if (isSynchronous) [current, spare] = [spare, current];
    options.onSweep?.(report);
    converged = isConverged(rule, report);
  }
  const backups = report.sweep * mdp.numStates;
  return solution(mdp, current, { options, iterations: report.sweep, backups, delta: report.delta, converged });
}

/** One pass over all states, written out over the arrays: this loop is where value iteration spends its time. */
function sweepOnce(
  mdp: MDP,
  values: Float64Array,
  { gamma, target, report }: { gamma: number; target: Float64Array; report: SweepReport },
): void {
  const { stateOffsets, pairOffsets, nextStates, continuation, pairRewards, numStates } = mdp;
  let delta = 0;
  let scale = 0;
  let k = 0;
  let t = 0;
  for (let state = 0; state < numStates; state++) {
    const end = stateOffsets[state + 1]!;
    let best = k === end ? 0 : -Infinity;
    for (; k < end; k++) {
      let sum = 0;
      for (const stop = pairOffsets[k + 1]!; t < stop; t++) sum += continuation[t]! * values[nextStates[t]!]!;
      const q = pairRewards[k]! + gamma * sum;
      if (q > best) best = q;
    }
    delta = Math.max(delta, Math.abs(best - values[state]!));
    scale = Math.max(scale, Math.abs(best));
    target[state] = best;
  }
  report.delta = delta;
  report.scale = scale;
}

/** The values a planner starts from; zero in terminal states. */
export function startValues(mdp: MDP, initial: ArrayLike<number> | undefined): Float64Array {
  if (initial !== undefined && initial.length !== mdp.numStates) {
    throw refusal('ARGUMENT', {
      op: 'valueIteration',
      problem: 'initialValues has the wrong length',
      got: `${initial.length} numbers`,
      expected: `${mdp.numStates}, one per state`,
      fix: 'Pass one value per state or leave it out.',
    });
  }
  return initial ? Float64Array.from(initial) : new Float64Array(mdp.numStates);
}

/** Puts a {@link Solution} together; the greedy policy costs one more pass. */
export function solution(
  mdp: MDP,
  values: Float64Array,
  run: { options: TieOptions; iterations: number; backups: number; delta: number; converged: boolean },
): Solution {
  const { options, ...rest } = run;
  const policy = leaveUselessLoops(mdp, values, options);
  return { values, policy, startValue: startValue(mdp, values), ...rest };
}

/**
 * The greedy policy; at γ = 1 among ties one that makes progress, because a greedy action may circle for ever where
 * going on pays the same as arriving.
 */
function leaveUselessLoops(mdp: MDP, values: Float64Array, options: TieOptions): Int32Array {
  const gamma = options.gamma ?? mdp.discount;
  const tolerance = options.tieTolerance ?? 1e-9;
  const policy = greedyPolicy(mdp, values, { gamma, tieTolerance: tolerance });
  if (gamma < 1) return policy;
  const isGreedy = (state: number, k: number): boolean => {
    const best = backup(mdp, values, [mdp.pairIndex(state, policy[state]!), gamma]);
    return best - backup(mdp, values, [k, gamma]) <= tolerance * Math.max(1, Math.abs(best));
  };
  return properPolicy(mdp, policy, { allowed: isGreedy });
}
