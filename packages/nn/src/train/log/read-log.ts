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

/** Bytes of a log that is read: a text of more than half a gigabyte no engine holds. */
const LARGEST = 256 * 1024 * 1024;

/**
 * Reads the rows that {@link csvSink} or {@link jsonlSink} has written; one that a crash has torn at the end is left out.
 * @param path - A file that ends in `.csv` or `.jsonl`.
 * @throws {@link ArgumentError} for another ending; {@link DataError} if there is no such file, or it holds something else, or more than 256 MiB.
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
  const size = await storage.size(path);
  if (size === undefined) {
    throw new DataError(
      `readLog: there is no log. Got '${path}'; expected a file that a sink has written. Check the path.`,
      {
        op: 'readLog',
        details: { path },
      },
    );
  }
  if (size > LARGEST) {
    throw new DataError(
      `readLog: the log is too large to be read at once. Got ${size} bytes of '${path}'; expected at most ${LARGEST}. Read a part of it.`,
      { op: 'readLog', details: { path, size } },
    );
  }
  const bytes = await storage.read(path);
  const rows = isTable ? new Table(path, 'readLog').read(bytes) : jsonLines(path, 'readLog').read(bytes);
  return rows.map(({ step, scalars }) => ({ step, scalars }));
}
