import { setDefaultBackend } from '@gai/core';
import { webBackend } from '@gai/backend-web';

let opened: Promise<void> | undefined;

/**
 * Makes WebAssembly on one thread the backend of the page, or of the worker that asks, at the first call: what figures compute is small, and the site
 * needs no special headers for it.
 * @param wasmPaths - The folder of the site with ONNX Runtime's files.
 */
export function openBackend(wasmPaths: string): Promise<void> {
  opened ??= webBackend({ device: 'wasm', threads: 1, wasmPaths }).then(setDefaultBackend);
  // A page that was offline may try again.
  opened.catch(() => (opened = undefined));
  return opened;
}
