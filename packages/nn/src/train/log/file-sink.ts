import { ArgumentError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { shared } from '../../shared.ts';
import { defaultStorage } from '../checkpoint-file.ts';
import { checkRow, checkStep } from './check-row.ts';
import { kindOf } from './log-sink.ts';
import type { LogSink, Scalars } from './log-sink.ts';

/** Options of the sinks that write files. */
export interface FileSinkOptions {
  /** Where. Default: the default backend's storage. */
  readonly storage?: Storage | undefined;
}

/** A row that a file holds. */
export interface LogRecord {
  readonly step: number;
  /** Which numbers it has; see {@link kindOf}. */
  readonly kind: string;
}

/** How rows become bytes and back. */
export interface LogFormat<Row extends LogRecord> {
  /**
   * The whole rows of a file; a torn one at its end is left out.
   * @throws {@link DataError} if it is a file of another kind: it must not be written over.
   */
  read(bytes: Uint8Array): Row[];
  /** A file of these rows and no others. */
  whole(rows: readonly Row[]): Uint8Array;
  /** A row, to be put at the end; undefined if the file must be written anew for it, which `whole` then does. */
  add(step: number, scalars: Scalars): { readonly row: Row; readonly bytes: Uint8Array | undefined };
}

/** A sink whose rows are put at the end of a file, in the order they were asked for. */
export function fileSink<Row extends LogRecord>(
  file: { readonly name: string; readonly path: string; readonly format: LogFormat<Row> },
  options: FileSinkOptions,
): LogSink {
  const writer = new RowWriter(file, options);
  let end: Promise<void> = Promise.resolve();
  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const done = end.then(task);
    // One that failed is told to who asked for it, and does not stop the others.
    end = done.catch(() => undefined);
    return done;
  };
  return {
    name: file.name,
    open: (step) =>
      inTurn(async () => {
        checkStep(file.name, step);
        await writer.open(step);
      }),
    log: (step, scalars) =>
      inTurn(async () => {
        checkRow(file.name, step, scalars);
        await writer.log(step, scalars);
      }),
    close: () => inTurn(() => Promise.resolve(writer.close())),
  };
}

class RowWriter<Row extends LogRecord> {
  readonly #path: string;
  readonly #format: LogFormat<Row>;
  readonly #options: FileSinkOptions;
  /** The step it was opened at, and the kinds of rows of that step it found. */
  #opened: { readonly step: number; readonly kinds: ReadonlySet<string> } | undefined;

  /** Whether the last row may have stopped in the middle, where a next one must not go on. */
  #torn = false;

  constructor({ path, format }: { readonly path: string; readonly format: LogFormat<Row> }, options: FileSinkOptions) {
    this.#path = path;
    this.#format = format;
    this.#options = options;
  }

  get #storage(): Storage {
    return this.#options.storage ?? defaultStorage('logger');
  }

  async open(step: number): Promise<void> {
    const before = await this.#read();
    const rows = this.#format.read(before);
    const kept = step === 0 ? [] : rows.filter((row) => row.step <= step);
    const after = this.#format.whole(kept);
    if (!sameBytes(before, after)) await this.#storage.writeAtomic(this.#path, [after]);
    const kinds = new Set(kept.filter((row) => row.step === step).map(({ kind }) => kind));
    this.#opened = { step, kinds };
    writersOf(this.#storage).set(this.#key, this);
  }

  async log(step: number, scalars: Scalars): Promise<void> {
    if (this.#opened === undefined) await this.open(0);
    const writer = writersOf(this.#storage).get(this.#key);
    if (writer !== undefined && writer !== this) throw twoWriters(this.#path);
    const { step: openedAt, kinds } = this.#opened!;
    if (step === openedAt && kinds.has(kindOf(Object.keys(scalars)))) return;
    const storage = this.#storage;
    const { row, bytes } = this.#format.add(step, scalars);
    if (bytes !== undefined && storage.append !== undefined && !this.#torn) {
      this.#torn = true;
      await storage.append(this.#path, bytes);
    } else {
      const rows = this.#format.read(await this.#read());
      await storage.writeAtomic(this.#path, [this.#format.whole([...rows, row])]);
    }
    this.#torn = false;
  }

  close(): void {
    const writers = writersOf(this.#storage);
    if (writers.get(this.#key) === this) writers.delete(this.#key);
  }

  /** The path, one for each file. */
  get #key(): string {
    return this.#path
      .split('/')
      .filter((part, index) => part !== '.' && (part !== '' || index === 0))
      .join('/');
  }

  async #read(): Promise<Uint8Array> {
    const size = await this.#storage.size(this.#path);
    return size === undefined ? new Uint8Array() : this.#storage.read(this.#path);
  }
}

type Writers = Map<string, object>;

/** Who has begun a file last. The others may have been given up, so only their next row is refused. */
function writersOf(storage: Storage): Writers {
  const all = shared('log-writers', () => new WeakMap<Storage, Writers>());
  const known = all.get(storage);
  if (known !== undefined) return known;
  const made: Writers = new Map();
  all.set(storage, made);
  return made;
}

const twoWriters = (path: string): ArgumentError =>
  new ArgumentError(
    `logger: two sinks write one file. Got a row for '${path}' from a sink, after another one has begun it; expected one ` +
      `sink for each file. Share the sink, or name another file.`,
    { op: 'logger', details: { path } },
  );

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
