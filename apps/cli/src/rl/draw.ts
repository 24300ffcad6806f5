import { policyToText } from '@gai/rl';
import { chartText, gridText, tableText } from '@gai/rl/tabular';
import type { MDP } from '@gai/rl/tabular';
import type { Solved } from './solve-mdp.ts';
import { blackjackView, taxiView } from './views.ts';

/** A heading and the lines under it. */
export interface Section {
  readonly title: string;
  readonly text: string;
}

/** More cells or states than this are not drawn. */
const MOST_CELLS = 4000;
const MOST_ROWS = 50;
/** Action names that are drawn as arrows. */
const ARROWS = /^(left|right|up|down|stay|north|south|east|west|(up|down)-(left|right))$/;

/** Values and policy as a person wants to see them: on the map, in the problem's own form, or as a table. */
export function drawSolution(mdp: MDP, solved: Solved): Section[] {
  const name = mdp.name ?? '';
  if (name.startsWith('taxi') && mdp.numStates === 500) return taxiView(solved);
  if (name === 'blackjack') return blackjackView(solved);
  if (name === 'gambler') return [lineOf('Values', solved.values), lineOf('Smallest best stake', solved.policy)];
  if (name.startsWith('random-walk') && mdp.numStates > MOST_ROWS) return [lineOf('Values', solved.values)];
  return isDrawable(mdp) ? mapView(mdp, solved) : [tableView(mdp, solved)];
}

function isDrawable({ layout, numStates }: MDP): boolean {
  return layout !== undefined && layout.cells.length === numStates && numStates <= MOST_CELLS;
}

function lineOf(title: string, y: ArrayLike<number>): Section {
  const x = Array.from({ length: y.length }, (_, state) => state);
  const shown = Array.from(y, (value) => (value < 0 && title.includes('stake') ? 0 : value));
  const series = [{ name: title.toLowerCase(), x, y: shown }];
  const text = chartText(
    { title: '', xLabel: 'state', yLabel: title.toLowerCase(), series },
    { width: 72, height: 16 },
  );
  return { title, text: text.split('\n').slice(1, -1).join('\n') };
}

/** Digits after the point that keep a map readable: fewer for larger values. */
export function digitsFor(values: ArrayLike<number>): number {
  let largest = 0;
  let isWhole = true;
  for (let i = 0; i < values.length; i++) {
    largest = Math.max(largest, Math.abs(values[i]!));
    isWhole &&= Number.isInteger(values[i]!);
  }
  if (isWhole) return 0;
  return largest < 2 ? 4 : largest < 100 ? 2 : 0;
}

/** Values on the map; walls, and cells that no episode acts in though the table lists them, show their letter. */
function valuesOnMap({ layout, name }: MDP, values: Float64Array): string {
  const { rows, columns, cells } = layout!;
  const letters = name?.startsWith('cliff') === true ? 'CG#' : '#';
  const shown = values.filter((_, state) => !letters.includes(cells[state]!));
  const digits = digitsFor(shown);
  const texts = Array.from(values, (value, state) =>
    letters.includes(cells[state]!) ? cells[state]! : value.toFixed(digits).replace(/^-(0(\.0*)?)$/, '$1'),
  );
  const width = Math.max(...texts.map((text) => text.length));
  const line = (row: number): string =>
    texts
      .slice(row * columns, (row + 1) * columns)
      .map((text) => text.padStart(width))
      .join(' ');
  return Array.from({ length: rows }, (_, row) => line(row)).join('\n');
}

function mapView(mdp: MDP, { values, policy, actions }: Solved): Section[] {
  const layout = mdp.layout!;
  const hasArrows = mdp.actionNames?.every((name) => ARROWS.test(name)) === true;
  const shown = hasArrows ? policyToText(layout, [...actions], mdp.actionNames!) : gridText(mdp, { policy });
  return [
    { title: 'Values', text: valuesOnMap(mdp, values) },
    { title: hasArrows ? 'Best moves' : 'Policy', text: shown },
  ];
}

function tableView(mdp: MDP, { values, actions }: Solved): Section {
  const count = Math.min(mdp.numStates, MOST_ROWS);
  const named = (set: readonly number[]): string =>
    set.length === 0
      ? '-'
      : set
          .slice(0, 6)
          .map((action) => mdp.actionName(action))
          .join(', ') + (set.length > 6 ? ', …' : '');
  const rows = Array.from({ length: count }, (_, s) => [mdp.stateName(s), values[s]!.toFixed(6), named(actions[s]!)]);
  const rest = mdp.numStates - count;
  const more = rest > 0 ? `\n… and ${rest} more states; --json prints them all.` : '';
  return { title: 'Values and policy', text: tableText({ columns: ['state', 'value', 'best'], rows }) + more };
}
