import { openLocal } from './open-local.ts';
import { resolveOptions } from './options.ts';
import type { NodeBackend, NodeBackendOptions } from './options.ts';
import { WorkerBackend } from './worker/backend.ts';

/**
 * Makes the backend that runs graphs on onnxruntime-node.
 *
 * Use it in Node; in a page use `webBackend` from `@gai/backend-web`. Its `provider` is the one that really runs: a
 * device that does not work here is refused, never replaced in silence.
 *
 * @param options.device - `auto` (default): the first GPU that runs a graph, else the CPU. Or `cpu`, `webgpu`,
 * `cuda`, `dml`, `coreml`.
 * @param options.threads - Threads one operator may use. Default: the physical cores.
 * @param options.strict - Refuses graphs that a GPU cannot run alone. Default false.
 * @param options.worker - Runs graphs in a worker thread, so that the event loop stays free. Default false.
 * @param options.maxSessions - Compiled graphs kept at most. Default 64.
 * @param options.profile - Where the files with kernel times begin. Default: none are written.
 * @param options.telemetry - Whether ONNX Runtime may report to its makers. Default: no.
 * @returns The backend; hand it to `setDefaultBackend`.
 * @throws {@link BackendError} if the device is unknown or does not work, or the platform has no onnxruntime-node.
 * @throws {@link ArgumentError} if there is no such option, `threads` or `maxSessions` is not a whole number of at least 1, `telemetry` is not what
 * the first backend of the process had, or `worker` is asked for outside the main thread.
 * @example
 * const backend = await nodeBackend({ device: 'cpu', threads: 2 });
 * backend.provider; // => 'cpu'
 * await backend.dispose();
 * @category Backends
 * @since 0.1.0
 */
export async function nodeBackend(options: NodeBackendOptions = {}): Promise<NodeBackend> {
  const resolved = resolveOptions(options);
  return resolved.worker ? WorkerBackend.open(resolved) : openLocal(resolved);
}
