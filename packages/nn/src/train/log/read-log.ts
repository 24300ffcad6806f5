import { ArgumentError, DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { defaultStorage } from '../checkpoint-file.ts';
import { Table } from './csv-sink.ts';
import type { FileSinkOptions } from './file-sink.ts';
import { jsonLines } from './jsonl-sink.ts';
import type { Scalars } from './log-sink.ts';

/** A row of a log: the step, in updates or steps of an environment, and numbers by name. */
export interface LogRow {
  readonly step: number;
  readonly scalars: Scalars;
}

/**
 * Reads the rows that {@link csvSink} or {@link jsonlSink} has written; one that a crash has torn at the end is left out.
 * @param path - A file that ends in `.csv` or `.jsonl`.
 * @throws {@link ArgumentError} for another ending; {@link DataError} if there is no such file, or it holds something else.
 * @example
 * await csvSink('log.csv').log(1, { loss: 0.5 });
 * (await readLog('log.csv'))[0]; // => { step: 1, scalars: { loss: 0.5 } }
 * @category Logging
 */
export async function readLog(path: string, options: FileSinkOptions = {}): Promise<LogRow[]> {
  checkOptionNames('readLog', options, ['storage']);
  const isTable = path.endsWith('.csv');
  if (!isTable && !path.endsWith('.jsonl')) {
    throw new ArgumentError(
      `readLog: unknown kind of log. Got '${path}'; expected a name that ends in .csv or .jsonl.`,
      {
        op: 'readLog',
      },
    );
  }
  const storage = options.storage ?? defaultStorage('readLog');
  if ((await storage.size(path)) === undefined) {
    throw new DataError(
      `readLog: there is no log. Got '${path}'; expected a file that a sink has written. Check the path.`,
      {
        op: 'readLog',
        details: { path },
      },
    );
  }
  const bytes = await storage.read(path);
  if (isTable) return new Table(path).read(bytes).map(({ step, scalars }) => ({ step, scalars }));
  return jsonLines(path)
    .read(bytes)
    .map(({ line }) => rowOf(line));
}

function rowOf(line: string): LogRow {
  const { step, ...others } = JSON.parse(line) as { step: number } & Record<string, number | string | null>;
  // NaN is written as null and an infinity as text: JSON has neither.
  const values = Object.entries(others).map(([name, value]): [string, number] => [
    name,
    value === null ? NaN : Number(value),
  ]);
  return { step, scalars: Object.fromEntries(values) };
}
