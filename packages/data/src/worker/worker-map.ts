import { Worker } from 'node:worker_threads';
import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { BatchMap } from '../data-loader.ts';
import type { HostBatch } from '../types.ts';
import { buffersOf } from './protocol.ts';
import type { MapModule, MapReply, MapRequest } from './protocol.ts';

/** Settings of {@link workerMap}. */
export interface WorkerMapOptions {
  /** Threads. Default 1. */
  readonly workers?: number;
  /** Name of the exported function. Default `map`. */
  readonly name?: string;
}

/** A loader's `map` whose work is done by threads; `close()` ends them. */
export type WorkerMap<Row, Out> = BatchMap<Row, Out> & AsyncDisposable & { close(): Promise<void> };

const OP = 'workerMap';

/**
 * A loader's `map` that runs in worker threads: give it to `map` together with `prefetch`, and batches are changed while
 * the training step before them runs.
 *
 * The function comes from a module, because functions cannot be sent: `export const map = (batch, { random }) => …`, a
 * {@link BatchMap}. Its random numbers are those it would have in the same thread, so batches, their order and the
 * loader's `state()` are bitwise the same. Arrays are moved, lists and objects copied by structured clone. Threads do
 * not keep the process alive.
 *
 * @param module - URL or absolute path of the module, for example `new URL('./augment.js', import.meta.url)`.
 * @param options.workers - Threads. Default 1.
 * @param options.name - Name of the exported function. Default `map`.
 * @returns The map. A failure in the module or function is a {@link DataError} when the batch's turn comes.
 * @throws {@link DataError} if the number of workers is no count.
 * @example
 * const map = workerMap<{ y: number }>('data:text/javascript,export const map = ({ y }) => ({ y: { ...y, data: y.data.map((v) => 2 * v) } })');
 * const loader = dataset({ y: [1, 2, 3] }).loader({ batchSize: 2, map, prefetch: 2 });
 * for await (const { y } of loader) y.shape; // [2], then [1]
 * await map.close();
 * @category Datasets
 */
export function workerMap<Row extends object, Out extends object = Row>(
  module: URL | string,
  options: WorkerMapOptions = {},
): WorkerMap<Row, Out> {
  checkOptionNames('workerMap', options, ['workers', 'name']);
  const { workers = 1, name = 'map' } = options;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new DataError(`${OP}: workers is no count. Got ${workers}; expected an integer ≥ 1. Pass { workers: 1 }.`, {
      op: OP,
      details: { workers },
    });
  }
  const target: MapModule = { module: hrefOf(module), name };
  const pool = Array.from({ length: workers }, () => new MapWorker(target));
  const map: BatchMap<Row, Out> = (batch, { epoch, index, seed }) => {
    const free = pool.reduce((best, worker) => (worker.load < best.load ? worker : best));
    return free.ask({ batch: batch as Record<string, unknown>, epoch, index, seed }) as Promise<HostBatch<Out>>;
  };
  const close = async (): Promise<void> => void (await Promise.all(pool.map((worker) => worker.close())));
  return Object.assign(map, { close, [Symbol.asyncDispose]: close });
}

/** A URL as text; a plain path becomes one. */
function hrefOf(module: URL | string): string {
  if (module instanceof URL) return module.href;
  return module.startsWith('/') ? new URL(encodeURI(module), 'file://').href : module;
}

interface Pending {
  resolve(batch: unknown): void;
  reject(error: DataError): void;
}

/** One thread and the requests it has not answered. */
class MapWorker {
  readonly #worker: Worker;
  readonly #module: string;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #gone: DataError | undefined;

  constructor(target: MapModule) {
    this.#module = target.module;
    this.#worker = startWorker(target);
    this.#worker.on('message', (reply: MapReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(String(error), error));
    this.#worker.on('exit', (code) => this.#end(`exit with code ${code}`));
    this.#worker.unref();
  }

  /** Batches it works on or that wait for it. */
  get load(): number {
    return this.#pending.size;
  }

  ask(request: Omit<MapRequest, 'id'>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#gone);
      const id = this.#next++;
      try {
        this.#worker.postMessage({ id, ...request } satisfies MapRequest, buffersOf(request.batch));
      } catch (error) {
        return reject(notSendable(request.batch, error));
      }
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  async close(): Promise<void> {
    this.#end('a closed map');
    await this.#worker.terminate();
  }

  #settle(reply: MapReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ('batch' in reply) pending?.resolve(reply.batch);
    else pending?.reject(this.#failed(reply.error));
  }

  #failed(error: unknown): DataError {
    const message = (error as { message?: unknown }).message;
    return new DataError(
      `${OP}: the map failed in its worker. Got '${String(message)}' from ${this.#module}; expected a batch. Correct ` +
        `the module; without workerMap its error shows directly.`,
      { op: OP, details: { module: this.#module }, cause: error },
    );
  }

  /** The thread is gone: requests that wait, and those to come, fail. */
  #end(reason: string, cause?: unknown): void {
    this.#gone ??= new DataError(
      `${OP}: the worker is gone. Got ${reason}; expected it to live until close(). Make a new workerMap.`,
      { op: OP, details: { reason }, cause },
    );
    for (const { reject } of this.#pending.values()) reject(this.#gone);
    this.#pending.clear();
  }
}

function notSendable(batch: object, cause: unknown): DataError {
  return new DataError(
    `${OP}: the batch cannot be sent to a worker. Got columns ${Object.keys(batch).join(', ')}, one with functions or the ` +
      `like; expected numbers, text and plain objects. Leave the column out.`,
    { op: OP, details: { columns: Object.keys(batch) }, cause },
  );
}

/** Runs the program beside this file: as built, or from source with the loader the workspace uses. */
function startWorker(workerData: MapModule): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./main.js', import.meta.url), { workerData });
  const loader = import.meta.resolve('tsx/esm/api');
  const program = new URL('./main.ts', import.meta.url).href;
  const start = `import('${loader}').then(({ register }) => { register(); return import('${program}'); });`;
  return new Worker(start, { eval: true, execArgv: ['--conditions=@gai/source'], workerData });
}
