import { checkOptionNames } from '@gai/core/errors';
import { checkInteger } from '../errors.ts';
import { backup, bestValue, discountOf } from '../mdp/bellman.ts';
import type { TieOptions } from '../mdp/bellman.ts';
import type { MDP } from '../mdp/mdp.ts';
import { pairProbabilities } from '../mdp/policy.ts';
import { evaluateWeights } from './policy-evaluation.ts';
import type { PolicyEvaluationOptions } from './policy-evaluation.ts';
import { safePolicy } from './proper.ts';
import { solution, startValues } from './value-iteration.ts';
import type { Solution } from './value-iteration.ts';
import { STOPPING_OPTIONS, isConverged, sweepRule } from './stopping.ts';
import type { StoppingOptions } from './stopping.ts';

/**
 * Options of {@link policyIteration}.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface PolicyIterationOptions extends TieOptions {
  /** How policies are evaluated: see {@link policyEvaluation}. Default `'auto'`. */
  readonly method?: PolicyEvaluationOptions['method'];
  /** The first policy. Default the first action of every state; at γ = 1 one that ends every episode. */
  readonly initialPolicy?: ArrayLike<number> | undefined;
  /** Most improvements. Default 10,000. */
  readonly maxIterations?: number | undefined;
}

/** An action is replaced only if another is better by more than this, relative to the values: ties never cycle. */
const STRICT = 1e-12;

/**
 * Optimal policy by turns: evaluate exactly, then act greedily, until nothing improves (Howard 1960).
 *
 * Few iterations and values exact to rounding; each iteration solves a linear system, so for more than a few thousand
 * states that all reach one another use {@link valueIteration} or {@link modifiedPolicyIteration}. At γ = 1 it starts
 * from a policy that ends every episode (or stays where nothing is paid) and keeps to such policies.
 *
 * @returns v*, an optimal policy, and how many improvements it took (the last one changes nothing).
 * @throws GaiError `UNBOUNDED` at γ = 1 where no policy has a finite value, or rewards can be collected
 * for ever.
 * @example
 * import { policyIteration, skiResort } from '@gai/rl/tabular';
 * const { values, policy } = policyIteration(skiResort(), { gamma: 0.9 });
 * Array.from(policy); // => [0, 0, 0, 1, 1]
 * values[0]!.toFixed(6); // => '7.841174'
 * @see Sutton & Barto 2018, section 4.3
 * @category Dynamic programming
 * @since 0.1.0
 */
export function policyIteration(mdp: MDP, options: PolicyIterationOptions = {}): Solution {
  checkOptionNames('policyIteration', options, ['method', 'initialPolicy', 'maxIterations', 'tieTolerance', 'gamma']);
  const gamma = discountOf('policyIteration', mdp, options);
  const maxIterations = options.maxIterations ?? 10_000;
  checkInteger('policyIteration', 'maxIterations', [maxIterations, 1, Number.MAX_SAFE_INTEGER]);
  const policy = firstPolicy(mdp, gamma, options);
  let values: Float64Array = new Float64Array(mdp.numStates);
  let iterations = 0;
  let delta = Infinity;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    const weights = pairProbabilities(mdp, policy);
    const next = evaluateWeights(mdp, weights, { gamma, method: options.method, initialValues: values });
    delta = values.reduce((largest, v, s) => Math.max(largest, Math.abs(v - next[s]!)), 0);
    values = next;
    iterations++;
    converged = !improve(mdp, policy, { values, gamma }) || (iterations > 1 && delta === 0);
  }
  return solution(mdp, values, { options, iterations, backups: iterations * mdp.numStates, delta, converged });
}

function firstPolicy(mdp: MDP, gamma: number, options: PolicyIterationOptions): Int32Array {
  if (options.initialPolicy) return Int32Array.from(options.initialPolicy);
  if (gamma === 1) return safePolicy(mdp);
  const policy = new Int32Array(mdp.numStates).fill(-1);
  for (let s = 0; s < mdp.numStates; s++) if (!mdp.isTerminal(s)) policy[s] = mdp.pairActions[mdp.stateOffsets[s]!]!;
  return policy;
}

/** Makes `policy` greedy in place where that is strictly better; true if an action changed. */
function improve(mdp: MDP, policy: Int32Array, { values, gamma }: { values: Float64Array; gamma: number }): boolean {
  let isChanged = false;
  for (let state = 0; state < mdp.numStates; state++) {
    if (mdp.isTerminal(state)) continue;
    const best = bestValue(mdp, values, [state, gamma]);
    const own = backup(mdp, values, [mdp.pairIndex(state, policy[state]!), gamma]);
    if (!(best - own > STRICT * Math.max(1, Math.abs(best)))) continue;
    let k = mdp.stateOffsets[state]!;
    while (backup(mdp, values, [k, gamma]) < best) k++;
    policy[state] = mdp.pairActions[k]!;
    isChanged = true;
  }
  return isChanged;
}

/**
 * Options of {@link modifiedPolicyIteration}.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface ModifiedPolicyIterationOptions extends TieOptions, StoppingOptions {
  /** Evaluation sweeps after each improvement, m ≥ 0. Default 10; 0 is value iteration. */
  readonly evaluationSweeps?: number | undefined;
  /** Where it begins, `[numStates]`. Default zeros. */
  readonly initialValues?: ArrayLike<number> | undefined;
}

/**
 * Between value and policy iteration: one greedy sweep, then `m` cheap sweeps of the greedy policy (Puterman & Shin
 * 1978).
 *
 * A greedy sweep looks at every action, an evaluation sweep at one; with many actions this is the fastest of the three.
 *
 * @returns Values within `tolerance` of v*, by the same stopping rule as {@link valueIteration}, on the greedy sweeps.
 * @example
 * import { modifiedPolicyIteration, skiResort } from '@gai/rl/tabular';
 * modifiedPolicyIteration(skiResort(), { gamma: 0.9 }).values[0]!.toFixed(6); // => '7.841174'
 * @see Puterman 1994, section 6.5
 * @category Dynamic programming
 * @since 0.1.0
 */
export function modifiedPolicyIteration(mdp: MDP, options: ModifiedPolicyIterationOptions = {}): Solution {
  checkOptionNames('modifiedPolicyIteration', options, [
    'evaluationSweeps',
    'initialValues',
    'tieTolerance',
    'gamma',
    ...STOPPING_OPTIONS,
  ]);
  const gamma = discountOf('modifiedPolicyIteration', mdp, options);
  const sweeps = options.evaluationSweeps ?? 10;
  checkInteger('modifiedPolicyIteration', 'evaluationSweeps', [sweeps, 0, 1e6]);
  const rule = sweepRule('modifiedPolicyIteration', gamma, options);
  const values = startValues(mdp, options.initialValues);
  const pairs = new Int32Array(mdp.numStates).fill(-1);
  const report = { sweep: 0, delta: 0, scale: 0, values };
  let converged = false;
  while (!converged && report.sweep < rule.maxSweeps) {
    report.sweep++;
    greedySweep(mdp, values, { gamma, pairs, report });
    options.onSweep?.(report);
    converged = isConverged(rule, report);
    for (let m = 0; m < sweeps && !converged; m++) {
      for (let s = 0; s < mdp.numStates; s++) if (pairs[s]! >= 0) values[s] = backup(mdp, values, [pairs[s]!, gamma]);
    }
  }
  const backups = report.sweep * mdp.numStates * (sweeps + 1);
  return solution(mdp, values, { options, iterations: report.sweep, backups, delta: report.delta, converged });
}

function greedySweep(
  mdp: MDP,
  values: Float64Array,
  { gamma, pairs, report }: { gamma: number; pairs: Int32Array; report: { delta: number; scale: number } },
): void {
  report.delta = 0;
  report.scale = 0;
  for (let state = 0; state < mdp.numStates; state++) {
    let best = mdp.isTerminal(state) ? 0 : -Infinity;
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      const q = backup(mdp, values, [k, gamma]);
      if (q <= best) continue;
      best = q;
      pairs[state] = k;
    }
    report.delta = Math.max(report.delta, Math.abs(best - values[state]!));
    report.scale = Math.max(report.scale, Math.abs(best));
    values[state] = best;
  }
}
