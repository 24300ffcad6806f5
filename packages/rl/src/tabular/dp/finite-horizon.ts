import { checkOptionNames } from '@gai/core/errors';
import { checkInteger } from '../errors.ts';
import { bestValue, discountOf, expectation, greedyPolicy, startValue } from '../mdp/bellman.ts';
import type { DiscountOptions, TieOptions } from '../mdp/bellman.ts';
import type { MDP } from '../mdp/mdp.ts';
import { pairProbabilities } from '../mdp/policy.ts';
import type { Policy } from '../mdp/policy.ts';

/**
 * The best that can be done in a fixed number of steps.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface FiniteHorizonSolution {
  /** `values[k]`, `[numStates]`: expected return with k steps to go; `values[0]` is the final value. */
  readonly values: readonly Float64Array[];
  /** `policies[k]`, `[numStates]`: an optimal action with k + 1 steps to go. */
  readonly policies: readonly Int32Array[];
  /** Expected return of an episode of `horizon` steps. */
  readonly startValue: number;
}

/** How many steps. */
export interface HorizonOptions {
  /** Steps until the end, ≥ 0. */
  readonly horizon: number;
  /** Value of each state when time is up, `[numStates]`. Default zeros. */
  readonly finalValues?: ArrayLike<number> | undefined;
}

function checkHorizon(op: string, horizon: number): void {
  checkInteger(op, 'horizon', [horizon, 0, 10_000_000]);
}

/**
 * Backward induction: `v_k(s) = max_a Σ p(s', r | s, a) [r + γ v_{k−1}(s')]`, for k = 1 … horizon.
 *
 * For an env with a step limit: the optimal policy then depends on the steps to go.
 *
 * @param options.horizon - Steps until the end.
 * @returns Values and policies per number of steps to go. Memory `(horizon + 1) · numStates`.
 * @throws ArgumentError for a horizon that is not an integer ≥ 0.
 * @example
 * import { finiteHorizon, frozenLake } from '@gai/rl/tabular';
 * finiteHorizon(frozenLake(), { horizon: 100, gamma: 1 }).startValue.toFixed(6); // => '0.744190'
 * @see Puterman 1994, section 4.5
 * @category Dynamic programming
 * @since 0.1.0
 */
export function finiteHorizon(mdp: MDP, options: HorizonOptions & TieOptions): FiniteHorizonSolution {
  checkOptionNames('finiteHorizon', options, ['horizon', 'finalValues', 'tieTolerance', 'gamma']);
  const gamma = discountOf('finiteHorizon', mdp, options);
  checkHorizon('finiteHorizon', options.horizon);
  const ties = { gamma, tieTolerance: options.tieTolerance };
  let latest: Float64Array = Float64Array.from(options.finalValues ?? new Float64Array(mdp.numStates));
  const values = [latest];
  const policies: Int32Array[] = [];
  for (let k = 1; k <= options.horizon; k++) {
    const next = new Float64Array(mdp.numStates);
    for (let state = 0; state < mdp.numStates; state++) next[state] = bestValue(mdp, latest, [state, gamma]);
    policies.push(greedyPolicy(mdp, latest, ties));
    values.push(next);
    latest = next;
  }
  return { values, policies, startValue: startValue(mdp, latest) };
}

/**
 * Expected return of a policy in a fixed number of steps: `v_k = T_π v_{k−1}`, from zeros.
 *
 * With γ = 1 on FrozenLake it is the exact probability to reach the goal within the step limit: what averaging over
 * episodes only estimates.
 *
 * @param options.policy - One action per state, or probabilities.
 * @returns `[numStates]`
 * @example
 * import { evaluateHorizon, frozenLake, uniformPolicy } from '@gai/rl/tabular';
 * const lake = frozenLake();
 * evaluateHorizon(lake, { policy: uniformPolicy(lake), horizon: 100, gamma: 1 })[0]!.toFixed(6); // => '0.013940'
 * @category Dynamic programming
 * @since 0.1.0
 */
export function evaluateHorizon(
  mdp: MDP,
  options: HorizonOptions & DiscountOptions & { readonly policy: Policy },
): Float64Array {
  checkOptionNames('evaluateHorizon', options, ['horizon', 'finalValues', 'gamma', 'policy']);
  const gamma = discountOf('evaluateHorizon', mdp, options);
  checkHorizon('evaluateHorizon', options.horizon);
  const weights = pairProbabilities(mdp, options.policy);
  let values = Float64Array.from(options.finalValues ?? new Float64Array(mdp.numStates));
  for (let k = 0; k < options.horizon; k++) {
    const next = new Float64Array(mdp.numStates);
    for (let state = 0; state < mdp.numStates; state++) next[state] = expectation(mdp, weights, [values, state, gamma]);
    values = next;
  }
  return values;
}
