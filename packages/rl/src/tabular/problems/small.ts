import { checkOptionNames } from '@gai/core/errors';
import { checkInteger } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * The ski resort of the course: from the Hotel take the lift up through Area1 … Area4, or ski down for fun.
 *
 * Five states, actions lift 0 and ski 1, no end, discount 0.9, start at the Hotel. The lift may stand still, skiing
 * from
 * Area4 may end in a costly fall. Best: take the lift up to Area3, ski from there and from Area4.
 *
 * @example
 * import { skiResort, valueIteration } from '@gai/rl/tabular';
 * const ski = skiResort();
 * Array.from(valueIteration(ski).policy, (a) => ski.actionName(a)).join(' '); // => 'lift lift lift ski ski'
 * @category Problems
 * @since 0.1.0
 */
export function skiResort(): MDP {
  const table: readonly (readonly [lift: readonly Outcome[], ski: readonly Outcome[]])[] = [
    [
      [
        [0.9, 1, -1],
        [0.1, 0, -1],
      ],
      [[1, 0, 0]],
    ],
    [
      [
        [0.9, 2, -1],
        [0.1, 1, -1],
      ],
      [
        [0.8, 0, 2],
        [0.2, 1, -1],
      ],
    ],
    [
      [
        [0.9, 3, -1],
        [0.1, 2, -1],
      ],
      [
        [0.8, 1, 3],
        [0.2, 0, 2],
      ],
    ],
    [
      [
        [0.8, 4, -2],
        [0.2, 3, -1],
      ],
      [
        [0.7, 2, 5],
        [0.3, 1, 4],
      ],
    ],
    [
      [[1, 4, -1]],
      [
        [0.6, 3, 8],
        [0.3, 2, 6],
        [0.1, 0, -10],
      ],
    ],
  ];
  return buildMDP({
    name: 'ski-resort',
    numStates: 5,
    numActions: 2,
    discount: 0.9,
    initial: 0,
    stateNames: ['Hotel', 'Area1', 'Area2', 'Area3', 'Area4'],
    actionNames: ['lift', 'ski'],
    outcomes: (state, action) => table[state]![action]!,
  });
}

/**
 * Sutton & Barto's short corridor with switched actions (example 13.1): in the second of three cells left and right are
 * swapped. −1 per step, discount 1; state 3 is the goal.
 *
 * A policy that cannot tell the cells apart goes right with probability p and is worth `(2p − 4) / (p (1 − p))`; the
 * best is p = 2 − √2, worth −11.66.
 *
 * @example
 * import { policyEvaluation, shortCorridor, uniformPolicy } from '@gai/rl/tabular';
 * const corridor = shortCorridor();
 * policyEvaluation(corridor, uniformPolicy(corridor))[0]!.toFixed(6); // => '-12.000000'
 * @category Problems
 * @since 0.1.0
 */
export function shortCorridor(): MDP {
  const next = [
    [0, 1],
    [2, 0],
    [1, 3],
  ] as const;
  return buildMDP({
    name: 'short-corridor',
    numStates: 4,
    numActions: 2,
    discount: 1,
    initial: 0,
    actionNames: ['left', 'right'],
    layout: { rows: 1, columns: 4, cells: 'S..G' },
    outcomes: (state, action) => {
      const to = next[state]?.[action as 0 | 1];
      return to === undefined ? [] : [[1, to, -1, to === 3]];
    },
  });
}

/**
 * Sutton & Barto's maximisation-bias MDP (example 6.7): from A right ends with 0; left leads to B, whose many actions
 * pay −0.1 on average and end. Left looks good to a maximiser of noisy estimates.
 *
 * The MDP holds the means. For learning use `mdpEnv(maximizationBias(), { rewardNoise: maximizationBiasNoise })`, whose
 * rewards from B are normal with variance 1. States A 0, B 1, end 2; A offers left 0 and right 1. Discount 1.
 *
 * @param options.actions - How many actions B offers, ≥ 2. Default 10.
 * @example
 * import { maximizationBias, valueIteration } from '@gai/rl/tabular';
 * valueIteration(maximizationBias()).policy[0]; // => 1
 * @category Problems
 * @since 0.1.0
 */
export function maximizationBias(options: { readonly actions?: number | undefined } = {}): MDP {
  checkOptionNames('maximizationBias', options, ['actions']);
  const actions = options.actions ?? 10;
  checkInteger('maximizationBias', 'actions', [actions, 2, 10_000]);
  const fromA: readonly (readonly Outcome[])[] = [[[1, 1, 0]], [[1, 2, 0, true]]];
  return buildMDP({
    name: 'maximization-bias',
    numStates: 3,
    numActions: actions,
    discount: 1,
    initial: 0,
    stateNames: ['A', 'B', 'end'],
    outcomes: (state, action) => {
      if (state === 0) return fromA[action] ?? [];
      return state === 1 ? [[1, 2, -0.1, true]] : [];
    },
  });
}

/**
 * The noise of {@link maximizationBias}: standard normal on rewards from B, none elsewhere.
 *
 * @example
 * import { maximizationBiasNoise } from '@gai/rl/tabular';
 * maximizationBiasNoise(0, { normal: () => 3 }); // => 0
 * @category Problems
 * @since 0.1.0
 */
export function maximizationBiasNoise(state: number, random: { normal(): number }): number {
  return state === 1 ? random.normal() : 0;
}
