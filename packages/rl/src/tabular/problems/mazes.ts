import { gridWorld } from './grid-world.ts';
import type { MDP } from '../mdp/mdp.ts';

const DYNA = ['.......#G', '..#....#.', 'S.#....#.', '..#......', '.....#...', '.........'];
const BLOCKING = ['........G', '.........', '.........', '########.', '.........', '...S.....'];
const BLOCKED = ['........G', '.........', '.........', '.########', '.........', '...S.....'];
const SHORTCUT = ['........G', '.........', '.........', '.#######.', '.........', '...S.....'];

function maze(name: string, map: readonly string[]): MDP {
  return gridWorld({ name, map, stepReward: 0, rewards: { G: 1 }, discount: 0.95 });
}

/**
 * Sutton & Barto's Dyna maze (example 8.1): 6×9, 14 steps at best, reward 1 at the goal, discount 0.95.
 *
 * @example
 * import { dynaMaze, valueIteration } from '@gai/rl/tabular';
 * (Math.log(valueIteration(dynaMaze()).startValue) / Math.log(0.95) + 1).toFixed(0); // => '14'
 * @category Problems
 * @since 0.1.0
 */
export function dynaMaze(): MDP {
  return maze('dyna-maze', DYNA);
}

/**
 * Sutton & Barto's blocking maze (example 8.2): the opening of the wall moves from the right to the left end.
 *
 * @returns The maze before and after; the book changes it after 1000 steps.
 * @example
 * import { blockingMaze, valueIteration } from '@gai/rl/tabular';
 * const [before, after] = blockingMaze();
 * valueIteration(before).startValue > valueIteration(after).startValue; // => true
 * @category Problems
 * @since 0.1.0
 */
export function blockingMaze(): [before: MDP, after: MDP] {
  return [maze('blocking-maze', BLOCKING), maze('blocking-maze-after', BLOCKED)];
}

/**
 * Sutton & Barto's shortcut maze (example 8.3): a second, shorter opening appears at the right end.
 *
 * @returns The maze before and after; the book changes it after 3000 steps.
 * @example
 * import { shortcutMaze, valueIteration } from '@gai/rl/tabular';
 * const [before, after] = shortcutMaze();
 * valueIteration(after).startValue > valueIteration(before).startValue; // => true
 * @category Problems
 * @since 0.1.0
 */
export function shortcutMaze(): [before: MDP, after: MDP] {
  return [maze('shortcut-maze', BLOCKED), maze('shortcut-maze-after', SHORTCUT)];
}
