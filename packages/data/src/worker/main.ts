// The program of a worker of `workerMap`: loads the function, then changes batches one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { mapRandom } from '../map-random.ts';
import { buffersOf } from './protocol.ts';
import type { MapModule, MapReply, MapRequest } from './protocol.ts';

type AnyBatch = Readonly<Record<string, unknown>>;
type AnyMap = (batch: AnyBatch, context: object) => AnyBatch | Promise<AnyBatch>;

const port = parentPort!;
const { module, name } = workerData as MapModule;
const loaded = load();
loaded.catch(() => undefined); // every request tells of it

async function load(): Promise<AnyMap> {
  const found: unknown = ((await import(module)) as Record<string, unknown>)[name];
  if (typeof found === 'function') return found as AnyMap;
  throw new TypeError(`the module exports no function '${name}'`);
}

async function answer({ id, batch, epoch, index, seed }: MapRequest): Promise<void> {
  try {
    const map = await loaded;
    const changed = await map(batch, { epoch, index, seed, random: mapRandom(seed, epoch, index) });
    port.postMessage({ id, batch: changed } satisfies MapReply, buffersOf(changed));
  } catch (error) {
    const sent = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ id, error: { message: sent.message, stack: sent.stack } } satisfies MapReply);
  }
}

port.on('message', (request: MapRequest) => void answer(request));
