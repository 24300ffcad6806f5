// The program of one worker of a WorkerVectorEnv: makes its envs, then answers requests in order.
import type { Env } from '../env.ts';
import { make } from '../registry.ts';
import { EnvSlice } from './env-slice.ts';
import { workerThreads, type EnvSource, type WorkerAnswer, type WorkerRequest } from './protocol.ts';

interface Channel {
  send(answer: WorkerAnswer): void;
  listen(listener: (request: WorkerRequest) => void): void;
}

interface WebWorkerScope {
  postMessage(answer: WorkerAnswer): void;
  addEventListener(type: 'message', listener: (event: { data: WorkerRequest }) => void): void;
}

function openChannel(): Channel {
  const port = workerThreads()?.parentPort;
  if (port) return { send: (answer) => port.postMessage(answer), listen: (listener) => port.on('message', listener) };
  const scope = globalThis as unknown as WebWorkerScope;
  return {
    send: (answer) => scope.postMessage(answer),
    listen: (listener) => scope.addEventListener('message', ({ data }) => listener(data)),
  };
}

async function makeEnv({ id, module, exportName = 'default', options = {} }: EnvSource): Promise<Env> {
  const loaded = module === undefined ? {} : ((await import(module)) as Record<string, unknown>);
  if (id !== undefined) return make(id, options);
  const create = loaded[exportName];
  if (typeof create !== 'function') throw new Error(`WorkerVectorEnv: ${module} exports no function ${exportName}.`);
  return (create as (options: object) => Env)(options);
}

let slice: EnvSlice | undefined;

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  if (request.kind === 'open') {
    const envs: Env[] = [];
    for (let index = 0; index < request.count; index++) envs.push(await makeEnv(request.source));
    slice = new EnvSlice(envs, request.mode);
    return { kind: 'done' };
  }
  if (slice === undefined) throw new Error('internal: a worker was used before it was opened. Please open an issue.');
  if (request.kind === 'reset')
    return { kind: 'records', records: slice.reset(request.seeds, request.mask, request.options) };
  if (request.kind === 'step') return { kind: 'records', records: slice.step(request.actions) };
  slice.close();
  return { kind: 'done' };
}

const channel = openChannel();
let queue: Promise<void> = Promise.resolve();
channel.listen((request) => {
  queue = queue.then(async () => {
    try {
      channel.send(await answer(request));
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
      channel.send({ kind: 'error', message, stack });
    }
  });
});
