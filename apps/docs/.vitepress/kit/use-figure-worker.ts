import { withBase } from 'vitepress';
import { onBeforeUnmount } from 'vue';
import { workerCalls } from './worker-calls.ts';
import type { Port, WorkerCalls, WorkerFunctions } from './worker-calls.ts';

/** An address of this site, for a worker, whose own is another one. */
export const addressOf = (path: string): string =>
  new URL(withBase(path), (globalThis as unknown as { readonly location: { readonly href: string } }).location.href)
    .href;

/** Functions of a worker that loads its runtime from a folder of the site. */
export type FigureFunctions = WorkerFunctions & { readonly start: (wasmPaths: string) => Promise<void> };

/**
 * A worker that lives as long as the figure; its runtime is loaded at the first call of `started`.
 * @param make - In the figure itself, since bundlers look for `new Worker(new URL(…))`.
 */
export function useFigureWorker<Functions extends FigureFunctions>(
  make: () => Port,
): {
  readonly worker: WorkerCalls<Functions>;
  readonly started: () => Promise<void>;
} {
  const worker = workerCalls<Functions>(make);
  onBeforeUnmount(() => worker.end());
  return {
    worker,
    started: () => (worker as unknown as WorkerCalls<FigureFunctions>).call('start', addressOf('/ort/')),
  };
}
