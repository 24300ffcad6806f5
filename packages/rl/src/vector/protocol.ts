import type { EnvOptions } from '../envs/specs.ts';
import type { EnvRecord } from './env-slice.ts';
import type { AutoresetMode } from './vector-env.ts';

/** Which env a worker makes: one of the registry, or what a module's function returns. */
export interface EnvSource {
  /** Id in the registry (of this package, or filled by `module`). */
  readonly id?: string | undefined;
  /** URL of a module to import in the worker; its `exportName` makes the env, unless `id` is given. */
  readonly module?: string | undefined;
  /** Function exported by `module` that makes the env from the options. Default `'default'`. */
  readonly exportName?: string | undefined;
  /** The env's own settings; must be cloneable. */
  readonly options?: EnvOptions | undefined;
}

/** What the owner sends to a worker. */
export type WorkerRequest =
  | { kind: 'open'; source: EnvSource; count: number; mode: AutoresetMode }
  | {
      kind: 'reset';
      seeds: (number | undefined)[];
      mask: boolean[];
      options: Readonly<Record<string, unknown>> | undefined;
    }
  | { kind: 'step'; actions: unknown[] }
  | { kind: 'close' };

/** What a worker answers, in the order of the requests. */
export type WorkerAnswer =
  | { kind: 'records'; records: EnvRecord[] }
  | { kind: 'done' }
  | { kind: 'error'; message: string; stack: string | undefined };

/** The functions of `node:worker_threads` in use; the module is reached at run time, so browsers never see it. */
export interface WorkerThreads {
  Worker: new (url: URL, options: { execArgv?: string[] }) => NodeWorker;
  parentPort: NodePort | null;
}

/** A worker as Node has it. */
export interface NodeWorker {
  postMessage(message: WorkerRequest): void;
  on(event: 'message', listener: (answer: WorkerAnswer) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'exit', listener: (code: number) => void): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<number>;
}

/** The worker's end of its channel in Node. */
export interface NodePort {
  postMessage(answer: WorkerAnswer): void;
  on(event: 'message', listener: (request: WorkerRequest) => void): void;
}

/** Node's worker threads, or null elsewhere. */
export function workerThreads(): WorkerThreads | null {
  const load = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process?.getBuiltinModule;
  return load === undefined ? null : ((load('worker_threads') as WorkerThreads | undefined) ?? null);
}
