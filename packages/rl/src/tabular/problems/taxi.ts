import { checkOptionNames } from '@gai/core/errors';
import { checkNumber } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link taxi}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface TaxiOptions {
  /** Does rain push moves to the two sides? Default false. */
  readonly rainy?: boolean | undefined;
  /** Probability of going where one wants in the rain; the rest is shared by the two sides. Default 0.8. */
  readonly rainyProbability?: number | undefined;
}

/**
 * A state of {@link taxi} taken apart: `passenger` is 0–3 at Red, Green, Yellow, Blue, or 4 in the taxi.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface TaxiState {
  readonly row: number;
  readonly column: number;
  readonly passenger: number;
  readonly destination: number;
}

/** Walls east of (row, column): between columns 1|2 in rows 0–1, 0|1 and 2|3 in rows 3–4. */
const WALLS_EAST: readonly (readonly boolean[])[] = [
  [false, true, false, false],
  [false, true, false, false],
  [false, false, false, false],
  [true, false, true, false],
  [true, false, true, false],
];
const STANDS: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
];
/** South, north, east, west. */
const MOVES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;
/** The headings left and right of each heading. */
const SIDES = [
  [2, 3],
  [3, 2],
  [1, 0],
  [0, 1],
] as const;

function encode(s: TaxiState): number {
  return ((s.row * 5 + s.column) * 5 + s.passenger) * 4 + s.destination;
}

/**
 * Takes the number of a taxi state apart.
 *
 * @example
 * import { decodeTaxiState } from '@gai/rl/tabular';
 * decodeTaxiState(328); // => { row: 3, column: 1, passenger: 2, destination: 0 }
 * @category Problems
 * @since 0.1.0
 */
export function decodeTaxiState(state: number): TaxiState {
  return {
    row: Math.floor(state / 100),
    column: Math.floor(state / 20) % 5,
    passenger: Math.floor(state / 4) % 5,
    destination: state % 4,
  };
}

/** Is the way from a cell in a direction free of walls and borders? */
function isFree(row: number, column: number, heading: number): boolean {
  if (heading === 0) return row < 4;
  if (heading === 1) return row > 0;
  if (heading === 2) return column < 4 && !WALLS_EAST[row]![column]!;
  return column > 0 && !WALLS_EAST[row]![column - 1]!;
}

function moved(s: TaxiState, heading: number): number {
  if (!isFree(s.row, s.column, heading)) return encode(s);
  const [dr, dc] = MOVES[heading]!;
  return encode({ ...s, row: s.row + dr, column: s.column + dc });
}

function standAt(s: TaxiState): number {
  return STANDS.findIndex(([row, column]) => row === s.row && column === s.column);
}

function serve(s: TaxiState, action: number): Outcome {
  const stand = standAt(s);
  if (action === 4) {
    const isThere = s.passenger < 4 && stand === s.passenger;
    return isThere ? [1, encode({ ...s, passenger: 4 }), -1, false] : [1, encode(s), -10, false];
  }
  if (s.passenger !== 4 || stand < 0) return [1, encode(s), -10, false];
  const isArrived = stand === s.destination;
  return [1, encode({ ...s, passenger: stand }), isArrived ? 20 : -1, isArrived];
}

/**
 * Taxi (Dietterich 2000): drive to the passenger, pick up, drive to the destination, drop off.
 *
 * Equal to Gymnasium's `Taxi-v4` outcome by outcome: 500 states `((row·5 + column)·5 + passenger)·4 + destination`,
 * actions
 * south, north, east, west, pickup, dropoff; −1 per step, −10 for a wrong pickup or dropoff, +20 for the right dropoff,
 * which ends the episode. Episodes start uniformly in the 300 states with a passenger waiting away from the
 * destination.
 * Discount 0.99. The exact best mean return is 7.93: Gymnasium's threshold of 8 cannot be reached in expectation.
 *
 * @param options.rainy - Moves drift to either side. Default false.
 * @param options.rainyProbability - Probability of no drift. Default 0.8.
 * @example
 * import { taxi, valueIteration } from '@gai/rl/tabular';
 * valueIteration(taxi(), { gamma: 1 }).startValue.toFixed(2); // => '7.93'
 * @category Problems
 * @since 0.1.0
 */
export function taxi(options: TaxiOptions = {}): MDP {
  checkOptionNames('taxi', options, ['rainy', 'rainyProbability']);
  const { rainy = false, rainyProbability = 0.8 } = options;
  checkNumber('taxi', 'rainyProbability', [rainyProbability, 0, 1]);
  const drift = (1 - rainyProbability) / 2;
  const outcomes = (state: number, action: number): Outcome[] => {
    const s = decodeTaxiState(state);
    if (action >= 4) return [serve(s, action)];
    if (!rainy) return [[1, moved(s, action), -1, false]];
    const canGo = isFree(s.row, s.column, action);
    const [left, right] = SIDES[action]!;
    return [
      [rainyProbability, moved(s, action), -1, false],
      [drift, canGo ? moved(s, left) : state, -1, false],
      [drift, canGo ? moved(s, right) : state, -1, false],
    ];
  };
  const initial = Array.from({ length: 500 }, (_, state) => {
    const { passenger, destination } = decodeTaxiState(state);
    return passenger < 4 && passenger !== destination ? 1 / 300 : 0;
  });
  return buildMDP({
    name: rainy ? 'taxi-rainy' : 'taxi',
    numStates: 500,
    numActions: 6,
    discount: 0.99,
    initial,
    actionNames: ['south', 'north', 'east', 'west', 'pickup', 'dropoff'],
    outcomes,
  });
}
