import type { GaiError } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import type { MDP } from '../mdp/mdp.ts';
import { tableText } from './chart.ts';

const ARROWS: Readonly<Record<string, string>> = {
  left: '←',
  right: '→',
  up: '↑',
  down: '↓',
  'up-right': '↗',
  'down-right': '↘',
  'down-left': '↙',
  'up-left': '↖',
  stay: '·',
};

/**
 * Draws values or a policy on the map of an MDP, or as a table where it has none.
 *
 * @param content.values - `[numStates]`
 * @param content.policy - `[numStates]`, −1 for no action: drawn as arrows, walls and goals as their letters.
 * @returns Lines of text.
 * @throws ArgumentError if a list has another length.
 * @example
 * import { gridText, gridWorld4x4, valueIteration } from '@gai/rl/tabular';
 * const grid = gridWorld4x4();
 * gridText(grid, { policy: valueIteration(grid).policy }).split('\n')[0]; // => 'G ← ← ↓'
 * @category Experiments
 * @since 0.1.0
 */
export function gridText(
  mdp: MDP,
  content: { readonly values?: ArrayLike<number>; readonly policy?: ArrayLike<number> },
): string {
  const { values, policy } = content;
  for (const list of [values, policy]) if (list && list.length !== mdp.numStates) throw wrongLength(mdp, list.length);
  const action = (s: number): string => (policy![s]! < 0 ? '-' : mdp.actionName(policy![s]!));
  const { layout } = mdp;
  if (!layout) {
    const columns = ['state', ...(values ? ['value'] : []), ...(policy ? ['action'] : [])];
    const rows = Array.from({ length: mdp.numStates }, (_, s) => [
      mdp.stateName(s),
      ...(values ? [values[s]!] : []),
      ...(policy ? [action(s)] : []),
    ]);
    return tableText({ columns, rows });
  }
  const cell = (s: number): string => {
    const letter = layout.cells[s]!;
    const parts = values ? [values[s]!.toFixed(3)] : [];
    if (policy) parts.push('GHC#'.includes(letter) || policy[s]! < 0 ? letter : (ARROWS[action(s)] ?? action(s)));
    return parts.join(' ');
  };
  const cells = Array.from({ length: mdp.numStates }, (_, s) => cell(s));
  const width = Math.max(...cells.map((text) => text.length));
  return Array.from({ length: layout.rows }, (_, row) =>
    cells
      .slice(row * layout.columns, (row + 1) * layout.columns)
      .map((text) => text.padStart(width))
      .join(' '),
  ).join('\n');
}

function wrongLength(mdp: MDP, length: number): GaiError {
  return refusal('ARGUMENT', {
    op: 'gridText',
    problem: 'the list is for another MDP',
    got: `${length} entries`,
    expected: `${mdp.numStates}, one per state`,
    fix: 'Pass the values or the policy of this MDP.',
  });
}
