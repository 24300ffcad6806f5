import { checkOptionNames } from '@gai/core/errors';
import type { GaiError } from '@gai/core/errors';
import { checkInteger, refusal } from '../errors.ts';
import { runSeed } from '../random.ts';
import { RunAccumulator } from './runs.ts';
import type { RunManyOptions, RunStatistics } from './runs.ts';

/**
 * Options of {@link runManyInWorkers}.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface WorkerRunOptions extends RunManyOptions {
  /** URL of a JavaScript module that exports the experiment. */
  readonly module: string | URL;
  /** The name it exports it under. Default `'experiment'`. */
  readonly exportName?: string | undefined;
  /** Passed to the experiment as its third argument; must be cloneable. */
  readonly input?: unknown;
  /** How many workers. Default the number of cores, at most 8. */
  readonly workers?: number | undefined;
}

/** A worker of either kind: Node's or the browser's. */
interface Port {
  post(message: unknown): void;
  onMessage(handler: (message: WorkerReply) => void, fail: (error: unknown) => void): void;
  stop(): void;
}

interface WorkerReply {
  readonly from: number;
  readonly results?: readonly (readonly number[])[];
  readonly error?: string;
}

/** The worker's program. `{ module, exportName, input, from, seeds }` → `{ from, results }`. */
const PROGRAM = `
const answer = async ({ module, exportName, input, from, seeds }, post) => {
  try {
    const experiment = (await import(module))[exportName];
    if (typeof experiment !== 'function') throw new Error('the module exports no function ' + exportName);
    const results = [];
    for (let i = 0; i < seeds.length; i++) {
      const values = await experiment(seeds[i], from + i, input);
      results.push(typeof values === 'number' ? [values] : Array.from(values));
    }
    post({ from, results });
  } catch (error) {
    post({ from, error: String(error && error.message || error) });
  }
};`;
const NODE_PROGRAM = `const { parentPort } = require('worker_threads');${PROGRAM}
parentPort.on('message', (job) => answer(job, (reply) => parentPort.postMessage(reply)));`;
const WEB_PROGRAM = `${PROGRAM}
self.onmessage = ({ data }) => answer(data, (reply) => self.postMessage(reply));`;

interface NodeThreads {
  readonly Worker: new (
    code: string,
    options: { eval: true },
  ) => {
    postMessage(message: unknown): void;
    on(event: string, handler: (value: never) => void): void;
    terminate(): Promise<number>;
  };
}

interface Globals {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly Blob?: new (parts: string[], options: { type: string }) => unknown;
  readonly URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void };
  readonly Worker?: new (
    url: string,
    options: { type: 'module' },
  ) => {
    postMessage(message: unknown): void;
    onmessage: ((event: { data: WorkerReply }) => void) | null;
    onerror: ((event: { message?: string }) => void) | null;
    terminate(): void;
  };
}

const globals = globalThis as unknown as Globals;

function openPort(): Port {
  const threads = globals.process?.getBuiltinModule?.('worker_threads') as NodeThreads | undefined;
  return threads ? nodePort(threads) : webPort();
}

function nodePort({ Worker }: NodeThreads): Port {
  const worker = new Worker(NODE_PROGRAM, { eval: true });
  return {
    post: (message) => worker.postMessage(message),
    onMessage(handler, fail) {
      worker.on('message', handler as (value: never) => void);
      worker.on('error', fail as (value: never) => void);
    },
    stop: () => void worker.terminate(),
  };
}

function webPort(): Port {
  if (!globals.Worker || !globals.Blob) throw failed('workers are not available here', 'no Worker constructor');
  const url = globals.URL.createObjectURL(new globals.Blob([WEB_PROGRAM], { type: 'text/javascript' }));
  const worker = new globals.Worker(url, { type: 'module' });
  return {
    post: (message) => worker.postMessage(message),
    onMessage(handler, fail) {
      worker.onmessage = ({ data }) => handler(data);
      worker.onerror = (event) => fail(new Error(event.message ?? 'the worker failed'));
    },
    stop() {
      worker.terminate();
      globals.URL.revokeObjectURL(url);
    },
  };
}

function failed(problem: string, got: string): GaiError {
  return refusal('ARGUMENT', {
    op: 'runManyInWorkers',
    problem,
    got,
    expected: 'a module that exports (seed, run, input) => number | number[]',
    fix: 'Correct the module, or use runMany.',
  });
}

/** How many runs a worker does between two messages. */
function chunkSize(runs: number, workers: number): number {
  return Math.max(1, Math.min(256, Math.ceil(runs / (workers * 4))));
}

/**
 * {@link runMany} on all cores: the experiment is a function a module exports, and every worker imports that module.
 *
 * Seeds depend on the run alone and results are added up in the order of runs, so the numbers equal those of
 * {@link runMany} to the last bit, whatever the number of workers. Works in Node (worker threads) and in browsers.
 *
 * @param options.module - URL of the module, for instance `import.meta.resolve('./experiment.js')`.
 * @param options.exportName - Default `'experiment'`: `(seed, run, input) => number | number[]`, or a promise of it.
 * @returns Mean and standard error of each number.
 * @throws ArgumentError if the module cannot be loaded or an experiment throws.
 * @example
 * import { runManyInWorkers } from '@gai/rl/tabular';
 * const module = 'data:text/javascript,export const experiment = (seed, run) => run * 2';
 * (await runManyInWorkers({ module, runs: 5, workers: 2 })).mean[0]; // => 4
 * @category Experiments
 * @since 0.1.0
 */
export async function runManyInWorkers(options: WorkerRunOptions): Promise<RunStatistics> {
  checkOptionNames('runManyInWorkers', options, ['module', 'exportName', 'input', 'workers', 'runs', 'seed']);
  const { runs, seed = 0, exportName = 'experiment', input, module } = options;
  const workers = Math.min(options.workers ?? Math.min(globals.navigator?.hardwareConcurrency ?? 4, 8), runs);
  checkInteger('runManyInWorkers', 'runs', [runs, 1, 100_000_000]);
  checkInteger('runManyInWorkers', 'workers', [workers, 1, 1024]);
  const chunk = chunkSize(runs, workers);
  const results = new Map<number, readonly (readonly number[])[]>();
  const ports: Port[] = [];
  let next = 0;
  try {
    await Promise.all(
      Array.from({ length: workers }, () => {
        const port = openPort();
        ports.push(port);
        return new Promise<void>((resolve, reject) => {
          const give = (): void => {
            if (next >= runs) return resolve();
            const from = next;
            next = Math.min(runs, next + chunk);
            const seeds = Array.from({ length: next - from }, (_, i) => runSeed(seed, from + i));
            port.post({ module: String(module), exportName, input, from, seeds });
          };
          port.onMessage((reply) => {
            if (reply.error !== undefined) return reject(failed('a run failed', reply.error));
            results.set(reply.from, reply.results ?? []);
            give();
          }, reject);
          give();
        });
      }),
    );
  } finally {
    for (const port of ports) port.stop();
  }
  const accumulator = new RunAccumulator();
  for (let from = 0; from < runs; from += chunk) for (const values of results.get(from)!) accumulator.add(values);
  return accumulator.statistics();
}
