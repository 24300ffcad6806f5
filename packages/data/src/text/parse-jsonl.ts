import { DataError } from '@gai/core';
import type { DType } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dataset } from '../dataset.ts';
import { checkNames } from './check-names.ts';
import { decodeText, shown } from './decode-text.ts';

/** Settings of {@link parseJsonl}. */
export interface JsonlOptions {
  /** The fields to keep. Default: those of the first line, and then every line must have exactly these. */
  readonly fields?: readonly string[];
  /** Dtypes of columns of numbers, by name. Default: int32 where all are whole numbers of 32 bits, else float32. */
  readonly dtypes?: Readonly<Record<string, DType>>;
  /** Refuse longer lines, in characters. Default 1,048,576. */
  readonly maxLineLength?: number;
  /** How error messages call the text. Default `input`. */
  readonly name?: string;
}

const OP = 'parseJsonl';
/** Lists inside lists beyond this are no data. */
const MAX_DEPTH = 32;

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads JSON Lines, one object per line, as a {@link Dataset}: one column per field.
 *
 * Numbers become int32 columns where all are whole numbers of 32 bits, else float32; lists of numbers (nested, of one
 * shape) float32 arrays; booleans bool; anything else stays a list of values. Blank lines and a byte order mark are
 * skipped. The input is not trusted: lines and nesting are bounded.
 *
 * @param source - The text, or its UTF-8 bytes.
 * @param options.fields - The fields to keep. Default: those of the first line, and then every line must have exactly these.
 * @param options.dtypes - Dtypes of columns of numbers, by name.
 * @param options.maxLineLength - Refuse longer lines, in characters. Default 1,048,576.
 * @param options.name - How error messages call the text. Default `input`.
 * @throws {@link DataError} with the line if it is too long, no JSON, no object, or lacks a field; or if there is no line.
 * @throws {@link ShapeError} if lists of numbers differ in shape.
 * @example
 * const chats = parseJsonl('{"text": "hello", "label": 1}\n{"text": "bye", "label": 0}\n');
 * chats.get(1); // => { text: 'bye', label: 0 }
 * (chats.column('label') as HostArray).dtype; // => 'int32'
 * @see https://jsonlines.org
 * @category Formats
 */
export function parseJsonl(source: string | Uint8Array, options: JsonlOptions = {}): Dataset<Record<string, unknown>> {
  checkOptionNames('parseJsonl', options, ['fields', 'dtypes', 'maxLineLength', 'name']);
  const { maxLineLength = 2 ** 20, name = 'input' } = options;
  const rows: Row[] = [];
  let fields = options.fields;
  if (fields) checkNames(OP, fields, 'fields');
  for (const { text, line } of linesOf(decodeText(source, OP, name), { maxLineLength, name })) {
    const row = parseLine(text, line, name);
    if (fields === undefined) checkNames(OP, (fields = Object.keys(row)), `line ${line} of ${name}`);
    rows.push(pick(row, fields, { line, name, exact: options.fields === undefined }));
  }
  if (rows.length === 0 || fields?.length === 0) throw noRows(name);
  const dtypes: Record<string, DType> = {};
  for (const field of fields!) if (rows.every((row) => isInt32(row[field]))) dtypes[field] = 'int32';
  return Dataset.from(rows, { dtypes: { ...dtypes, ...options.dtypes } });
}

function* linesOf(
  text: string,
  { maxLineLength, name }: { maxLineLength: number; name: string },
): Generator<{ text: string; line: number }> {
  let line = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    line++;
    if (end - start > maxLineLength) {
      throw new DataError(
        `${OP}: a line of ${name} is too long. Got ${end - start} characters in line ${line}; expected at most ` +
          `${maxLineLength}. Pass { maxLineLength } if you trust the file.`,
        { op: OP, details: { name, line, length: end - start } },
      );
    }
    const content = text.slice(start, end).trim();
    if (content !== '') yield { text: content, line };
    start = end + 1;
  }
}

function parseLine(text: string, line: number, name: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrongLine(`is not JSON. Got ${shown(text)}`, { line, name, cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongLine(`is not an object. Got ${shown(text)}`, { line, name });
  }
  if (tooDeep(value, MAX_DEPTH))
    throw wrongLine(`is nested too deep. Got more than ${MAX_DEPTH} levels`, { line, name });
  return value as Row;
}

function tooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => tooDeep(item, levels - 1));
}

function wrongLine(what: string, { line, name, cause }: { line: number; name: string; cause?: unknown }): DataError {
  return new DataError(
    `${OP}: line ${line} of ${name} ${what}; expected one JSON object. Correct or remove the line.`,
    { op: OP, details: { name, line }, cause },
  );
}

/** The wanted fields of a row, in one order. */
function pick(
  row: Row,
  fields: readonly string[],
  { line, name, exact }: { line: number; name: string; exact: boolean },
): Row {
  const missing = fields.find((field) => !Object.hasOwn(row, field));
  const names = Object.keys(row);
  if (missing === undefined && (!exact || names.length === fields.length)) {
    return Object.fromEntries(fields.map((field) => [field, row[field]]));
  }
  const known = new Set(fields);
  const extra = names.find((name) => !known.has(name));
  const got = missing === undefined ? `an extra ${shown(extra!)}` : `no ${shown(missing)}`;
  throw new DataError(
    `${OP}: the fields of line ${line} of ${name} differ. Got ${got}; expected ${fields.slice(0, 20).join(', ')} as in ` +
      `${exact ? 'the first line' : 'fields'}. Pass { fields } with those that every line has.`,
    { op: OP, details: { name, line, missing, extra } },
  );
}

const isInt32 = (value: unknown): boolean => typeof value === 'number' && value === (value | 0);

function noRows(name: string): DataError {
  return new DataError(
    `${OP}: ${name} holds no values. Got 0 rows or 0 fields; expected at least one object with a field. Check the file.`,
    { op: OP, details: { name } },
  );
}
