import { checkOptionNames } from '@gai/core/errors';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link cliffWalking}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface CliffWalkingOptions {
  /** Does a move go to either side with probability 1/3 each? Default false. */
  readonly slippery?: boolean | undefined;
}

/** Row and column changes of up, right, down, left. */
const MOVES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;
const ROWS = 4;
const COLUMNS = 12;
const START = 36;
const GOAL = 47;
const CELLS = `${'.'.repeat(36)}S${'C'.repeat(10)}G`;

function arrive(state: number, action: number): [number, number, boolean] {
  const [dr, dc] = MOVES[action]!;
  const row = Math.min(Math.max(Math.floor(state / COLUMNS) + dr, 0), ROWS - 1);
  const column = Math.min(Math.max((state % COLUMNS) + dc, 0), COLUMNS - 1);
  const next = row * COLUMNS + column;
  return CELLS[next] === 'C' ? [START, -100, false] : [next, -1, next === GOAL];
}

/**
 * CliffWalking, Sutton & Barto's example 6.6: from the lower left corner to the lower right one, along a cliff.
 *
 * Equal to Gymnasium's `CliffWalking-v1` outcome by outcome: 4×12 cells, actions up, right, down, left, reward −1 per
 * step and −100 for stepping into the cliff, which puts one back at the start without ending the episode. As in
 * Gymnasium's table the cells of the cliff and the goal have outcomes too, though no episode takes them. Discount 1.
 *
 * @param options.slippery - Gymnasium's `is_slippery`. Default false.
 * @example
 * import { cliffWalking, valueIteration } from '@gai/rl/tabular';
 * valueIteration(cliffWalking()).startValue; // => -13
 * @category Problems
 * @since 0.1.0
 */
export function cliffWalking(options: CliffWalkingOptions = {}): MDP {
  checkOptionNames('cliffWalking', options, ['slippery']);
  const outcomes = (state: number, action: number): Outcome[] => {
    if (options.slippery !== true) return [[1, ...arrive(state, action)]];
    return [(action + 3) % 4, action, (action + 1) % 4].map((b) => [1 / 3, ...arrive(state, b)]);
  };
  return buildMDP({
    name: options.slippery === true ? 'cliff-walking-slippery' : 'cliff-walking',
    numStates: ROWS * COLUMNS,
    numActions: 4,
    discount: 1,
    initial: START,
    actionNames: ['up', 'right', 'down', 'left'],
    layout: { rows: ROWS, columns: COLUMNS, cells: CELLS },
    outcomes,
  });
}
