import { checkOptionNames } from '@gai/core/errors';
import { checkInteger, checkNumber } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link gambler}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface GamblerOptions {
  /** Probability of heads, which wins the stake. Default 0.4. */
  readonly headsProbability?: number | undefined;
  /** Capital that wins. Default 100. */
  readonly goal?: number | undefined;
}

/**
 * Sutton & Barto's gambler (example 4.3): stake part of the capital on coin flips until broke or at the goal.
 *
 * State = capital 0 … goal, both ends terminal; action = stake, offered from 1 to `min(capital, goal − capital)`.
 * Reward 1 on reaching the goal, discount 1: values are probabilities of winning. Episodes start uniformly in 1 …
 * goal−1.
 *
 * @param options.headsProbability - Default 0.4.
 * @param options.goal - Default 100.
 * @example
 * import { gambler, valueIteration } from '@gai/rl/tabular';
 * valueIteration(gambler()).values[50]!.toFixed(6); // => '0.400000'
 * @category Problems
 * @since 0.1.0
 */
export function gambler(options: GamblerOptions = {}): MDP {
  checkOptionNames('gambler', options, ['headsProbability', 'goal']);
  const { headsProbability = 0.4, goal = 100 } = options;
  checkNumber('gambler', 'headsProbability', [headsProbability, 0, 1]);
  checkInteger('gambler', 'goal', [goal, 2, 10_000]);
  const outcomes = (capital: number, stake: number): Outcome[] => {
    if (stake < 1 || stake > Math.min(capital, goal - capital)) return [];
    const won = capital + stake;
    const lost = capital - stake;
    return [
      [headsProbability, won, won === goal ? 1 : 0, won === goal],
      [1 - headsProbability, lost, 0, lost === 0],
    ];
  };
  return buildMDP({
    name: 'gambler',
    numStates: goal + 1,
    numActions: Math.floor(goal / 2) + 1,
    discount: 1,
    initial: Array.from({ length: goal + 1 }, (_, s) => (s > 0 && s < goal ? 1 / (goal - 1) : 0)),
    outcomes,
  });
}
