import { checkArgument, checkOptionNames } from '../../argument.ts';
import type { Storage } from '../../backend/backend.ts';
import { BackendError } from '../../errors.ts';
import { INSPECT } from '../../inspect.ts';
import { traceEvents } from './chrome-trace.ts';
import type { Traced } from './chrome-trace.ts';
import { byLine } from './lines.ts';
import type { ProfiledLine } from './lines.ts';
import { formatLines } from './table.ts';
import type { TableOptions } from './table.ts';

/** Where a profile was taken. */
interface Where {
  readonly provider: string;
  readonly storage: Storage | undefined;
}

/**
 * Where the time and the bytes of a function go, line by line; what {@link profile} gives. `console.log` shows its table.
 * @category Debugging
 */
export class Profile {
  /** Lines of the user, the longest first. */
  readonly lines: readonly ProfiledLine[];
  /** Calls that were measured. */
  readonly calls: number;
  /** Milliseconds of a call on the clock, which is longer than without being watched. */
  readonly wallTime: number;
  /** Milliseconds of a call in kernels. */
  readonly kernelTime: number;
  readonly #traced: Traced;
  readonly #where: Where;

  /** @internal */
  constructor(traced: Traced, where: Where) {
    const { calls, kernels } = traced;
    this.#traced = traced;
    this.#where = where;
    this.calls = calls.length;
    this.lines = byLine(kernels, calls.length);
    this.wallTime = calls.reduce((sum, { start, end }) => sum + end - start, 0) / calls.length;
    this.kernelTime = this.lines.reduce((sum, { time }) => sum + time, 0);
  }

  /**
   * The lines as a table. A `∂` stands before ops that belong to the gradient of a line.
   * @param options.sortBy - `time` or `bytes`. Default `time`.
   * @param options.rowLimit - Lines at most; the others are added up. Default 20.
   * @throws {@link ArgumentError} for other options, or a limit that is no whole number of at least 1.
   */
  table(options: TableOptions = {}): string {
    checkOptionNames('profile.table', options, ['sortBy', 'rowLimit']);
    const { sortBy = 'time', rowLimit = 20 } = options;
    const rule = { op: 'profile.table', name: 'sortBy', rule: 'time or bytes' };
    checkArgument(['time', 'bytes'].includes(sortBy), sortBy, rule);
    checkCount('profile.table', 'rowLimit', rowLimit, 1);
    const { provider } = this.#where;
    const place = ['cpu', 'wasm'].includes(provider) ? provider : `${provider}: times are those of the host`;
    const calls = `${this.calls} ${this.calls === 1 ? 'call' : 'calls'}`;
    return (
      `${this.wallTime.toFixed(3)} ms a call while it is watched (${calls}, ${place}), ` +
      `${this.kernelTime.toFixed(3)} ms of that in kernels\n\n${formatLines(this.lines, options)}`
    );
  }

  /** Calls, runs and kernels in time, as the text of a file that ui.perfetto.dev and `chrome://tracing` open. */
  chromeTrace(): string {
    return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: traceEvents(this.#traced) });
  }

  /**
   * Writes {@link chromeTrace} to a file.
   * @throws {@link BackendError} if the backend has no storage, or writing fails.
   */
  async exportChromeTrace(path: string): Promise<void> {
    const { storage } = this.#where;
    if (storage === undefined) {
      throw new BackendError(
        `profile.exportChromeTrace: the backend has no files. Got path '${path}'; expected a backend with storage. ` +
          'Take the text from chromeTrace() and save it yourself.',
        { op: 'profile.exportChromeTrace' },
      );
    }
    await storage.writeAtomic(path, [new TextEncoder().encode(this.chromeTrace())]);
  }

  /** The table of {@link table}. */
  toString(): string {
    return this.table();
  }

  /** What `console.log` shows in Node. @internal */
  [INSPECT](): string {
    return this.table();
  }
}

/** Refuses what is no count. */
// oxlint-disable-next-line max-params -- who asks for what, what it is and what it should be.
export function checkCount(op: string, name: string, value: unknown, least: number): void {
  const fits = Number.isInteger(value) && (value as number) >= least;
  checkArgument(fits, value, { op, name, rule: `a whole number of at least ${least}` });
}
