import { BackendError } from '../errors.ts';
import type { Backend } from '../backend/backend.ts';

let backend: Backend | undefined;

/**
 * Chooses what runs graphs from now on.
 * @example
 * setDefaultBackend(await nodeBackend());
 * getDefaultBackend().name; // => 'node'
 * @category Backends
 */
export function setDefaultBackend(next: Backend | undefined): void {
  backend = next;
}

/**
 * What runs graphs.
 * @throws {@link BackendError} if none was chosen; the message has the line to write.
 * @category Backends
 */
export function getDefaultBackend(): Backend {
  if (backend !== undefined) return backend;
  throw new BackendError(
    `no backend: nothing is set that could run a graph. Got a read before setDefaultBackend; expected a backend. ` +
      `In Node: npm install @gai/backend-node, then setDefaultBackend(await nodeBackend()). ` +
      `In a page: npm install @gai/backend-web, then setDefaultBackend(await webBackend()).`,
    { op: 'getDefaultBackend' },
  );
}
