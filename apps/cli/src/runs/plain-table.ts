import { tableText } from '@gai/rl/tabular';
import type { Table } from '@gai/rl/tabular';
import { plain } from '../terminal/plain.ts';

/** A table of texts out of files of somebody else: none moves a cursor. */
export const plainTable = ({ columns, rows }: Table): string =>
  tableText({ columns: columns.map(plainCell), rows: rows.map((row) => row.map(plainCell)) });

const plainCell = <Cell extends string | number>(cell: Cell): Cell | string =>
  typeof cell === 'string' ? plain(cell) : cell;
