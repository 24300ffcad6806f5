import { isMainThread } from 'node:worker_threads';
import { ArgumentError, checkOptionNames } from '@gai/core/backend';
import type { Backend, Storage } from '@gai/core/backend';
import type { NodeDevice } from './devices.ts';
import { physicalCores } from './threads.ts';

/**
 * Settings of {@link nodeBackend}.
 * @category Backends
 */
export interface NodeBackendOptions {
  /** Where graphs run. Default `auto`. */
  readonly device?: NodeDevice | undefined;
  /** Threads one operator may use. Default: the physical cores this process may use. */
  readonly threads?: number | undefined;
  /** Refuses a graph that a GPU device cannot run alone, instead of running parts of it on the CPU. Default false. */
  readonly strict?: boolean | undefined;
  /**
   * Runs graphs in a worker thread, so that the event loop stays free during a run. State stays in the worker; a
   * run costs about 0.1 ms more. A process that ends waits for the run in flight. Only in the main thread. Default false.
   */
  readonly worker?: boolean | undefined;
  /** Compiled graphs kept at most; the least recently used goes first. Default 64. */
  readonly maxSessions?: number | undefined;
  /**
   * Writes the time of each kernel to `<profile>-<n>_<time>.json`, one file per compiled graph (events of the trace
   * viewer of Chromium), when the graph is released. Runs become slower. Default: nothing is written.
   */
  readonly profile?: string | undefined;
  /**
   * Whether ONNX Runtime may report to its makers: a device id under `~/.cache`, names of graphs and files, and an
   * events host. One setting for the process. Default: no, unless the environment has `ORT_DISABLE_TELEMETRY=0`.
   */
  readonly telemetry?: boolean | undefined;
}

/**
 * The backend {@link nodeBackend} gives: a {@link Backend} that can be declared with `await using`.
 * @category Backends
 */
export interface NodeBackend extends Backend, AsyncDisposable {
  /** Threads one operator may use. */
  readonly threads: number;
  /** Whether graphs run in a worker thread. */
  readonly worker: boolean;
  /** Files, through `node:fs`. */
  readonly storage: Storage;
}

/** The options with their defaults. */
export type ResolvedOptions = {
  [K in Exclude<keyof NodeBackendOptions, 'telemetry'>]-?: NonNullable<NodeBackendOptions[K]>;
} & Pick<NodeBackendOptions, 'telemetry'>;

const NAMES = [
  'device',
  'threads',
  'strict',
  'worker',
  'maxSessions',
  'profile',
  'telemetry',
] as const satisfies readonly (keyof NodeBackendOptions)[];

/** Fills in defaults; refuses names that are none, and numbers that make no sense. */
export function resolveOptions(options: NodeBackendOptions): ResolvedOptions {
  checkOptionNames('nodeBackend', options, NAMES);
  const { device = 'auto', threads = physicalCores(), strict = false, worker = false } = options;
  const { maxSessions = 64, profile = '', telemetry } = options;
  checkCount('threads', threads);
  if (worker && !isMainThread) throw nestedWorker();
  checkCount('maxSessions', maxSessions);
  return { device, threads, strict, worker, maxSessions, profile, telemetry };
}

function checkCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new ArgumentError(
    `nodeBackend: ${name} is not a count. Got ${value}; expected a whole number of at least 1. ` +
      'Leave it out for the default.',
    { op: 'nodeBackend', details: { [name]: value } },
  );
}

/** A thread that is terminated takes the threads it made with it, and the runtime's binding then ends the process. */
function nestedWorker(): ArgumentError {
  return new ArgumentError(
    'nodeBackend: worker needs the main thread. Got worker: true in a worker thread; expected the main thread, because ' +
      'terminating this thread during a run would end the whole process. Leave worker out here, or open the backend ' +
      'in the main thread.',
    { op: 'nodeBackend', details: { worker: true } },
  );
}
