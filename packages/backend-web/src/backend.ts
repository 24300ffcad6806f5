import { BackendError, firstLine, probeModel } from '@gai/core/backend';
import { openGpu } from './gpu/open-gpu.ts';
import { OnnxWebBackend } from './onnx-web-backend.ts';
import { resolveOptions } from './options.ts';
import type { ResolvedOptions, WebBackend, WebBackendOptions } from './options.ts';
import { platform } from './platform.ts';
import { StartError, openRuntime } from './runtime.ts';

/**
 * Makes the backend that runs graphs on onnxruntime-web: in a page, in a worker, and for tests in Node.
 *
 * Its `provider` is the one that really runs. WebGPU is used only after a small graph ran on it; where it does not
 * work, and where a page leaves WebAssembly one thread, the backend says so and goes on, or throws with `strict`.
 * The page must serve the WebAssembly files itself: `npx gai-backend-web public/ort` copies them.
 *
 * @param options.device - `auto` (default): WebGPU where a real GPU runs a graph, else WebAssembly. Or `webgpu`, `wasm`.
 * @param options.threads - Threads of WebAssembly. Default: up to 4 in a page that is cross-origin isolated on more
 *   than two processors, else 1.
 * @param options.wasmPaths - The folder of the site with the WebAssembly files. Default `/ort/`.
 * @param options.strict - Throws in place of doing with less; refuses graphs that a GPU cannot run alone. Default false.
 * @param options.maxSessions - Compiled graphs kept at most. Default 64.
 * @param options.onWarning - Is told what the backend does without. Default `console.warn`, once per message.
 * @returns The backend; hand it to `setDefaultBackend`.
 * @throws {@link BackendError} if the WebAssembly files are missing, or in strict mode if the device does not work.
 * @throws {@link ArgumentError} if an option is none of its values.
 * @example
 * const backend = await webBackend({ device: 'wasm' });
 * backend.provider; // => 'wasm'
 * await backend.dispose();
 * @category Backends
 * @since 0.1.0
 */
export async function webBackend(options: WebBackendOptions = {}): Promise<WebBackend> {
  const resolved = resolveOptions(options);
  if (resolved.device === 'wasm') return openWasm(resolved);
  const opened = await openWebGpu(resolved);
  if (opened instanceof OnnxWebBackend) return opened;
  const { device, strict, warn } = resolved;
  const problem = `webBackend: WebGPU does not work here. Got '${opened}'; expected a small graph to run on it.`;
  if (device === 'webgpu' && strict) {
    throw new BackendError(`${problem} Use 'auto' or 'wasm', or leave strict out.`, {
      op: 'webBackend',
      details: { device, reason: opened },
    });
  }
  warn(`${problem} It runs as WebAssembly.`);
  return openWasm(resolved);
}

async function openWasm(options: ResolvedOptions): Promise<WebBackend> {
  return new OnnxWebBackend(await openRuntime('wasm', options, 'wasm'), options, undefined);
}

/** The backend on a GPU that has run a graph, or why there is none. */
async function openWebGpu(options: ResolvedOptions): Promise<OnnxWebBackend | string> {
  const opened = await openGpu(platform.navigator?.gpu, options.device === 'webgpu');
  if ('reason' in opened) return opened.reason;
  const { device } = opened;
  try {
    const runtime = await openRuntime('webgpu', options, { name: 'webgpu', device: device as never });
    const backend = new OnnxWebBackend(runtime, options, device);
    const problem = await probe(backend);
    if (problem === undefined) return backend;
    await backend.dispose();
    return problem;
  } catch (error) {
    device.destroy();
    if (error instanceof StartError) return firstLine(error.cause);
    throw error;
  }
}

/** Runs a small graph; returns why it did not work, or undefined if it did. */
async function probe(backend: OnnxWebBackend): Promise<string | undefined> {
  try {
    const session = await backend.load(probeModel(), { inputs: ['x'], outputs: ['y'] });
    const [y] = await session.run([{ dtype: 'float32', shape: [4], data: Float32Array.of(1, 2, 3, 4) }]);
    const data = await y?.read();
    y?.dispose();
    await session.release();
    return String(data) === '2,4,6,8' ? undefined : `1,2,3,4 doubled is ${String(data)}`;
  } catch (error) {
    return firstLine(error);
  }
}
