import { describeValue } from '../argument.ts';
import { BackendError } from '../errors.ts';
import type { Backend } from '../backend/backend.ts';

let backend: Backend | undefined;

/**
 * Chooses what runs graphs from now on; undefined: nothing.
 * @throws {@link BackendError} for what is no backend, such as the promise of one.
 * @example
 * setDefaultBackend(await nodeBackend());
 * getDefaultBackend().name; // => 'node'
 * @category Backends
 */
export function setDefaultBackend(next: Backend | undefined): void {
  if (next !== undefined && typeof (next as Partial<Backend> | null)?.load !== 'function') throw noBackend(next);
  backend = next;
}

function noBackend(value: unknown): BackendError {
  const isPromise = typeof (value as { readonly then?: unknown } | null)?.then === 'function';
  return new BackendError(
    `setDefaultBackend: not a backend. Got ${isPromise ? 'a promise' : describeValue(value)}; expected a backend. ` +
      (isPromise
        ? 'Await it: setDefaultBackend(await nodeBackend()).'
        : 'Make one with await nodeBackend() or await webBackend().'),
    { op: 'setDefaultBackend' },
  );
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
