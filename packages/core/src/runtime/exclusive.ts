import type { Backend } from '../backend/backend.ts';

const ends = new WeakMap<Backend, Promise<unknown>>();

/**
 * Runs tasks that change variables one after the other, in the order they were asked for: each begins when the one
 * before it has committed (or failed), and so sees what that one has assigned.
 */
export function exclusively<R>(backend: Backend, task: () => Promise<R>): Promise<R> {
  const run = (ends.get(backend) ?? Promise.resolve()).then(task);
  // A failure is for whoever asked for the task; the next one begins all the same.
  const settled = run.then(
    () => undefined,
    () => undefined,
  );
  ends.set(backend, settled);
  return run;
}
