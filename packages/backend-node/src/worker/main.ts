/** The program of the worker thread: takes requests in order and answers them. */
import { parentPort, workerData } from 'node:worker_threads';
import { internalError } from '@gai/core/backend';
import { WorkerHost } from './host.ts';
import { InFlight } from './in-flight.ts';
import type { Envelope, Reply, Request } from './protocol.ts';
import { sendError } from './sent-error.ts';

const port = parentPort;
if (port === null) throw internalError('the worker program was started as a program of its own.');
const host = new WorkerHost();

const inFlight = new InFlight(workerData as InFlight['cells']);

port.on('message', async ({ id, request }: Envelope) => {
  try {
    if (!inFlight.ending) await answer(id, request);
  } finally {
    inFlight.end();
  }
  if (request.op === 'close') port.close();
});

async function answer(id: number, request: Request): Promise<void> {
  try {
    const { value, transfer } = await host.handle(request);
    port!.postMessage({ id, value } satisfies Reply, transfer);
  } catch (error) {
    port!.postMessage({ id, error: sendError(error) } satisfies Reply);
  }
}
