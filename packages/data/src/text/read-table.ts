import { DataError } from '@gai/core';
import { shown } from './decode-text.ts';

/** Limits of {@link readTable}. */
export interface TableOptions {
  readonly delimiter: string;
  readonly maxColumns: number;
  /** How messages call the input. */
  readonly name: string;
}

/** The cells of a CSV text by column, and the line each row began on. */
export interface Table {
  readonly columns: readonly string[][];
  readonly lines: readonly number[];
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** One cell: its text, where the text goes on after it, and how many line ends its quotes hold. */
interface CellRead {
  readonly text: string;
  readonly next: number;
  readonly breaks: number;
}

/**
 * Cuts a CSV text into cells (RFC 4180): quoted cells may hold delimiters, line ends and doubled quotes. Lines end with
 * CRLF, LF or CR; blank lines are skipped. Every row must have as many cells as the first.
 */
export function readTable(text: string, options: TableOptions): Table {
  const delimiter = options.delimiter.charCodeAt(0);
  const columns: string[][] = [];
  const lines: number[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) {
      at = afterLineEnd(text, at);
      line++;
      continue;
    }
    const began = line;
    let cell: CellRead;
    let width = 0;
    do {
      cell = readCell(text, at, { delimiter, line, name: options.name });
      if (lines.length === 0 && width < options.maxColumns) columns.push([]);
      if (width >= columns.length) throw wrongWidth(options, { line: began, got: `more than ${width}`, columns });
      columns[width++]!.push(cell.text);
      line += cell.breaks;
      at = cell.next + 1;
    } while (text.charCodeAt(cell.next) === delimiter);
    if (width < columns.length) throw wrongWidth(options, { line: began, got: String(width), columns });
    lines.push(began);
    at = afterLineEnd(text, cell.next);
    line++;
  }
  return { columns, lines };
}

/** Where the text goes on after the line end at `at`. */
function afterLineEnd(text: string, at: number): number {
  return text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
}

interface Place {
  readonly delimiter: number;
  readonly line: number;
  readonly name: string;
}

function readCell(text: string, start: number, place: Place): CellRead {
  if (text.charCodeAt(start) === QUOTE) return readQuoted(text, start, place);
  let end = start;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === place.delimiter || code === LF || code === CR) break;
  }
  return { text: text.slice(start, end), next: end, breaks: 0 };
}

function readQuoted(text: string, start: number, { delimiter, line, name }: Place): CellRead {
  const parts: string[] = [];
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) {
      throw malformed(name, line, `${shown(text.slice(start, start + 60))} without an end`, 'a closing quote');
    }
    parts.push(text.slice(from, quote));
    const code = text.charCodeAt(quote + 1);
    if (code === QUOTE) {
      parts.push('"');
      from = quote + 2;
      continue;
    }
    const after = quote + 1;
    if (after < text.length && code !== delimiter && code !== LF && code !== CR) {
      const got = `${shown(text[after]!)} after ${shown(text.slice(start, after))}`;
      throw malformed(name, line, got, 'a delimiter or the end of the line');
    }
    const value = parts.join('');
    return { text: value, next: after, breaks: countBreaks(value) };
  }
}

function countBreaks(text: string): number {
  let breaks = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) breaks++;
  }
  return breaks;
}

function malformed(name: string, line: number, got: string, expected: string): DataError {
  return new DataError(
    `parseCsv: a quoted cell of ${name} is malformed. Got ${got} in line ${line}; expected ${expected}. Double the ` +
      `quotes inside quoted cells.`,
    { op: 'parseCsv', details: { name, line } },
  );
}

function wrongWidth(
  options: TableOptions,
  { line, got, columns }: { line: number; got: string; columns: readonly unknown[] },
): DataError {
  const full = columns.length >= options.maxColumns;
  const expected = full ? `at most ${options.maxColumns}` : `${columns.length} as in the first row`;
  const fix = full ? 'Check the delimiter, or pass { maxColumns }.' : 'Check the delimiter and the quotes.';
  return new DataError(
    `parseCsv: a row of ${options.name} has a wrong number of cells. Got ${got} in line ${line}; expected ${expected}. ${fix}`,
    { op: 'parseCsv', details: { name: options.name, line } },
  );
}
