import { ArgumentError, checkOptionNames } from '@gai/core/backend';
import type { Backend } from '@gai/core/backend';

/**
 * What {@link webBackend} takes as `device`: `auto` is WebGPU where a real GPU runs a graph, else WebAssembly.
 * @category Backends
 */
export type WebDevice = 'auto' | 'webgpu' | 'wasm';

/**
 * Settings of {@link webBackend}.
 * @category Backends
 */
export interface WebBackendOptions {
  /** Where graphs run. Default `auto`. */
  readonly device?: WebDevice | undefined;
  /**
   * Threads of WebAssembly. Default: the logical processors, at most 4, if the page is cross-origin isolated and there
   * are more than two; else 1. The first backend of a page decides.
   */
  readonly threads?: number | undefined;
  /**
   * The folder of your own site that holds ONNX Runtime's WebAssembly files, relative to the page. Default `/ort/`. In
   * Node they are found by themselves.
   */
  readonly wasmPaths?: string | URL | undefined;
  /** Throws where the backend would make do with less than was asked for. Default false: it warns. */
  readonly strict?: boolean | undefined;
  /** Compiled graphs kept at most; the least recently used goes first. Default 64. */
  readonly maxSessions?: number | undefined;
  /** Is told what the backend makes do without. Default: `console.warn`, once per message. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * The backend {@link webBackend} gives: a {@link Backend} that can be declared with `await using`.
 * @category Backends
 */
export interface WebBackend extends Backend, AsyncDisposable {
  readonly provider: 'wasm' | 'webgpu';
  /** Threads of WebAssembly that are really used. */
  readonly threads: number;
}

/** The options with their defaults. */
export interface ResolvedOptions {
  readonly device: WebDevice;
  readonly threads: number | undefined;
  readonly wasmPaths: string | URL | undefined;
  readonly strict: boolean;
  readonly maxSessions: number;
  readonly warn: (message: string) => void;
}

const DEVICES: readonly string[] = ['auto', 'webgpu', 'wasm'] satisfies WebDevice[];

const NAMES = [
  'device',
  'threads',
  'wasmPaths',
  'strict',
  'maxSessions',
  'onWarning',
] as const satisfies readonly (keyof WebBackendOptions)[];

/** Fills in defaults; refuses names that are none, and values that make no sense. */
export function resolveOptions(options: WebBackendOptions): ResolvedOptions {
  checkOptionNames('webBackend', options, NAMES);
  const { device = 'auto', threads, wasmPaths, strict = false, maxSessions = 64, onWarning = warnOnce } = options;
  if (!DEVICES.includes(device)) throw unknownDevice(device);
  if (threads !== undefined) checkCount('threads', threads);
  checkCount('maxSessions', maxSessions);
  return { device, threads, wasmPaths, strict, maxSessions, warn: onWarning };
}

const warned = new Set<string>();

function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(message);
}

function checkCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new ArgumentError(
    `webBackend: ${name} is not a count. Got ${value}; expected a whole number of at least 1. ` +
      'Leave it out for the default.',
    { op: 'webBackend', details: { [name]: value } },
  );
}

function unknownDevice(wanted: string): ArgumentError {
  const node = ['cpu', 'cuda', 'dml', 'coreml'].includes(wanted);
  return new ArgumentError(
    `webBackend: unknown device. Got '${wanted}'; expected one of ${DEVICES.join(', ')}. ` +
      (node ? `For ${wanted} use nodeBackend from @gai/backend-node.` : "Use 'auto' to let it choose."),
    { op: 'webBackend', details: { device: wanted, known: DEVICES } },
  );
}
