import { checkOptionNames } from '@gai/core/errors';
import { checkNumber } from '../errors.ts';
import { discountOf, expectation } from '../mdp/bellman.ts';
import type { DiscountOptions } from '../mdp/bellman.ts';
import type { MDP } from '../mdp/mdp.ts';
import { pairProbabilities } from '../mdp/policy.ts';
import type { Policy } from '../mdp/policy.ts';
import { chainComponents } from './components.ts';
import { evaluateExact, largestBlock } from './evaluate-exact.ts';
import { STOPPING_OPTIONS, isConverged, sweepRule } from './stopping.ts';
import type { StoppingOptions, SweepReport } from './stopping.ts';

/**
 * Options of {@link policyEvaluation}.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface PolicyEvaluationOptions extends DiscountOptions, StoppingOptions {
  /**
   * `'exact'` solves the linear system, `'iterative'` sweeps until converged, `'auto'` (default) solves exactly
   * where no block of states that reach one another exceeds 1500, else sweeps in place.
   */
  readonly method?: 'auto' | 'exact' | 'iterative' | undefined;
  /** Sweep in place (newest values, the default) or synchronously (`false`: S&B's two arrays). Iterative only. */
  readonly inPlace?: boolean | undefined;
  /** Where sweeps begin. Default zeros. Iterative only. */
  readonly initialValues?: ArrayLike<number> | undefined;
}

/** Blocks up to this size are solved densely by `'auto'`. */
const AUTO_BLOCK = 1500;

/**
 * State values of a policy: `v_π(s) = Σ π(a|s) Σ p(s', r | s, a) [r + γ v_π(s')]`.
 *
 * The exact method splits the chain of the policy into strongly connected components and solves each block by LU, so a
 * 500-state taxi takes milliseconds. At γ = 1 it knows where a policy never ends: states that pay nothing for ever are
 * worth 0, others are refused. The iterative method repeats Bellman's expectation operator.
 *
 * @param policy - One action per state, or probabilities.
 * @returns `[numStates]`, in units of reward.
 * @throws GaiError `UNBOUNDED` for an improper policy at γ = 1 (exact), `TOO_LARGE` for a block above 3000.
 * @example
 * import { gridWorld4x4, policyEvaluation, uniformPolicy } from '@gai/rl/tabular';
 * const grid = gridWorld4x4();
 * Math.round(policyEvaluation(grid, uniformPolicy(grid))[3]!); // => -22
 * @see Sutton & Barto 2018, section 4.1
 * @category Dynamic programming
 * @since 0.1.0
 */
export function policyEvaluation(mdp: MDP, policy: Policy, options: PolicyEvaluationOptions = {}): Float64Array {
  checkOptionNames('policyEvaluation', options, ['method', 'inPlace', 'initialValues', 'gamma', ...STOPPING_OPTIONS]);
  const gamma = discountOf('policyEvaluation', mdp, options);
  return evaluateWeights(mdp, pairProbabilities(mdp, policy), { ...options, gamma });
}

/** {@link policyEvaluation} of a policy given as π per pair. */
export function evaluateWeights(
  mdp: MDP,
  weights: Float64Array,
  options: PolicyEvaluationOptions & { readonly gamma: number },
): Float64Array {
  const method = options.method ?? 'auto';
  const isSmall = method === 'auto' && largestBlock(chainComponents(mdp, weights)) <= AUTO_BLOCK;
  if (method === 'exact' || isSmall) return evaluateExact(mdp, weights, options.gamma);
  return sweepUntilConverged(mdp, weights, options);
}

function sweepUntilConverged(
  mdp: MDP,
  weights: Float64Array,
  options: PolicyEvaluationOptions & { readonly gamma: number },
): Float64Array {
  const { gamma } = options;
  checkNumber('policyEvaluation', 'gamma', [gamma, 0, 1]);
  const rule = sweepRule('policyEvaluation', gamma, options);
  let values = options.initialValues ? Float64Array.from(options.initialValues) : new Float64Array(mdp.numStates);
  let spare = options.inPlace === false ? new Float64Array(mdp.numStates) : values;
  for (let sweep = 1; sweep <= rule.maxSweeps; sweep++) {
    const report: SweepReport = { sweep, delta: 0, scale: 0, values: spare };
    for (let state = 0; state < mdp.numStates; state++) {
      const v = expectation(mdp, weights, [values, state, gamma]);
      report.delta = Math.max(report.delta, Math.abs(v - values[state]!));
      report.scale = Math.max(report.scale, Math.abs(v));
      spare[state] = v;
    }
    [values, spare] = [spare, values];
    options.onSweep?.(report);
    if (isConverged(rule, report)) break;
  }
  return values;
}
