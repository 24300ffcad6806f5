import { checkOptionNames } from '@gai/core/errors';
import { argumentError } from '../errors.ts';
import type { MDPLayout } from '../tabular/mdp/mdp.ts';

/** The agent in a map drawn as text. */
export interface MapTextOptions {
  /** The cell to highlight. */
  agent?: number | undefined;
  /** Name of the last action, shown above the map. */
  action?: string | undefined;
  /** Highlight with an ANSI colour (true) or brackets (false)? Default true. */
  colour?: boolean | undefined;
}

/** The rows of a layout as arrays of characters. */
export function layoutRows({ rows, columns, cells }: MDPLayout): string[][] {
  return Array.from({ length: rows }, (_, row) => Array.from(cells.slice(row * columns, (row + 1) * columns)));
}

/** A map as text in Gymnasium's manner: the last action, then the rows with the agent's cell highlighted. */
export function mapToText(layout: MDPLayout, options: MapTextOptions = {}): string {
  checkOptionNames('mapToText', options, ['agent', 'action', 'colour']);
  const { agent, action, colour = true } = options;
  const rows = layoutRows(layout);
  if (agent !== undefined && agent >= 0 && agent < layout.rows * layout.columns) {
    const row = rows[Math.floor(agent / layout.columns)]!;
    const cell = row[agent % layout.columns]!;
    row[agent % layout.columns] = colour ? `\u001b[41m${cell}\u001b[0m` : `[${cell}]`;
  }
  const title = action === undefined ? '' : `  (${action.charAt(0).toUpperCase()}${action.slice(1)})`;
  return `${title}\n${rows.map((row) => row.join('')).join('\n')}\n`;
}

/** CliffWalking as Gymnasium writes it: x the agent, T the end, C the cliff, o the rest, an empty line after the last. */
export function cliffToText(layout: MDPLayout, agent: number): string {
  const letters: Readonly<Record<string, string>> = { G: 'T', C: 'C' };
  const rows = layoutRows(layout).map((cells, row) =>
    cells.map((cell, column) => (row * layout.columns + column === agent ? 'x' : (letters[cell] ?? 'o'))).join('  '),
  );
  return `${rows.join('\n')}\n\n`;
}

/** Arrow of each action name; other names are shown by their first letter. */
const ARROWS: Readonly<Record<string, string>> = {
  left: '←',
  down: '↓',
  right: '→',
  up: '↑',
  west: '←',
  south: '↓',
  east: '→',
  north: '↑',
  'up-right': '↗',
  'down-right': '↘',
  'down-left': '↙',
  'up-left': '↖',
  stay: '·',
};

function arrowOf(name: string): string {
  return ARROWS[name] ?? name.charAt(0).toUpperCase();
}

function grid(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.flat().map((cell) => [...cell].length));
  return rows.map((row) => row.map((cell) => ' '.repeat(width - [...cell].length) + cell).join(' ')).join('\n');
}

function checkLength(op: string, layout: MDPLayout, length: number): void {
  const cells = layout.rows * layout.columns;
  if (length >= cells) return;
  throw argumentError(
    op,
    `too few entries for the map. Got ${length}; expected at least ${cells}, one per cell. Pass one per state.`,
  );
}

/**
 * Draws values on a map, one aligned number per cell.
 *
 * @param layout - `mdp.layout`.
 * @param values - One value per state.
 * @param options - `digits` after the point, default 2.
 * @throws ArgumentError if there are fewer values than cells.
 * @example
 * import { valuesToText } from '@gai/rl';
 * valuesToText({ rows: 1, columns: 2, cells: 'SG' }, [0.5, 10]); // => ' 0.50 10.00'
 * @category Rendering
 * @since 0.1.0
 */
export function valuesToText(layout: MDPLayout, values: ArrayLike<number>, options: { digits?: number } = {}): string {
  checkOptionNames('valuesToText', options, ['digits']);
  const { digits = 2 } = options;
  checkLength('valuesToText', layout, values.length);
  return grid(
    layoutRows(layout).map((row, r) =>
      row.map((cell, c) =>
        cell === '#' ? '#' : values[r * layout.columns + c]!.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, '$1'),
      ),
    ),
  );
}

/**
 * Draws a policy on a map: an arrow per cell, all of them where several actions are equally good.
 *
 * Goals, holes, walls and states without an action show their letter.
 *
 * @param layout - `mdp.layout`.
 * @param actions - Per state the best action, or a list of them (`optimalActions`); −1 or an empty list for none.
 * @param actionNames - Names such as `left` or `north`, which become arrows.
 * @example
 * import { policyToText } from '@gai/rl';
 * policyToText({ rows: 1, columns: 3, cells: 'SFG' }, [2, 2, -1], ['left', 'down', 'right', 'up']); // => '→ → G'
 * @category Rendering
 * @since 0.1.0
 */
export function policyToText(
  layout: MDPLayout,
  actions: ArrayLike<number | readonly number[]>,
  actionNames: readonly string[],
): string {
  checkLength('policyToText', layout, actions.length);
  const cellText = (cell: string, state: number): string => {
    const entry = actions[state]!;
    const list = (typeof entry === 'number' ? [entry] : entry).filter((action) => action >= 0);
    const fixed = list.length === 0 || 'GHTC#'.includes(cell);
    return fixed ? cell : list.map((action) => arrowOf(actionNames[action] ?? String(action))).join('');
  };
  return grid(layoutRows(layout).map((row, r) => row.map((cell, c) => cellText(cell, r * layout.columns + c))));
}
