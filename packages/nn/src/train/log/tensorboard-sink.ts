import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { readEvent, scalarEvent, versionEvent } from './event.ts';
import { fileSink } from './file-sink.ts';
import type { FileSinkOptions, LogFormat, LogRecord } from './file-sink.ts';
import { kindOf } from './log-sink.ts';
import type { LogSink } from './log-sink.ts';
import { recordsOf, toRecord } from './record-file.ts';

/** TensorBoard looks for files with `tfevents` in their names. */
const FILE = 'events.out.tfevents.gai';

/**
 * Writes scalars as TensorBoard reads them: `tensorboard --logdir runs` shows each folder under it as a run.
 * @param folder - Where `events.out.tfevents.gai` goes. A run from step 0 begins it anew; one that goes on from a
 *   checkpoint goes on with it.
 * @throws {@link DataError} when it begins, if the file holds something else.
 * @example
 * tensorBoardSink('runs/digits').name; // => 'tensorBoard'
 * @category Logging
 */
export function tensorBoardSink(folder: string, options: FileSinkOptions = {}): LogSink {
  checkOptionNames('tensorBoardSink', options, ['storage']);
  const path = `${folder}/${FILE}`;
  return fileSink({ name: 'tensorBoard', path, format: new Events(path) }, options);
}

interface EventRow extends LogRecord {
  readonly record: Uint8Array;
}

class Events implements LogFormat<EventRow> {
  readonly #path: string;
  /** The record every file begins with. */
  #head: Uint8Array | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  read(bytes: Uint8Array): EventRow[] {
    const events = [...recordsOf(bytes)].map(({ record, data }) => ({ record, event: readEvent(data) }));
    const [first, ...others] = events;
    if (first === undefined && bytes.length < 64) return [];
    if (first?.event?.version === undefined) throw this.#foreign(bytes.length);
    this.#head = first.record;
    return others.flatMap(({ record, event }) =>
      event === undefined ? [] : [{ step: event.step, kind: kindOf(event.tags), record }],
    );
  }

  whole(rows: readonly EventRow[]): Uint8Array {
    this.#head ??= toRecord(versionEvent(now()));
    const parts = [this.#head, ...rows.map(({ record }) => record)];
    const file = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const part of parts) {
      file.set(part, at);
      at += part.length;
    }
    return file;
  }

  add(step: number, scalars: Readonly<Record<string, number>>): { row: EventRow; bytes: Uint8Array } {
    const record = toRecord(scalarEvent(now(), step, scalars));
    return { row: { step, kind: kindOf(Object.keys(scalars)), record }, bytes: record };
  }

  #foreign(size: number): DataError {
    return new DataError(
      `tensorBoardSink: '${this.#path}' holds something else. Got ${size} bytes without a version at the beginning; expected ` +
        `an event file. Name another folder, or remove the file.`,
      { op: 'tensorBoardSink', details: { path: this.#path, size } },
    );
  }
}

/** Seconds since 1970, as events carry them. */
const now = (): number => (performance.timeOrigin + performance.now()) / 1000;
