import {
  RunQueue,
  disposedBackend,
  dtypeOfRuntimeType,
  extraSettings,
  internalError,
  wrapRuntimeError,
} from '@gai/core/backend';
import type { Capabilities, DeviceBuffer, HostTensor, Session, SessionOptions } from '@gai/core/backend';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { CpuBuffer } from './buffer.ts';
import { hostTensor } from './host-tensor.ts';
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
  readonly runtime: Runtime;
  readonly queue = new RunQueue();
  readonly #strict: boolean;
  readonly #profile: string;
  #profiles = 0;
  readonly #sessions = new Set<LocalSession>();
  #disposed: Promise<void> | undefined;

  constructor(runtime: Runtime, { provider, capabilities }: Device, options: ResolvedOptions) {
    this.runtime = runtime;
    this.device = provider;
    this.provider = provider;
    this.capabilities = capabilities;
    this.threads = options.threads;
    this.maxSessions = options.maxSessions;
    this.#strict = options.strict;
    this.#profile = options.profile;
  }

  async load(model: Uint8Array, options: SessionOptions): Promise<Session> {
    this.checkAlive('load');
    return this.queue.add(() => this.#load(model, options));
  }

  upload(tensor: HostTensor): DeviceBuffer {
    this.checkAlive('upload');
    return new CpuBuffer(this, tensor.dtype, hostTensor(this.runtime, tensor, 'upload'));
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#releaseAll();
    return this.#disposed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Wraps what a run gave. */
  adopt(tensor: RuntimeTensor): DeviceBuffer {
    const dtype = dtypeOfRuntimeType(tensor.type);
    if (dtype === undefined) throw internalError(`a run gave a tensor of type ${tensor.type}.`);
    return new CpuBuffer(this, dtype, tensor, true);
  }

  /** True once {@link dispose} was called. */
  get disposed(): boolean {
    return this.#disposed !== undefined;
  }

  /** Refuses work after {@link dispose}. */
  checkAlive(op: string): void {
    if (this.#disposed !== undefined) throw disposedBackend(op, 'nodeBackend');
  }

  /** A session calls this when it is released. */
  forget(session: LocalSession): void {
    this.#sessions.delete(session);
  }

  async #load(model: Uint8Array, options: SessionOptions): Promise<Session> {
    const session = await this.#create(model, options);
    try {
      const loaded = new LocalSession(this, session, options);
      this.#sessions.add(loaded);
      return loaded;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  async #create(model: Uint8Array, options: SessionOptions): Promise<InferenceSession> {
    try {
      return await this.runtime.InferenceSession.create(model, this.#sessionOptions(options));
    } catch (error) {
      throw wrapRuntimeError(error, 'load', options.describe);
    }
  }

  /** Last in the queue: what was asked for before is done then. */
  async #releaseAll(): Promise<void> {
    await this.queue.add(() => undefined);
    await Promise.all([...this.#sessions].map((session) => session.release()));
  }

  #sessionOptions({ externalData, sizesOnHost, compact }: SessionOptions): InferenceSession.SessionOptions {
    const gpu = this.provider !== 'cpu';
    return {
      executionProviders: gpu && !this.#strict ? [this.provider, 'cpu'] : [this.provider],
      graphOptimizationLevel: 'basic',
      intraOpNumThreads: this.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 4,
      // What a provider lacks is refused before; this only checks it, and cannot where a graph computes sizes.
      extra: extraSettings({ alone: gpu && this.#strict && sizesOnHost !== true, compact }),
      ...(this.#profile !== '' && {
        enableProfiling: true,
        // The time in a file's name has seconds only.
        profileFilePrefix: `${this.#profile}-${this.#profiles++}`,
      }),
      ...(externalData && { externalData: [...externalData].map(([path, data]) => ({ path, data })) }),
    };
  }
}
