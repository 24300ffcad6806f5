import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { fileSink } from './file-sink.ts';
import type { FileSinkOptions, LogFormat, LogRecord } from './file-sink.ts';
import { kindOf } from './log-sink.ts';
import type { LogSink } from './log-sink.ts';

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
}

/** A file of one row to a line. */
export const jsonLines = (path: string): LogFormat<JsonRow> => ({
  read: (bytes) => {
    // What comes after the last end of a line was torn.
    const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
    return lines.map((line, index) => parse(line, { path, number: index + 1 }));
  },
  whole: (rows) => new TextEncoder().encode(rows.map(({ line }) => `${line}\n`).join('')),
  add: (step, scalars) => {
    const values = Object.entries(scalars).map(([name, value]) => [name, Number.isNaN(value) ? null : finite(value)]);
    const line = JSON.stringify({ step, ...Object.fromEntries(values) });
    const row = { step, kind: kindOf(Object.keys(scalars)), line };
    return { row, bytes: new TextEncoder().encode(`${line}\n`) };
  },
});

const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

function parse(line: string, at: { readonly path: string; readonly number: number }): JsonRow {
  try {
    const { step, ...others } = JSON.parse(line) as { step?: unknown };
    if (typeof step === 'number') return { step, kind: kindOf(Object.keys(others)), line };
  } catch (cause) {
    throw foreign(line, at, cause);
  }
  throw foreign(line, at, undefined);
}

const foreign = (line: string, { path, number }: { path: string; number: number }, cause: unknown): DataError =>
  new DataError(
    `jsonlSink: '${path}' holds something else. Got line ${number}, ${JSON.stringify(line.slice(0, 30))}; expected rows with ` +
      `a step. Name another file, or remove this one.`,
    { op: 'jsonlSink', details: { path, line: number }, cause },
  );
