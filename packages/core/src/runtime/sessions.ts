import type { Backend, Session } from '../backend/backend.ts';
import type { NodeSource } from '../lowering/lower.ts';
import { disposedProgram } from './disposed.ts';

/** A session with what is known of the model it was made from. */
export interface Compiled {
  readonly session: Session;
  /** ONNX nodes of the model. */
  readonly nodes: number;
  /** Size of the model in bytes. */
  readonly bytes: number;
  /** For an ONNX node, what it was written for. */
  readonly sourceOf: (onnxNode: string) => NodeSource | undefined;
}

/** Where a run gets its session from, which stays there as long as it is used. */
export interface SessionSource {
  with<R>(use: (compiled: Compiled) => Promise<R>): Promise<R>;
  /** Frees it, unless others have it too. */
  release(): Promise<void>;
}

/** A session that one program has for itself, compiled when it is first asked for. */
export class OwnedSession implements SessionSource {
  readonly #load: () => Promise<Compiled>;
  readonly #name: string;
  /** Asked for and not done yet. */
  readonly #runs = new Set<Promise<unknown>>();
  #compiled: Promise<Compiled> | undefined;
  #released = false;

  /** @param name - What was compiled, for messages. */
  constructor(load: () => Promise<Compiled>, name: string) {
    this.#load = load;
    this.#name = name;
  }

  async with<R>(use: (compiled: Compiled) => Promise<R>): Promise<R> {
    if (this.#released) throw disposedProgram('compile', this.#name);
    this.#compiled ??= this.#load();
    const run = this.#compiled.then(use);
    this.#runs.add(run);
    try {
      return await run;
    } finally {
      this.#runs.delete(run);
    }
  }

  /**
   * Replaces the session by one compiled anew; the old one is freed before, so that there are never two. Runs asked for
   * so far, which may still be computing what goes in, have the old one; those from now on wait for the new one.
   */
  async renew(): Promise<void> {
    if (this.#released) throw disposedProgram('compile.refresh', this.#name);
    const [before, runs] = [this.#compiled, [...this.#runs]];
    const next = (async () => {
      await Promise.allSettled(runs);
      await (await before)?.session.release();
      return this.#load();
    })();
    this.#compiled = next;
    try {
      await next;
    } catch (error) {
      // The next run tries again.
      if (this.#compiled === next) this.#compiled = undefined;
      throw error;
    }
  }

  /** Frees the session once the runs asked for so far are done. */
  async release(): Promise<void> {
    this.#released = true;
    await Promise.allSettled(this.#runs);
    await (await this.#compiled)?.session.release();
  }
}

interface Entry {
  readonly compiled: Promise<Compiled>;
  /** Runs that are using the session now. */
  users: number;
  /** Programs that have run it and were not released; counted, so that one that is forgotten is not kept by this. */
  owners: number;
  readonly isOwner: WeakSet<object>;
}

/** The compiled graphs of one backend by structure; beyond `backend.maxSessions` the least recently used is freed. */
export class SessionCache {
  readonly #backend: Backend;
  readonly #entries = new Map<string, Entry>();
  /** Graphs compiled so far. */
  compiles = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Sessions kept now. */
  get size(): number {
    return this.#entries.size;
  }

  /** The session of `key` as one program sees it: compiled by `load` if it is not there, and shared with all others of that key. */
  source(key: string, load: () => Promise<Compiled>): SessionSource {
    const owner = {};
    return {
      with: (use) => this.with(key, load, use, owner),
      release: () => this.#disown(key, owner),
    };
  }

  /** Runs `use` with the session of `key`, compiled by `load` if it is not there. */
  async with<R>(
    key: string,
    load: () => Promise<Compiled>,
    use: (compiled: Compiled) => Promise<R>,
    owner: object = {},
  ): Promise<R> {
    const entry = this.#entries.get(key) ?? this.#add(key, load);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users += 1;
    if (!entry.isOwner.has(owner)) entry.owners += 1;
    entry.isOwner.add(owner);
    try {
      return await use(await entry.compiled);
    } finally {
      entry.users -= 1;
      this.#evict();
    }
  }

  /** Takes an owner away from a session, and frees it if that was the last one; what still runs is left to the limit. */
  async #disown(key: string, owner: object): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry?.isOwner.delete(owner) !== true) return;
    entry.owners -= 1;
    if (entry.owners > 0 || entry.users > 0) return;
    this.#entries.delete(key);
    await (await entry.compiled).session.release();
  }

  #add(key: string, load: () => Promise<Compiled>): Entry {
    this.compiles += 1;
    const entry: Entry = { compiled: load(), users: 0, owners: 0, isOwner: new WeakSet() };
    // A graph that does not compile is not kept; the failure reaches whoever asked through `with`.
    entry.compiled.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry;
  }

  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#backend.maxSessions) return;
      if (entry.users > 0) continue;
      this.#entries.delete(key);
      // Nobody waits for the release of an idle session; a failure to free it is the backend's to report.
      void entry.compiled.then(({ session }) => session.release()).catch(() => undefined);
    }
  }
}

const caches = new WeakMap<Backend, SessionCache>();

/** The compiled graphs of a backend. */
export function sessionsOf(backend: Backend): SessionCache {
  const known = caches.get(backend);
  if (known !== undefined) return known;
  const cache = new SessionCache(backend);
  caches.set(backend, cache);
  return cache;
}
