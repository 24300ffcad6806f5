import { join } from 'node:path';
import type { ParityFile } from './parity-file.ts';
import { paritySummary, parityTables } from './tables.ts';

/** The page with the tables. */
export const parityPage = (root: string): string => join(root, 'docs/language/parity.md');

const BEGIN = '<!-- What follows is written by pnpm parity. -->';
const END = '<!-- Until here. -->';

/** The page with the tables of what was measured in place of those it has. */
export function pageWithTables(page: string, found: ParityFile): string {
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`docs/language/parity.md lacks the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, start)}${BEGIN}\n\n${paritySummary(found)}\n\n${parityTables(found)}\n\n${page.slice(end)}`;
}
