import { checkOptionNames } from '@gai/core/errors';
import { checkNumber, refusal } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * The two maps every paper uses: S start, F frozen, H hole, G goal.
 *
 * @category Problems
 * @since 0.1.0
 */
export const FROZEN_LAKE_MAPS: Readonly<Record<'4x4' | '8x8', readonly string[]>> = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
};

/**
 * Options of {@link frozenLake}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface FrozenLakeOptions {
  /** `'4x4'`, `'8x8'`, or rows of S, F, H, G. Default `'4x4'`. */
  readonly map?: '4x4' | '8x8' | readonly string[] | undefined;
  /** Does the ice deflect moves to the two sides? Default true. */
  readonly slippery?: boolean | undefined;
  /** Probability of going where one wants on slippery ice; the rest is shared by the two sides. Default 1/3. */
  readonly successRate?: number | undefined;
  /** Rewards for arriving at the goal, in a hole, on ice. Default `[1, 0, 0]`. */
  readonly rewardSchedule?: readonly [goal: number, hole: number, frozen: number] | undefined;
}

/** Row and column changes of left, down, right, up. */
const MOVES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

function readMap(map: '4x4' | '8x8' | readonly string[]): readonly string[] {
  const rows = typeof map === 'string' ? FROZEN_LAKE_MAPS[map] : map;
  const width = rows?.[0]?.length ?? 0;
  const isGood = rows?.every((row) => row.length === width && /^[SFHG]+$/.test(row));
  if (width > 0 && isGood && rows.length * width <= 4_000_000 && rows.some((row) => row.includes('S'))) return rows;
  throw refusal('ARGUMENT', {
    op: 'frozenLake',
    problem: 'the map cannot be read',
    got:
      typeof map === 'string'
        ? `map '${map}'`
        : `rows ${rows
            ?.slice(0, 4)
            .map((row) => String(row).slice(0, 20))
            .join(' / ')}`,
    expected: "'4x4', '8x8' or equally long rows of S, F, H, G with at least one S and at most 4,000,000 cells",
    fix: 'Correct the map.',
  });
}

/**
 * FrozenLake: cross the ice from S to G without falling into a hole H.
 *
 * Equal to Gymnasium's `FrozenLake-v1` outcome by outcome: state `row · columns + column`, actions left, down, right,
 * up,
 * reward 1 for arriving at G; G and H end the episode and then loop with reward 0. Discount 0.99 unless a solver says
 * otherwise. Gymnasium's step limit (100, 8x8: 200) belongs to the env, not to the MDP.
 *
 * @param options.map - `'4x4'` (default), `'8x8'` or rows.
 * @param options.slippery - Default true.
 * @throws ArgumentError if rows differ in length, hold other letters or have no S.
 * @example
 * import { frozenLake } from '@gai/rl/tabular';
 * frozenLake({ map: ['SG'], slippery: false }).outcomes(0, 2); // => [[1, 1, 1, true]]
 * @category Problems
 * @since 0.1.0
 */
export function frozenLake(options: FrozenLakeOptions = {}): MDP {
  checkOptionNames('frozenLake', options, ['map', 'slippery', 'successRate', 'rewardSchedule']);
  const rows = readMap(options.map ?? '4x4');
  const { slippery = true, successRate = 1 / 3, rewardSchedule = [1, 0, 0] } = options;
  checkNumber('frozenLake', 'successRate', [successRate, 0, 1]);
  const columns = rows[0]!.length;
  const cells = rows.join('');
  const failRate = (1 - successRate) / 2;
  const arrive = (state: number, action: number): [number, number, boolean] => {
    const [dr, dc] = MOVES[action]!;
    const row = Math.min(Math.max(Math.floor(state / columns) + dr, 0), rows.length - 1);
    const column = Math.min(Math.max((state % columns) + dc, 0), columns - 1);
    const letter = cells[row * columns + column]!;
    const reward = rewardSchedule[letter === 'G' ? 0 : letter === 'H' ? 1 : 2];
    return [row * columns + column, reward, letter === 'G' || letter === 'H'];
  };
  const outcomes = (state: number, action: number): Outcome[] => {
    if (cells[state] === 'G' || cells[state] === 'H') return [[1, state, 0, true]];
    if (!slippery) return [[1, ...arrive(state, action)]];
    return [(action + 3) % 4, action, (action + 1) % 4].map((b) => [
      b === action ? successRate : failRate,
      ...arrive(state, b),
    ]);
  };
  const starts = cells.split('S').length - 1;
  return buildMDP({
    name: typeof options.map === 'object' ? 'frozen-lake' : `frozen-lake-${options.map ?? '4x4'}`,
    numStates: cells.length,
    numActions: 4,
    discount: 0.99,
    initial: Array.from(cells, (letter) => (letter === 'S' ? 1 / starts : 0)),
    actionNames: ['left', 'down', 'right', 'up'],
    layout: { rows: rows.length, columns, cells },
    outcomes,
  });
}
