import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dataset } from '../dataset.ts';
import type { ColumnSource } from '../types.ts';
import { inferType, missingRows, readCells } from './cell-types.ts';
import type { CellColumn, CellType } from './cell-types.ts';
import { checkNames } from './check-names.ts';
import { decodeText } from './decode-text.ts';
import { readTable } from './read-table.ts';
import type { Table } from './read-table.ts';

/** Settings of {@link parseCsv}. */
export interface CsvOptions {
  /** `true`: the first row has the names; a list: these are the names; `false`: `column0`, `column1`, … Default `true`. */
  readonly header?: boolean | readonly string[];
  /** One character between cells. Default `,`. */
  readonly delimiter?: string;
  /** Types of columns by name. Default: by their cells. */
  readonly dtypes?: Readonly<Record<string, CellType>>;
  /** Cells that mean "no value" in columns of numbers and booleans. Default: the empty cell. */
  readonly missingValues?: readonly string[];
  /** What becomes of rows without such a value: refused, kept as NaN, or left out. Default `error`. */
  readonly missing?: 'error' | 'nan' | 'drop';
  /** Refuse wider rows. Default 10,000. */
  readonly maxColumns?: number;
  /** How error messages call the text. Default `input`. */
  readonly name?: string;
}

const OP = 'parseCsv';

/**
 * Reads a table from comma-separated text (RFC 4180) as a {@link Dataset}: one column per name.
 *
 * A column whose cells are all whole numbers of 32 bits becomes int32, all numbers float32 (float64 where float32 has no
 * such number), all `true` / `false` bool; anything else stays a list of strings. Quotes hide delimiters, line ends and
 * doubled quotes; lines end with CRLF, LF or CR; blank lines and a byte order mark are skipped. Memory stays within a
 * small multiple of the text. float32 holds 7 digits: ask for float64 in `dtypes` where more count.
 *
 * @param source - The text, or its UTF-8 bytes.
 * @param options.header - `true`: the first row has the names; a list: these are the names; `false`: `column0`, …
 *   Default `true`.
 * @param options.delimiter - One character. Default `,`.
 * @param options.dtypes - `int32`, `float32`, `float64`, `bool` or `string` by column. Default: by the cells.
 * @param options.missingValues - Cells without a value. Default `['']`. In columns of strings they stay as they are.
 * @param options.missing - `error`; `nan` (integers and booleans then become float32); or `drop` the row. Default `error`.
 * @param options.maxColumns - Refuse wider rows. Default 10,000.
 * @param options.name - How error messages call the text. Default `input`.
 * @throws {@link DataError} with the line if quotes, widths, names or cells are wrong, or there is no row.
 * @example
 * const flowers = parseCsv('petal,kind,ripe\n1.4,"iris, blue",true\n4.7,rose,false\n');
 * flowers.get(0); // => { petal: 1.4, kind: 'iris, blue', ripe: true }
 * (flowers.column('petal') as HostArray).dtype; // => 'float32'
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @category Formats
 */
export function parseCsv(source: string | Uint8Array, options: CsvOptions = {}): Dataset<Record<string, unknown>> {
  checkOptionNames('parseCsv', options, [
    'header',
    'delimiter',
    'dtypes',
    'missingValues',
    'missing',
    'maxColumns',
    'name',
  ]);
  const { delimiter = ',', maxColumns = 10_000, name = 'input', missing = 'error' } = options;
  if (!/^[^"\r\n]$/.test(delimiter)) throw wrongDelimiter(delimiter);
  const table = readTable(decodeText(source, OP, name), { delimiter, maxColumns, name });
  const { names, columns, lines } = named(table, options, name);
  if (lines.length === 0) throw noRows(name);
  checkKnown(names, options.dtypes ?? {});
  const missingValues = new Set(options.missingValues ?? ['']);
  const read = columns.map((cells, index): CellColumn => ({ name: names[index]!, cells, lines, missingValues }));
  const types = read.map((column) => options.dtypes?.[column.name] ?? inferType(column));
  const kept = missing === 'drop' ? dropRows(read, types, name) : read;
  if (missing === 'error') for (const [index, column] of kept.entries()) checkPresent(column, types[index]!);
  const sources: [string, ColumnSource][] = kept.map((column, index) => [
    column.name,
    readCells(column, types[index]!),
  ]);
  return Dataset.from(Object.fromEntries(sources), { validate: false });
}

interface Named extends Table {
  readonly names: readonly string[];
}

/** The columns with their names, without the header row. */
function named({ columns, lines }: Table, { header = true }: CsvOptions, input: string): Named {
  const list = typeof header === 'boolean' ? undefined : header;
  if (list && columns.length > 0 && list.length !== columns.length) {
    throw new DataError(
      `${OP}: header does not fit ${input}. Got ${list.length} names for ${columns.length} columns; expected one each. ` +
        `Correct header or the delimiter.`,
      { op: OP, details: { names: list.length, columns: columns.length } },
    );
  }
  const names = list ?? columns.map((cells, index) => (header === true ? cells[0]! : `column${index}`));
  checkNames(OP, names, `the header of ${input}`);
  if (header !== true) return { names, columns, lines };
  return { names, columns: columns.map((cells) => cells.slice(1)), lines: lines.slice(1) };
}

function checkKnown(names: readonly string[], dtypes: Readonly<Record<string, CellType>>): void {
  const known = new Set(names);
  const unknown = Object.keys(dtypes).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new DataError(
    `${OP}: dtypes names a column that is not there. Got '${unknown}'; expected one of ${names.slice(0, 20).join(', ')}. ` +
      `Check the name.`,
    { op: OP, details: { column: unknown } },
  );
}

/** The columns without the rows in which a number or boolean has no value. */
function dropRows(columns: readonly CellColumn[], types: readonly CellType[], name: string): CellColumn[] {
  const dropped = new Set(columns.flatMap((column, index) => missingRows(column, types[index]!)));
  const keep = <T>(items: readonly T[]): T[] => items.filter((_, row) => !dropped.has(row));
  const lines = keep(columns[0]!.lines);
  if (lines.length === 0) throw noRows(name);
  return columns.map((column) => ({ ...column, cells: keep(column.cells), lines }));
}

function checkPresent(column: CellColumn, type: CellType): void {
  const row = missingRows(column, type)[0];
  if (row === undefined) return;
  throw new DataError(
    `${OP}: column '${column.name}' lacks a value. Got an empty cell in line ${column.lines[row]}; expected ${type} in ` +
      `every row. Pass { missing: 'drop' } to leave such rows out, or { missing: 'nan' } to keep them.`,
    { op: OP, details: { column: column.name, line: column.lines[row] } },
  );
}

function wrongDelimiter(delimiter: string): DataError {
  return new DataError(
    `${OP}: the delimiter is not one character. Got ${JSON.stringify(delimiter)}; expected one that is no quote and no ` +
      `line end. Pass ',' or '\\t'.`,
    { op: OP, details: { delimiter } },
  );
}

function noRows(name: string): DataError {
  return new DataError(
    `${OP}: ${name} holds no rows. Got 0 rows of values; expected at least 1. Check the file and the header option.`,
    { op: OP, details: { name } },
  );
}
