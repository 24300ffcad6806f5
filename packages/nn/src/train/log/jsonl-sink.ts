import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { fileSink } from './file-sink.ts';
import type { FileSinkOptions, LogFormat, LogRecord } from './file-sink.ts';
import { kindOf } from './log-sink.ts';
import type { LogSink, Scalars } from './log-sink.ts';

/**
 * Writes each row as one line of JSON: `{"step":20,"loss":0.12}`. NaN is null, an infinity is text.
 * @param path - The file. A run from step 0 begins it anew; one that goes on from a checkpoint goes on with it.
 * @throws {@link DataError} when it begins, if the file holds something else.
 * @example
 * jsonlSink('runs/digits/log.jsonl').name; // => 'jsonl'
 * @category Logging
 */
export function jsonlSink(path: string, options: FileSinkOptions = {}): LogSink {
  checkOptionNames('jsonlSink', options, ['storage']);
  return fileSink({ name: 'jsonl', path, format: jsonLines(path) }, options);
}

interface JsonRow extends LogRecord {
  readonly line: string;
  readonly scalars: Scalars;
}

/**
 * A file of one row to a line.
 * @param op - Who reads it, for messages.
 */
export const jsonLines = (path: string, op = 'jsonlSink'): LogFormat<JsonRow> => ({
  read: (bytes) => {
    // What comes after the last end of a line was torn.
    const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
    return lines.map((line, index) => parse(line, { op, path, number: index + 1 }));
  },
  whole: (rows) => new TextEncoder().encode(rows.map(({ line }) => `${line}\n`).join('')),
  add: (step, scalars) => {
    const values = Object.entries(scalars).map(([name, value]) => [name, Number.isNaN(value) ? null : finite(value)]);
    const line = JSON.stringify({ step, ...Object.fromEntries(values) });
    const row = { step, kind: kindOf(Object.keys(scalars)), line, scalars };
    return { row, bytes: new TextEncoder().encode(`${line}\n`) };
  },
});

const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** Where a line stands. */
interface Place {
  readonly op: string;
  readonly path: string;
  readonly number: number;
}

function parse(line: string, at: Place): JsonRow {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (cause) {
    throw foreign(line, at, cause);
  }
  const { step, ...others } = (row ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof step !== 'number' || !Number.isSafeInteger(step) || step < 0) throw foreign(line, at, undefined);
  const values = Object.entries(others).map(([name, value]): [string, number] => {
    if (!isValue(value)) throw foreign(line, at, undefined);
    return [name, value === null ? NaN : Number(value)];
  });
  return { step, kind: kindOf(Object.keys(others)), line, scalars: Object.fromEntries(values) };
}

/** NaN is written as null and an infinity as text: JSON has neither. */
const isValue = (value: unknown): value is number | string | null =>
  typeof value === 'number' || value === null || value === 'Infinity' || value === '-Infinity';

const foreign = (line: string, { op, path, number }: Place, cause: unknown): DataError =>
  new DataError(
    `${op}: '${path}' holds something else. Got line ${number}, ${JSON.stringify(line.slice(0, 30))}; expected rows of a ` +
      `step and numbers. Name another file, or remove this one.`,
    { op, details: { path, line: number }, cause },
  );
