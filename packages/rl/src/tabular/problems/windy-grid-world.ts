import { checkOptionNames } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link windyGridWorld}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface WindyGridWorldOptions {
  /** 4: up, right, down, left. 8: also diagonal, as a chess king. 9: also staying. Default 4. */
  readonly moves?: 4 | 8 | 9 | undefined;
  /** Is the wind, where there is one, stronger or weaker by 1 a third of the time each? Default false. */
  readonly stochastic?: boolean | undefined;
}

const ROWS = 7;
const COLUMNS = 10;
const START = 30;
const GOAL = 37;
const WIND = [0, 0, 0, 1, 1, 1, 2, 2, 1, 0];
const MOVES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
  [-1, 1],
  [1, 1],
  [1, -1],
  [-1, -1],
  [0, 0],
] as const;
const NAMES = ['up', 'right', 'down', 'left', 'up-right', 'down-right', 'down-left', 'up-left', 'stay'];

/**
 * Sutton & Barto's windy gridworld (example 6.5, exercises 6.9 and 6.10): −1 per step, discount 1.
 *
 * 7×10 cells, state `row · 10 + column`. The wind of the column one leaves pushes upwards; the grid's border stops it.
 * The best episode takes 15 steps with four moves, 7 with a king's moves. The goal offers no action.
 *
 * @param options.moves - 4 (default), 8 or 9.
 * @param options.stochastic - Default false.
 * @throws ArgumentError for another number of moves.
 * @example
 * import { valueIteration, windyGridWorld } from '@gai/rl/tabular';
 * valueIteration(windyGridWorld()).startValue; // => -15
 * valueIteration(windyGridWorld({ moves: 8 })).startValue; // => -7
 * @category Problems
 * @since 0.1.0
 */
export function windyGridWorld(options: WindyGridWorldOptions = {}): MDP {
  checkOptionNames('windyGridWorld', options, ['moves', 'stochastic']);
  const { moves = 4, stochastic = false } = options;
  if (![4, 8, 9].includes(moves)) {
    throw refusal('ARGUMENT', {
      op: 'windyGridWorld',
      problem: 'no such set of moves',
      got: `moves ${String(moves)}`,
      expected: '4, 8 or 9',
      fix: "Pass 4, 8 (king's moves) or 9 (with staying).",
    });
  }
  const arrive = (state: number, action: number, wind: number): [number, number, boolean] => {
    const [dr, dc] = MOVES[action]!;
    const row = Math.min(Math.max(Math.floor(state / COLUMNS) + dr - wind, 0), ROWS - 1);
    const column = Math.min(Math.max((state % COLUMNS) + dc, 0), COLUMNS - 1);
    return [row * COLUMNS + column, -1, row * COLUMNS + column === GOAL];
  };
  const outcomes = (state: number, action: number): Outcome[] => {
    if (state === GOAL) return [];
    const wind = WIND[state % COLUMNS]!;
    if (!stochastic || wind === 0) return [[1, ...arrive(state, action, wind)]];
    return [wind - 1, wind, wind + 1].map((w) => [1 / 3, ...arrive(state, action, w)]);
  };
  return buildMDP({
    name: `windy-grid-world-${moves}${stochastic ? '-stochastic' : ''}`,
    numStates: ROWS * COLUMNS,
    numActions: moves,
    discount: 1,
    initial: START,
    actionNames: NAMES.slice(0, moves),
    layout: {
      rows: ROWS,
      columns: COLUMNS,
      cells: Array.from({ length: 70 }, (_, s) => (s === START ? 'S' : s === GOAL ? 'G' : '.')).join(''),
    },
    outcomes,
  });
}
