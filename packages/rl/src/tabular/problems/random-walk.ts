import { checkOptionNames } from '@gai/core/errors';
import { checkInteger } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link randomWalk}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface RandomWalkOptions {
  /** How many states between the two ends. Default 5. */
  readonly states?: number | undefined;
  /** Steps go 1 … `jump` to either side, all equally likely. Default 1. */
  readonly jump?: number | undefined;
  /** Reward for leaving on the left. Default 0. */
  readonly leftReward?: number | undefined;
  /** Reward for leaving on the right. Default 1. */
  readonly rightReward?: number | undefined;
}

/**
 * The random walk of Sutton & Barto: left or right with equal probability from the middle, until either end.
 *
 * 5 states with rewards 0 and 1 is example 6.2 (values 1/6 … 5/6); 19 states with −1 and 1 is example 7.1;
 * 1000 states with jumps up to 100 and −1 and 1 is example 9.1. One action; states are the inner ones, left to right.
 * Outcomes beyond an end share one terminated outcome per end. Discount 1.
 *
 * @param options.states - Default 5.
 * @param options.jump - Default 1.
 * @example
 * import { policyEvaluation, randomWalk, uniformPolicy } from '@gai/rl/tabular';
 * const walk = randomWalk();
 * policyEvaluation(walk, uniformPolicy(walk))[2]!.toFixed(6); // => '0.500000'
 * @category Problems
 * @since 0.1.0
 */
export function randomWalk(options: RandomWalkOptions = {}): MDP {
  checkOptionNames('randomWalk', options, ['states', 'jump', 'leftReward', 'rightReward']);
  const { states = 5, jump = 1, leftReward = 0, rightReward = 1 } = options;
  checkInteger('randomWalk', 'states', [states, 1, 1_000_000]);
  checkInteger('randomWalk', 'jump', [jump, 1, states]);
  const outcomes = (state: number): Outcome[] => {
    const beyondLeft = Math.max(0, jump - state);
    const beyondRight = Math.max(0, jump - (states - 1 - state));
    const rows: Outcome[] = [];
    if (beyondLeft > 0) rows.push([beyondLeft / (2 * jump), 0, leftReward, true]);
    for (let next = Math.max(0, state - jump); next <= Math.min(states - 1, state + jump); next++) {
      if (next !== state) rows.push([1 / (2 * jump), next, 0]);
    }
    if (beyondRight > 0) rows.push([beyondRight / (2 * jump), states - 1, rightReward, true]);
    return rows;
  };
  return buildMDP({
    name: `random-walk-${states}`,
    numStates: states,
    numActions: 1,
    discount: 1,
    initial: Math.floor(states / 2) - (states % 2 === 0 ? 1 : 0),
    actionNames: ['walk'],
    outcomes,
  });
}
