import { BackendError } from '@gai/core/backend';
import type { ResolvedOptions } from './options.ts';
import { isNode } from './platform.ts';
import type { Platform } from './platform.ts';

/** More threads than this rarely help the sizes of graphs that run in pages. */
const MOST_THREADS = 4;

/** With so few, a second thread waits for the page more often than it helps: an MLP's steps take up to twice as long. */
const FEW_CORES = 2;

const NOT_ISOLATED =
  'the page is not cross-origin isolated, so WebAssembly runs on one thread. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: ' +
  'require-corp for more.';

/**
 * How many threads WebAssembly may use here. Says so if a page that is not isolated leaves it one.
 * @throws BackendError in strict mode, if they are fewer than asked for.
 */
export function decideThreads({ threads, strict, warn }: ResolvedOptions, scope: Platform): number {
  const one = (why: string): number => {
    if (threads !== undefined && threads > 1) fewerThreads({ wanted: threads, got: 1, why }, { strict, warn });
    return 1;
  };
  if (isNode(scope)) return one('in Node onnxruntime-web runs on one thread; @gai/backend-node has more.');
  if (scope.crossOriginIsolated === true) {
    const cores = scope.navigator?.hardwareConcurrency ?? 1;
    return threads ?? (cores <= FEW_CORES ? 1 : Math.min(MOST_THREADS, cores));
  }
  if (threads === undefined) warn(`webBackend: ${NOT_ISOLATED}`);
  return one(NOT_ISOLATED);
}

/** Warns that there are fewer threads than asked for, or throws in strict mode. */
export function fewerThreads(
  { wanted, got, why }: { wanted: number; got: number; why: string },
  { strict, warn }: Pick<ResolvedOptions, 'strict' | 'warn'>,
): void {
  const message = `webBackend: cannot have that many threads. Got threads ${wanted}; expected at most ${got}: ${why}`;
  if (strict) throw new BackendError(message, { op: 'webBackend', details: { threads: wanted, most: got } });
  warn(`${message} It runs with ${got}.`);
}
