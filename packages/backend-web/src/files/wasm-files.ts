import { ArgumentError, BackendError, firstLine } from '@gai/core/backend';
import type { Flavour } from '../runtime.ts';
import { isNode } from '../platform.ts';
import type { Platform } from '../platform.ts';

/** The files of onnxruntime-web that a page loads at run time, for each way to run. */
export const WASM_FILES = {
  wasm: ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'],
  webgpu: ['ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'],
} as const satisfies Record<Flavour, readonly [string, string]>;

/** Where they are looked for if nothing is said. */
export const DEFAULT_FOLDER = '/ort/';

/**
 * The URL of the folder with the files, with a slash at its end; undefined in Node, where the package finds its own.
 * @throws ArgumentError if it is no URL.
 */
export function wasmFolder(wasmPaths: string | URL | undefined, scope: Platform): string | undefined {
  if (isNode(scope) && wasmPaths === undefined) return undefined;
  const path = String(wasmPaths ?? DEFAULT_FOLDER);
  // A worker made of a blob has an origin, but its address is no base for others.
  const here = scope.document?.baseURI ?? scope.location?.href;
  const base = here?.startsWith('blob:') === true ? scope.location?.origin : here;
  try {
    return new URL(path.endsWith('/') ? path : `${path}/`, base).href;
  } catch (cause) {
    throw new ArgumentError(
      `webBackend: wasmPaths is no address. Got '${path}'; expected a folder such as '${DEFAULT_FOLDER}', or a whole ` +
        'URL where the script has no address of its own. Say where the files of onnxruntime-web are.',
      { op: 'webBackend', details: { wasmPaths: path }, cause },
    );
  }
}

/**
 * Looks whether the files are there before the runtime does: its own failure would name no file, and could not be
 * tried again.
 * @throws BackendError that names the files and where to put them.
 */
export async function checkWasmFiles(flavour: Flavour, folder: string, load: typeof fetch = fetch): Promise<void> {
  for (const file of WASM_FILES[flavour]) {
    const problem = await problemWith(folder + file, load);
    if (problem !== undefined) throw missingFiles(flavour, folder, `${problem} for ${file}`);
  }
}

async function problemWith(url: string, load: typeof fetch): Promise<string | undefined> {
  try {
    const { ok, status, headers } = await load(url, { method: 'HEAD' });
    if (status === 405 || status === 501) return undefined; // a server without HEAD: nothing learnt
    if (!ok) return `HTTP status ${status}`;
    // Servers of single-page apps answer every unknown address with the app.
    return headers.get('content-type')?.startsWith('text/html') === true ? 'a page (text/html)' : undefined;
  } catch (error) {
    return `'${firstLine(error)}'`;
  }
}

function missingFiles(flavour: Flavour, folder: string, got: string): BackendError {
  const files = WASM_FILES[flavour];
  return new BackendError(
    `webBackend: the WebAssembly files of ONNX Runtime are not where the page looks for them. Got ${got}; expected ` +
      `${files.join(' and ')} in ${folder}. Copy them into the folder that your site serves there, for example ` +
      'npx gai-backend-web public/ort, or say where they are: webBackend({ wasmPaths }).',
    { op: 'webBackend', details: { folder, files, got } },
  );
}
