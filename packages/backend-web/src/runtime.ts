import { BackendError, RunQueue, firstLine, probeModel } from '@gai/core/backend';
import type { InferenceSession } from 'onnxruntime-web/wasm';
import { checkWasmFiles, wasmFolder } from './files/wasm-files.ts';
import type { ResolvedOptions } from './options.ts';
import { withPrinter } from './printed.ts';
import { platform } from './platform.ts';
import { decideThreads, fewerThreads } from './threads.ts';

/** The two builds of onnxruntime-web: the small one without a GPU, and the one with WebGPU. */
export type Flavour = 'wasm' | 'webgpu';

/** The module `onnxruntime-web`, which has the same names in both builds. */
export type Ort = typeof import('onnxruntime-web/wasm');

/** A build of onnxruntime-web that has loaded its WebAssembly: one per page, whatever the number of backends. */
export interface Runtime {
  readonly ort: Ort;
  readonly threads: number;
  /** Sessions of one module must not run at the same time. */
  readonly queue: RunQueue;
}

/** The WebAssembly is there, but does not start, or not with the device it was given. */
export class StartError extends BackendError {}

const loading = new Map<Flavour, Promise<Runtime>>();

/**
 * The build of onnxruntime-web, loaded at the first call.
 * @param provider - How a first session is made, which is what loads the WebAssembly.
 * @throws BackendError if the files are missing, or the WebAssembly does not start.
 */
export async function openRuntime(
  flavour: Flavour,
  options: ResolvedOptions,
  provider: InferenceSession.ExecutionProviderConfig,
): Promise<Runtime> {
  const before = loading.get(flavour);
  if (before !== undefined) return sameThreads(await before, options);
  const opened = load(flavour, options, provider);
  loading.set(flavour, opened);
  // The module cannot be started twice, so that failure stays; files that were missing may come.
  opened.catch((error: unknown) => error instanceof StartError || loading.delete(flavour));
  return opened;
}

/** The threads of a page are those of its first backend. */
function sameThreads(runtime: Runtime, options: ResolvedOptions): Runtime {
  const wanted = decideThreads(options, platform);
  const got = runtime.threads;
  if (options.threads !== undefined && wanted > got) {
    const why = 'another backend of this page has started the WebAssembly already. Ask for threads in the first one.';
    fewerThreads({ wanted, got, why }, options);
  }
  return runtime;
}

async function load(
  flavour: Flavour,
  options: ResolvedOptions,
  provider: InferenceSession.ExecutionProviderConfig,
): Promise<Runtime> {
  const threads = decideThreads(options, platform);
  const folder = wasmFolder(options.wasmPaths, platform);
  if (folder?.startsWith('http') === true) await checkWasmFiles(flavour, folder);
  const ort: Ort = await (flavour === 'wasm' ? import('onnxruntime-web/wasm') : import('onnxruntime-web/webgpu'));
  ort.env.logLevel = 'fatal'; // errors reach the caller
  ort.env.wasm.numThreads = threads;
  if (folder !== undefined) ort.env.wasm.wasmPaths = folder;
  try {
    await withPrinter(async () => {
      const session = await ort.InferenceSession.create(probeModel(), { executionProviders: [provider] });
      await session.release();
    });
  } catch (cause) {
    const where = folder === undefined ? '' : ` with the files in ${folder}`;
    throw new StartError(
      `webBackend: ONNX Runtime's WebAssembly did not start. Got '${firstLine(cause)}'${where}; expected the files of ` +
        'onnxruntime-web 1.30.0 and a browser with WebAssembly SIMD. Copy the files anew with npx gai-backend-web, ' +
        'look at the network tab, and load the page anew.',
      { op: 'webBackend', details: { flavour, folder }, cause },
    );
  }
  return { ort, threads, queue: new RunQueue() };
}
