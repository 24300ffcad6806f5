import { checkOptionNames } from '@gai/core/errors';
import { checkNumber, refusal } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link gridWorld}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface GridWorldOptions {
  /** Rows of cells: `S` start, `.` free, `#` wall, `G` goal, `H` pit; other letters are free unless in `rewards`. */
  readonly map: readonly string[];
  /** Probability of slipping to either side, in total. Default 0; 0.2 is the 0.8/0.1/0.1 of Russell & Norvig. */
  readonly slip?: number | undefined;
  /** Reward of every step. Default −1. */
  readonly stepReward?: number | undefined;
  /** Added to the step's reward on arriving at a letter. Default none. */
  readonly rewards?: Readonly<Record<string, number>> | undefined;
  /** Letters that end the episode on arrival. Default `'GH'`. */
  readonly terminal?: string | undefined;
  /** Default 1. */
  readonly discount?: number | undefined;
  readonly name?: string | undefined;
}

/** Row and column changes of up, right, down, left. */
const MOVES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;
const ACTIONS = ['up', 'right', 'down', 'left'];

function checkMap(map: readonly string[]): void {
  const width = map[0]?.length ?? 0;
  if (width > 0 && map.every((row) => row.length === width) && map.length * width <= 4_000_000) return;
  throw refusal('ARGUMENT', {
    op: 'gridWorld',
    problem: 'the map is not a rectangle',
    got: `rows of ${map
      .map((row) => row.length)
      .slice(0, 10)
      .join(', ')} cells`,
    expected: 'at least one cell, rows of equal length, at most 4,000,000 cells',
    fix: 'Make all rows equally long.',
  });
}

/**
 * A gridworld from a drawing: walls, goals, pits, slipping.
 *
 * State `row · columns + column`; actions up, right, down, left. A move into a wall or off the grid stays. Walls and
 * terminal cells offer no action. Episodes start at `S`, uniformly if there are several, in cell 0 if there is none.
 *
 * @param options.map - One string per row.
 * @throws ArgumentError if the rows differ in length.
 * @example
 * import { gridWorld, valueIteration } from '@gai/rl/tabular';
 * valueIteration(gridWorld({ map: ['S..', '##.', 'G..'] })).startValue; // => -6
 * @category Problems
 * @since 0.1.0
 */
export function gridWorld(options: GridWorldOptions): MDP {
  checkOptionNames('gridWorld', options, ['map', 'slip', 'stepReward', 'rewards', 'terminal', 'discount', 'name']);
  const { map, slip = 0, stepReward = -1, rewards = {}, terminal = 'GH' } = options;
  checkMap(map);
  checkNumber('gridWorld', 'slip', [slip, 0, 1]);
  const columns = map[0]!.length;
  const cells = map.join('');
  const arrive = (state: number, action: number): [number, number, boolean] => {
    const [dr, dc] = MOVES[action]!;
    const row = Math.floor(state / columns) + dr;
    const column = (state % columns) + dc;
    const isInside = row >= 0 && row < map.length && column >= 0 && column < columns;
    const next = isInside && cells[row * columns + column] !== '#' ? row * columns + column : state;
    const letter = cells[next]!;
    return [next, stepReward + (rewards[letter] ?? 0), terminal.includes(letter)];
  };
  const outcomes = (state: number, action: number): Outcome[] => {
    if (cells[state] === '#' || terminal.includes(cells[state]!)) return [];
    if (slip === 0) return [[1, ...arrive(state, action)]];
    return [
      [1 - slip, ...arrive(state, action)],
      [slip / 2, ...arrive(state, (action + 3) % 4)],
      [slip / 2, ...arrive(state, (action + 1) % 4)],
    ];
  };
  const starts = cells.split('S').length - 1;
  return buildMDP({
    name: options.name ?? 'grid-world',
    numStates: cells.length,
    numActions: 4,
    discount: options.discount ?? 1,
    initial: starts > 0 ? Array.from(cells, (letter) => (letter === 'S' ? 1 / starts : 0)) : 0,
    actionNames: ACTIONS,
    layout: { rows: map.length, columns, cells },
    outcomes,
  });
}

/**
 * Sutton & Barto's example 4.1: 4×4, two opposite corners end the episode, −1 per step, discount 1.
 *
 * @example
 * import { gridWorld4x4, valueIteration } from '@gai/rl/tabular';
 * valueIteration(gridWorld4x4()).values[3]; // => -3
 * @category Problems
 * @since 0.1.0
 */
export function gridWorld4x4(): MDP {
  return gridWorld({ map: ['GSSS', 'SSSS', 'SSSS', 'SSSG'], name: 'grid-world-4x4' });
}

/**
 * Sutton & Barto's example 3.5: 5×5 without an end, discount 0.9. Any move from A pays 10 and lands at A′, from B 5 and
 * B′; moves off the grid pay −1 and stay. States `row · 5 + column`, actions up, right, down, left, uniform start.
 *
 * @example
 * import { gridWorld5x5, policyEvaluation, uniformPolicy } from '@gai/rl/tabular';
 * const grid = gridWorld5x5();
 * policyEvaluation(grid, uniformPolicy(grid))[1]!.toFixed(1); // => '8.8'
 * @category Problems
 * @since 0.1.0
 */
export function gridWorld5x5(): MDP {
  const cells = '.A.B.........b.......a...';
  const outcomes = (state: number, action: number): Outcome[] => {
    if (cells[state] === 'A') return [[1, 21, 10]];
    if (cells[state] === 'B') return [[1, 13, 5]];
    const [dr, dc] = MOVES[action]!;
    const row = Math.floor(state / 5) + dr;
    const column = (state % 5) + dc;
    const isInside = row >= 0 && row < 5 && column >= 0 && column < 5;
    return [isInside ? [1, row * 5 + column, 0] : [1, state, -1]];
  };
  return buildMDP({
    name: 'grid-world-5x5',
    numStates: 25,
    numActions: 4,
    discount: 0.9,
    initial: new Array<number>(25).fill(1 / 25),
    actionNames: ACTIONS,
    layout: { rows: 5, columns: 5, cells },
    outcomes,
  });
}
