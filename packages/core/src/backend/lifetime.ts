import type { Session } from './backend.ts';
import { RunQueue } from './run-queue.ts';
import { disposedBackend } from './session-errors.ts';

/**
 * An adapter's time from when it is made to when it is disposed: the queue of its runs, and the sessions to be released.
 * @example
 * const life = new Lifetime('myBackend');
 * await life.dispose();
 * life.checkAlive('run'); // => throws BackendError
 * @category Backends
 */
export class Lifetime {
  readonly queue: RunQueue;
  readonly #maker: string;
  readonly #sessions = new Set<Session>();
  #ended: Promise<void> | undefined;

  /**
   * @param maker - The function that makes such backends, for messages.
   * @param queue - Default: one of its own.
   */
  constructor(maker: string, queue: RunQueue = new RunQueue()) {
    this.#maker = maker;
    this.queue = queue;
  }

  /** True once {@link dispose} was called. */
  get disposed(): boolean {
    return this.#ended !== undefined;
  }

  /** Refuses work after {@link dispose}. */
  checkAlive(op: string): void {
    if (this.#ended !== undefined) throw disposedBackend(op, this.#maker);
  }

  /** Keeps a session until it is released. */
  add(session: Session): void {
    this.#sessions.add(session);
  }

  /** A session calls this when it is released. */
  forget(session: Session): void {
    this.#sessions.delete(session);
  }

  /**
   * Waits for what was asked for before, and releases the sessions; a second call does nothing more.
   * @param last - Done after that.
   */
  dispose(last: () => unknown = () => undefined): Promise<void> {
    this.#ended ??= this.#end(last);
    return this.#ended;
  }

  async #end(last: () => unknown): Promise<void> {
    await this.queue.add(() => undefined);
    await Promise.all([...this.#sessions].map((session) => session.release()));
    await this.queue.add(last);
  }
}
