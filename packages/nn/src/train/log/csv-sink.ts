import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { fileSink } from './file-sink.ts';
import type { FileSinkOptions, LogFormat, LogRecord } from './file-sink.ts';
import { kindOf } from './log-sink.ts';
import type { LogSink, Scalars } from './log-sink.ts';

/**
 * Writes rows of a table, `step` first; a name that comes later adds a column, and the file is written anew.
 * @param path - The file. A run from step 0 begins it anew; one that goes on from a checkpoint goes on with it.
 * @throws {@link DataError} when it begins, if the file holds something else.
 * @example
 * csvSink('runs/digits/log.csv').name; // => 'csv'
 * @category Logging
 */
export function csvSink(path: string, options: FileSinkOptions = {}): LogSink {
  checkOptionNames('csvSink', options, ['storage']);
  return fileSink({ name: 'csv', path, format: new Table(path) }, options);
}

interface TableRow extends LogRecord {
  readonly scalars: Scalars;
}

/** A file whose first line names the columns. */
export class Table implements LogFormat<TableRow> {
  readonly #path: string;
  readonly #op: string;
  #columns: string[] = [];

  /** @param op - Who reads it, for messages. */
  constructor(path: string, op = 'csvSink') {
    this.#path = path;
    this.#op = op;
  }

  read(bytes: Uint8Array): TableRow[] {
    const [head, ...lines] = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
    if (head === undefined) return [];
    const [first, ...columns] = cellsOf(head);
    if (first !== 'step') throw this.#foreign(head);
    return lines.map((line) => {
      const [step = '', ...cells] = cellsOf(line);
      if (!/^\d+$/.test(step) || !Number.isSafeInteger(Number(step))) throw this.#foreign(line);
      if (cells.length > columns.length || !cells.every(isNumber)) throw this.#foreign(line);
      const values = columns.flatMap((name, index): [string, number][] =>
        (cells[index] ?? '') === '' ? [] : [[name, Number(cells[index])]],
      );
      return rowOf(Number(step), Object.fromEntries(values));
    });
  }

  whole(rows: readonly TableRow[]): Uint8Array {
    this.#columns = [...new Set(rows.flatMap(({ scalars }) => Object.keys(scalars)))];
    const head = rows.length === 0 ? '' : `${['step', ...this.#columns.map(quoted)].join(',')}\n`;
    return new TextEncoder().encode(head + rows.map((row) => this.#line(row)).join(''));
  }

  add(step: number, scalars: Scalars): { row: TableRow; bytes: Uint8Array | undefined } {
    const row = rowOf(step, scalars);
    const isKnown = Object.keys(scalars).every((name) => this.#columns.includes(name));
    return { row, bytes: isKnown ? new TextEncoder().encode(this.#line(row)) : undefined };
  }

  #line({ step, scalars }: TableRow): string {
    return `${[step, ...this.#columns.map((name) => (Object.hasOwn(scalars, name) ? scalars[name] : ''))].join(',')}\n`;
  }

  #foreign(line: string): DataError {
    return new DataError(
      `${this.#op}: '${this.#path}' holds something else. Got ${JSON.stringify(line.slice(0, 30))}; expected a table whose first ` +
        `column is step. Name another file, or remove this one.`,
      { op: this.#op, details: { path: this.#path } },
    );
  }
}

const rowOf = (step: number, scalars: Scalars): TableRow => ({ step, kind: kindOf(Object.keys(scalars)), scalars });

const quoted = (name: string): string => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/** Whether a cell is empty or a number as this sink writes it; of white space alone `Number` would make 0. */
const isNumber = (cell: string): boolean => cell === 'NaN' || (cell === cell.trim() && !Number.isNaN(Number(cell)));

/** The cells of a line this sink wrote; none of one that it did not. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let end = 0;
  // Without the flag y a line of quotation marks would be searched from each of its signs.
  for (const [all, plain, inner] of `${line},`.matchAll(/([^",]*|"((?:[^"]|"")*)"),/gy)) {
    cells.push(inner === undefined ? plain! : inner.replaceAll('""', '"'));
    end += all.length;
  }
  return end === line.length + 1 ? cells : [];
}
