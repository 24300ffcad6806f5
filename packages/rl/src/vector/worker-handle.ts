import { stateError } from '../errors.ts';
import { workerThreads, type WorkerAnswer, type WorkerRequest } from './protocol.ts';

/** A page's worker, as far as it is used. */
interface WebWorker {
  postMessage(request: WorkerRequest): void;
  terminate(): void;
  onmessage: ((event: { data: WorkerAnswer }) => void) | null;
  onerror: ((event: { message: string }) => void) | null;
}

interface Transport {
  post(request: WorkerRequest): void;
  /** Keeps the process alive while an answer is awaited. */
  hold(isWaiting: boolean): void;
  terminate(): Promise<unknown>;
}

interface Waiting {
  resolve: (answer: WorkerAnswer) => void;
  reject: (error: Error) => void;
}

/** The worker's program beside this file, in TypeScript or built. */
function programUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './env-worker.ts' : './env-worker.js', import.meta.url);
}

/** One worker and the answers it owes. */
export class WorkerHandle {
  readonly #transport: Transport;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor(execArgv: readonly string[] | undefined) {
    this.#transport = this.#openNode(execArgv) ?? this.#openWeb();
  }

  #openNode(execArgv: readonly string[] | undefined): Transport | null {
    const threads = workerThreads();
    if (threads === null) return null;
    const worker = new threads.Worker(programUrl(), execArgv === undefined ? {} : { execArgv: [...execArgv] });
    worker.on('message', (answer) => this.#receive(answer));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) =>
      this.#fail(
        stateError('WorkerVectorEnv', `a worker ended. Got exit code ${code}; expected it to run. See its output.`),
      ),
    );
    worker.unref();
    return {
      post: (request) => worker.postMessage(request),
      hold: (isWaiting) => (isWaiting ? worker.ref() : worker.unref()),
      terminate: () => worker.terminate(),
    };
  }

  #openWeb(): Transport {
    const { Worker } = globalThis as unknown as { Worker?: new (url: URL, options: { type: 'module' }) => WebWorker };
    if (Worker === undefined) {
      throw stateError(
        'WorkerVectorEnv',
        'there are no workers here. Got neither worker_threads nor Worker; expected one. Use SyncVectorEnv.',
      );
    }
    const worker = new Worker(programUrl(), { type: 'module' });
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = ({ message }) => this.#fail(new Error(message));
    return {
      post: (request) => worker.postMessage(request),
      hold: () => undefined,
      terminate: () => Promise.resolve(worker.terminate()),
    };
  }

  #receive(answer: WorkerAnswer): void {
    this.#waiting.shift()?.resolve(answer);
    if (this.#waiting.length === 0) this.#transport.hold(false);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  /** Sends a request; answers come in the order of the requests. */
  ask(request: WorkerRequest): Promise<WorkerAnswer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#transport.hold(true);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#transport.post(request);
    });
  }

  /** Lets the envs close, then ends the worker. */
  async end(): Promise<void> {
    if (this.#failure === undefined) await this.ask({ kind: 'close' });
    await this.#transport.terminate();
  }
}
