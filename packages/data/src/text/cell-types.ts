import { DataError } from '@gai/core';
import type { ColumnSource } from '../types.ts';
import { shown } from './decode-text.ts';

/** What the cells of a column are read as. */
export type CellType = 'int32' | 'float32' | 'float64' | 'bool' | 'string';

/** What is known of a column before its cells are read. */
export interface CellColumn {
  readonly name: string;
  readonly cells: readonly string[];
  /** The line each cell's row began on. */
  readonly lines: readonly number[];
  readonly missingValues: ReadonlySet<string>;
}

const INTEGER = /^[+-]?\d{1,16}$/;
/** Digits belong to one part only: with two parts that could take them, a long cell takes time in its length squared. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;

/** The narrowest type that all cells with a value fit; `string` where there is none. */
export function inferType({ cells, missingValues }: CellColumn): CellType {
  let type: CellType | undefined;
  for (const cell of cells) {
    if (missingValues.has(cell)) continue;
    type = widen(type, typeOf(cell.trim()));
    if (type === 'string') break;
  }
  return type ?? 'string';
}

function typeOf(cell: string): CellType {
  if (INTEGER.test(cell)) return isInt32(Number(cell)) ? 'int32' : 'float64';
  if (NUMBER.test(cell)) return Number.isFinite(Math.fround(Number(cell))) ? 'float32' : 'float64';
  return BOOLEAN.test(cell) ? 'bool' : 'string';
}

const isInt32 = (value: number): boolean => value === (value | 0);

const NUMBERS: readonly CellType[] = ['int32', 'float32', 'float64'];

function widen(a: CellType | undefined, b: CellType): CellType {
  if (a === undefined || a === b) return b;
  const [i, j] = [NUMBERS.indexOf(a), NUMBERS.indexOf(b)];
  return i < 0 || j < 0 ? 'string' : NUMBERS[Math.max(i, j)]!;
}

/** Rows of a column whose cell has no value, where numbers or booleans are read. */
export function missingRows(column: CellColumn, type: CellType): number[] {
  if (type === 'string') return [];
  return column.cells.flatMap((cell, row) => (column.missingValues.has(cell) ? [row] : []));
}

/**
 * The values of a column. Cells without a value become NaN, and integers and booleans then float32.
 * @throws {@link DataError} if a cell does not fit the type.
 */
export function readCells(column: CellColumn, type: CellType): ColumnSource {
  const { cells, missingValues } = column;
  if (type === 'string') return cells;
  const some = missingRows(column, type).length > 0;
  const kept = some && (type === 'int32' || type === 'bool') ? 'float32' : type;
  const out = allocate(kept, cells.length);
  for (const [row, cell] of cells.entries()) {
    out[row] = missingValues.has(cell) ? NaN : numberOf(column, { row, type });
  }
  return kept === 'bool' ? { data: out, dtype: 'bool' } : out;
}

function allocate(
  type: Exclude<CellType, 'string'>,
  length: number,
): Int32Array | Float32Array | Float64Array | Uint8Array {
  if (type === 'int32') return new Int32Array(length);
  if (type === 'bool') return new Uint8Array(length);
  return type === 'float32' ? new Float32Array(length) : new Float64Array(length);
}

function numberOf(column: CellColumn, { row, type }: { row: number; type: CellType }): number {
  const cell = column.cells[row]!.trim();
  if (type === 'bool') {
    if (BOOLEAN.test(cell)) return cell.toLowerCase() === 'true' ? 1 : 0;
    throw doesNotFit(column, row, type);
  }
  const value = Number(cell);
  const stored = type === 'float32' ? Math.fround(value) : value;
  const fits = NUMBER.test(cell) && Number.isFinite(stored) && (type !== 'int32' || value === (value | 0));
  if (!fits) throw doesNotFit(column, row, type);
  return value;
}

function doesNotFit({ name, cells, lines }: CellColumn, row: number, type: CellType): DataError {
  return new DataError(
    `parseCsv: a cell of column '${name}' does not fit its type. Got ${shown(cells[row]!)} in line ${lines[row]}; ` +
      `expected ${type}. Correct the cell, change dtypes, or list it in missingValues.`,
    { op: 'parseCsv', details: { column: name, line: lines[row], type } },
  );
}
