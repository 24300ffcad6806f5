import type { Transferable } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { BackendError, firstLine } from '@gai/core/backend';
import { InFlight } from './in-flight.ts';
import type { Answers, Envelope, Reply, Request, SentError } from './protocol.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** What a request was answered with when it failed. */
export class WorkerFailure {
  readonly sent: SentError;

  constructor(sent: SentError) {
    this.sent = sent;
  }
}

/** Requests to the worker and their answers. It keeps the process alive only while an answer is due. */
export class Channel {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #inFlight = new InFlight();
  #next = 0;
  #closing = false;
  #dead: BackendError | undefined;

  constructor() {
    this.#worker = startWorker(this.#inFlight.cells);
    this.#inFlight.watch();
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(firstLine(error), error));
    this.#worker.on('exit', (code) => {
      this.#inFlight.unwatch();
      this.#fail(`it ended with code ${code}`);
    });
    this.#worker.unref();
  }

  /**
   * Asks and waits for the answer.
   * @throws WorkerFailure if the worker answers with an error; BackendError if the worker is gone.
   */
  ask<O extends keyof Answers>(
    request: Extract<Request, { op: O }>,
    transfer: readonly Transferable[] = [],
  ): Promise<Answers[O]> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== undefined) return reject(this.#dead);
      const id = this.#next++;
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#worker.ref();
      this.#post({ id, request }, transfer);
    });
  }

  /** Asks for something that has no result, such as forgetting a tensor. */
  tell(request: Extract<Request, { op: 'upload' | 'forget' }>, transfer: readonly Transferable[] = []): void {
    if (this.#dead === undefined) this.#post({ id: -1, request }, transfer);
  }

  /** Lets the worker finish, and waits until it is gone. */
  async close(): Promise<void> {
    if (this.#dead !== undefined) return;
    const gone = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#closing = true;
    await this.ask({ op: 'close' });
    await gone;
  }

  #post(envelope: Envelope, transfer: readonly Transferable[]): void {
    this.#worker.postMessage(envelope, transfer);
    this.#inFlight.begin();
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0 && !this.#closing) this.#worker.unref();
    if ('error' in reply) pending.reject(new WorkerFailure(reply.error));
    else pending.resolve(reply.value);
  }

  #fail(reason: string, cause?: unknown): void {
    this.#dead ??= new BackendError(
      `nodeBackend: the worker thread is gone. Got '${reason}'; expected it to live until dispose(). ` +
        'Make a new nodeBackend(), or one without worker to see what happens.',
      { op: 'nodeBackend', details: { reason }, cause },
    );
    for (const { reject } of this.#pending.values()) reject(this.#dead);
    this.#pending.clear();
  }
}

/** Runs the program beside this file: as built, or from source with the loader the workspace uses. */
function startWorker(workerData: InFlight['cells']): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./main.js', import.meta.url), { workerData });
  const loader = import.meta.resolve('tsx/esm/api');
  const program = new URL('./main.ts', import.meta.url).href;
  const start = `import('${loader}').then(({ register }) => { register(); return import('${program}'); });`;
  return new Worker(start, { eval: true, workerData, execArgv: ['--conditions=@gai/source'] });
}
