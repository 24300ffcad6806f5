import type { Backend, DeviceBuffer, Session, SessionProfile } from '../../backend/backend.ts';
import { BackendError } from '../../errors.ts';
import type { Graph } from '../../ir/graph.ts';
import { toposort } from '../../ir/graph.ts';
import type { Node } from '../../ir/tensor.ts';
import type { Program } from '../../lowering/program.ts';
import type { Compiled } from '../sessions.ts';
import type { Watched, Watcher } from '../watcher.ts';

/** A run of a session, in milliseconds of `performance.now()`. */
export interface WatchedRun {
  readonly start: number;
  readonly end: number;
}

/** What was recorded of one session. */
export interface Recording {
  readonly name: string;
  readonly sourceOf: Compiled['sourceOf'];
  readonly profile: SessionProfile;
  /** As many as the profile has. */
  readonly runs: readonly WatchedRun[];
  /** How many of the runs came before those that count. */
  readonly skipped: number;
}

/** A session that records. */
interface Recorded {
  readonly name: string;
  readonly compiled: Compiled;
  readonly runs: { start: number; end: number }[];
  skipped: number;
}

/** Compiles what a backend runs so that it records, apart from the sessions that others use. */
export class Recorder implements Watcher {
  readonly #backend: Backend;
  /** By what tells models apart, then by the lines they were written for. */
  readonly #sessions = new Map<unknown, Map<string, Promise<Recorded>>>();
  #failure: unknown;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async with<R>(watched: Watched, use: (compiled: Compiled) => Promise<R>): Promise<R> {
    const recorded = await this.#find(watched);
    return use({ ...recorded.compiled, session: this.#timed(recorded) });
  }

  /** What ran so far does not count. */
  async begin(): Promise<void> {
    for (const recorded of await this.#all()) recorded.skipped = recorded.runs.length;
  }

  /**
   * What was recorded; the sessions are freed.
   * @throws {@link BackendError} if a run failed, or the runtime stopped recording.
   */
  async end(): Promise<Recording[]> {
    const recordings: Recording[] = [];
    for (const { compiled, ...rest } of await this.#all()) {
      const profile = await compiled.session.endProfile!();
      recordings.push({ ...rest, sourceOf: compiled.sourceOf, profile });
    }
    await this.release();
    if (this.#failure !== undefined) throw failedRun(this.#failure);
    const cut = recordings.find(({ runs, profile }) => profile.runs.length !== runs.length);
    if (cut !== undefined) throw cutOff(cut);
    return recordings;
  }

  /** Frees the sessions. */
  async release(): Promise<void> {
    const all = await this.#all();
    this.#sessions.clear();
    await Promise.all(all.map(({ compiled }) => compiled.session.release()));
  }

  async #all(): Promise<Recorded[]> {
    const settled = await Promise.allSettled([...this.#sessions.values()].flatMap((each) => [...each.values()]));
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  #find({ key, program, load }: Watched): Promise<Recorded> {
    const alike = this.#sessions.get(key) ?? new Map<string, Promise<Recorded>>();
    this.#sessions.set(key, alike);
    const lines = linesOf(program.graph, program.isInput);
    const known = alike.get(lines) ?? this.#load(program, load);
    alike.set(lines, known);
    return known;
  }

  async #load(program: Program, load: () => Promise<Compiled>): Promise<Recorded> {
    const compiled = await load();
    if (compiled.session.endProfile !== undefined) {
      return { name: program.graph.name, compiled, runs: [], skipped: 0 };
    }
    await compiled.session.release();
    throw noTimes(this.#backend);
  }

  #timed({ compiled: { session }, runs }: Recorded): Session {
    return {
      run: async (inputs, options): Promise<DeviceBuffer[]> => {
        const run = { start: performance.now(), end: 0 };
        runs.push(run);
        try {
          return await session.run(inputs, options);
        } catch (error) {
          this.#failure ??= error;
          throw error;
        } finally {
          run.end = performance.now();
        }
      },
      release: () => session.release(),
    };
  }
}

/** The lines a graph was written for, as text. */
function linesOf(graph: Graph, isInput: (node: Node) => boolean): string {
  const lines = toposort(graph.outputs, isInput).map(({ place, regions }) => {
    const inside = regions.map((region) => `{${linesOf(region, (node) => node.values[0] !== undefined)}}`);
    return `${place?.isGradient === true ? 'd' : ''}${place?.line}${inside.join('')}`;
  });
  return lines.join('\n');
}

function noTimes({ name, device }: Backend): BackendError {
  return new BackendError(
    `profile: the backend does not tell how long its kernels take. Got '${name}' (${device}); expected one whose ` +
      'sessions have endProfile, such as nodeBackend or webBackend. Set one of those.',
    { op: 'profile', details: { backend: name, device } },
  );
}

/** The runtime notes a run when it is over, and forgets all events beyond its limit. */
function cutOff({ name, runs, profile }: Recording): BackendError {
  return new BackendError(
    `profile: the runtime stopped recording '${name}'. Got ${profile.runs.length} of ${runs.length} runs; expected all, and it ` +
      'keeps about a million events. Measure fewer calls (active, warmup), or fewer steps in each.',
    { op: 'profile', details: { recorded: profile.runs.length, runs: runs.length } },
  );
}

function failedRun(cause: unknown): BackendError {
  return new BackendError(
    'profile: a run failed while it was watched. Got an error that the function caught; expected runs that succeed, ' +
      'since their kernels are counted. Call what fails outside.',
    { op: 'profile', cause },
  );
}
