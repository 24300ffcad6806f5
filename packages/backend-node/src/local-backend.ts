import {
  HostBuffer,
  Lifetime,
  extraSettings,
  hostTensor,
  readExternal,
  resultDType,
  wrapRuntimeError,
} from '@gai/core/backend';
import type { Capabilities, DeviceBuffer, HostTensor, Session, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { TraceFolder } from './trace-folder.ts';
import { locateFile } from './locate-file.ts';
import type { NodeBackend, ResolvedOptions } from './options.ts';
import type { Runtime } from './runtime.ts';
import { LocalSession } from './session.ts';
import { fileStorage } from './storage/file-storage.ts';

/** What was found out about the device. */
export interface Device {
  readonly provider: string;
  readonly capabilities: Partial<Capabilities>;
}

/** The backend in this thread. */
export class LocalBackend implements NodeBackend {
  readonly name = 'node';
  readonly worker = false;
  readonly device: string;
  readonly provider: string;
  readonly capabilities: Partial<Capabilities>;
  readonly threads: number;
  readonly maxSessions: number;
  readonly storage = fileStorage;
  readonly inHostMemory: boolean;
  readonly runtime: Runtime;
  readonly life = new Lifetime('nodeBackend');
  readonly #strict: boolean;
  readonly #profile: string;
  #profiles = 0;

  constructor(runtime: Runtime, { provider, capabilities }: Device, options: ResolvedOptions) {
    this.runtime = runtime;
    this.device = provider;
    // Elsewhere a Split into many parts costs more than the inputs.
    this.inHostMemory = provider === 'cpu';
    this.provider = provider;
    this.capabilities = capabilities;
    this.threads = options.threads;
    this.maxSessions = options.maxSessions;
    this.#strict = options.strict;
    this.#profile = options.profile;
  }

  async load(model: Uint8Array, options: SessionOptions): Promise<Session> {
    this.life.checkAlive('load');
    const external = await readExternal(options.externalData);
    return this.life.queue.add(() => this.#load(model, options, external));
  }

  locate(path: string): { folder: string; location: string } {
    return locateFile(path);
  }

  upload(tensor: HostTensor): DeviceBuffer {
    this.life.checkAlive('upload');
    return new HostBuffer(this, tensor.dtype, this.wrap(tensor, 'upload'));
  }

  dispose(): Promise<void> {
    return this.life.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** The runtime's tensor over data of the host. */
  wrap(tensor: HostTensor, op: 'run' | 'upload'): RuntimeTensor {
    return hostTensor<RuntimeTensor>(this.runtime, tensor, op);
  }

  /** Wraps what a run gave. */
  adopt(tensor: RuntimeTensor): DeviceBuffer {
    return new HostBuffer(this, resultDType(tensor), tensor, true);
  }

  async #load(
    model: Uint8Array,
    options: SessionOptions,
    external: ReadonlyMap<string, Uint8Array> | undefined,
  ): Promise<Session> {
    const traces = options.profile === true ? new TraceFolder() : undefined;
    try {
      const session = await this.#create(model, this.#sessionOptions(options, external, traces), options.describe);
      return await this.#adopt(session, options, traces);
    } catch (error) {
      traces?.remove();
      throw error;
    }
  }

  async #adopt(session: InferenceSession, options: SessionOptions, traces?: TraceFolder): Promise<Session> {
    try {
      // Without the weights: the session has its own, and these would be kept as long as it.
      const { inputs, outputs, describe } = options;
      const loaded = new LocalSession(this, session, { inputs, outputs, describe, traces });
      this.life.add(loaded);
      return loaded;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  async #create(
    model: Uint8Array,
    options: InferenceSession.SessionOptions,
    describe: SessionOptions['describe'],
  ): Promise<InferenceSession> {
    try {
      return await this.runtime.InferenceSession.create(model, options);
    } catch (error) {
      throw wrapRuntimeError(error, 'load', describe);
    }
  }

  #sessionOptions(
    { externalFolder, sizesOnHost, compact }: SessionOptions,
    external: ReadonlyMap<string, Uint8Array> | undefined,
    traces: TraceFolder | undefined,
  ): InferenceSession.SessionOptions {
    const isTraced = traces !== undefined || this.#profile !== '';
    const gpu = this.provider !== 'cpu';
    return {
      executionProviders: gpu && !this.#strict ? [this.provider, 'cpu'] : [this.provider],
      graphOptimizationLevel: 'basic',
      intraOpNumThreads: this.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 4,
      // What a provider lacks is refused before; this only checks it, and cannot where a graph computes sizes.
      extra: extraSettings({ alone: gpu && this.#strict && sizesOnHost !== true, compact, externalFolder }),
      ...(isTraced && {
        enableProfiling: true,
        // The time in a file's name has seconds only.
        profileFilePrefix: traces?.prefix ?? `${this.#profile}-${this.#profiles++}`,
      }),
      ...(external && { externalData: [...external].map(([path, data]) => ({ path, data })) }),
    };
  }
}
