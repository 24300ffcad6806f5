import type { Backend } from '../backend/backend.ts';
import type { Program } from '../lowering/program.ts';
import type { Compiled } from './sessions.ts';

/** A program whose session is to record. */
export interface Watched {
  /** Equal keys, equal models, whatever their lines. */
  readonly key: unknown;
  readonly program: Program;
  /** Compiles it so that it records. */
  readonly load: () => Promise<Compiled>;
}

/** Who records the runs of a backend. */
export interface Watcher {
  /** Uses a session that records, compiled if it is not there. */
  with<R>(watched: Watched, use: (compiled: Compiled) => Promise<R>): Promise<R>;
}

const watchers = new WeakMap<Backend, Watcher>();

/** Who watches a backend now. */
export const watcherOf = (backend: Backend): Watcher | undefined => watchers.get(backend);

/** Lets somebody watch a backend; undefined: nobody. */
export function watch(backend: Backend, watcher: Watcher | undefined): void {
  if (watcher === undefined) watchers.delete(backend);
  else watchers.set(backend, watcher);
}
