import {
  HostBuffer,
  Lifetime,
  wasmCapabilities,
  extraSettings,
  hostTensor,
  readExternal,
  runtimeType,
  wrapRuntimeError,
} from '@gai/core/backend';
import type { Capabilities, DeviceBuffer, HostTensor, Session, SessionOptions, Storage } from '@gai/core/backend';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web/wasm';
import { gpuCapabilities } from './gpu/capabilities.ts';
import { Allocation } from './gpu/allocation.ts';
import { GpuBuffer } from './gpu/gpu-buffer.ts';
import { GpuLink } from './gpu/gpu-link.ts';
import { lostDevice } from './gpu/lost.ts';
import { fitsGpu, writeMemory } from './gpu/memory.ts';
import { openGpu } from './gpu/open-gpu.ts';
import type { ResolvedOptions, WebBackend } from './options.ts';
import { platform } from './platform.ts';
import type { GpuDevice } from './platform.ts';
import type { Runtime } from './runtime.ts';
import { WebSession } from './session.ts';
import { opfsStorage } from './storage/opfs-storage.ts';

/** The backend on one build of onnxruntime-web: WebAssembly, or with a device WebGPU. */
export class OnnxWebBackend implements WebBackend {
  readonly name = 'web';
  readonly provider: 'wasm' | 'webgpu';
  readonly capabilities: Partial<Capabilities>;
  readonly threads: number;
  readonly maxSessions: number;
  readonly storage: Storage | undefined;
  readonly inHostMemory: boolean;
  readonly runtime: Runtime;
  readonly life: Lifetime;
  readonly #options: ResolvedOptions;
  #gpu: GpuLink | undefined;
  #generation = 0;

  constructor(runtime: Runtime, options: ResolvedOptions, device: GpuDevice | undefined) {
    this.runtime = runtime;
    this.life = new Lifetime('webBackend', runtime.queue);
    this.provider = device === undefined ? 'wasm' : 'webgpu';
    this.capabilities = device === undefined ? wasmCapabilities : gpuCapabilities(device, options.strict);
    // 150 small weights of a `jit` function take 0.45 of the time when they go in together.
    this.inHostMemory = device === undefined;
    this.threads = runtime.threads;
    this.maxSessions = options.maxSessions;
    this.storage = opfsStorage(platform);
    this.#options = options;
    if (device !== undefined) this.#gpu = this.#link(device);
  }

  get device(): string {
    return this.provider;
  }

  /** The GPU in use. */
  get gpu(): GpuLink | undefined {
    return this.#gpu;
  }

  /** Which GPU device is in use: counts those that were lost before it. */
  get generation(): number {
    return this.#generation;
  }

  async load(model: Uint8Array, options: SessionOptions): Promise<Session> {
    this.life.checkAlive('load');
    let external = await readExternal(options.externalData);
    return this.life.queue.add(async () => {
      await this.ready('load');
      const compile = (): Promise<InferenceSession> => this.#compile(model, options, external);
      const session = await compile();
      // Only a GPU can be lost, and its sessions be compiled again.
      if (this.#gpu === undefined) external = undefined;
      try {
        const loaded = new WebSession(this, session, compile, { ...options, externalData: undefined });
        this.life.add(loaded);
        return loaded;
      } catch (error) {
        await session.release();
        throw error;
      }
    });
  }

  upload(tensor: HostTensor): DeviceBuffer {
    this.life.checkAlive('upload');
    const { ort } = this.runtime;
    const onHost = this.wrap(tensor, 'upload');
    const gpu = this.#gpu;
    if (gpu === undefined || gpu.lost !== undefined || tensor.data.length === 0 || !fitsGpu(tensor.dtype)) {
      return new HostBuffer(this, tensor.dtype, onHost);
    }
    const memory = writeMemory(gpu.device, tensor);
    const onGpu = ort.Tensor.fromGpuBuffer(memory as never, {
      dataType: runtimeType(tensor.dtype, 'upload') as 'float32',
      dims: tensor.shape,
    });
    return new GpuBuffer(this, gpu, tensor.dtype, new Allocation(onGpu));
  }

  dispose(): Promise<void> {
    return this.life.dispose(() => this.#gpu?.device.destroy());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** The runtime's tensor over data of the host. */
  wrap(tensor: HostTensor, op: 'run' | 'upload'): RuntimeTensor {
    return hostTensor<RuntimeTensor>(this.runtime.ort, tensor, op);
  }

  /**
   * Replaces a lost GPU, once.
   * @throws BackendError if that fails, or if the second one is lost too.
   */
  async ready(op: string): Promise<void> {
    const reason = this.#gpu?.lost;
    if (reason === undefined) return;
    if (this.#generation > 0) throw lostDevice(op, reason);
    const opened = await openGpu(platform.navigator?.gpu, true);
    if ('reason' in opened) throw lostDevice(op, opened.reason);
    this.#generation += 1;
    this.#gpu = this.#link(opened.device);
  }

  #link(device: GpuDevice): GpuLink {
    return new GpuLink(device, this.life.queue, (reason) => {
      if (this.life.disposed) return;
      this.#options.warn(
        `webBackend: the GPU was lost (${reason}). Tensors on it are gone; ` +
          (this.#generation === 0 ? 'the next run gets a new device.' : 'it was the second one, so this is the end.'),
      );
    });
  }

  async #compile(
    model: Uint8Array,
    options: SessionOptions,
    external: ReadonlyMap<string, Uint8Array> | undefined,
  ): Promise<InferenceSession> {
    const create = (location: InferenceSession.SessionOptions['preferredOutputLocation']): Promise<InferenceSession> =>
      this.runtime.ort.InferenceSession.create(model, this.#sessionOptions(options, location, external));
    try {
      if (this.#gpu === undefined) return await create(undefined);
      const session = await create('gpu-buffer');
      const outputs = session.outputMetadata.filter((meta) => meta.isTensor);
      if (outputs.every(({ type }) => fitsGpu(type))) return session;
      await session.release();
      // Dtypes that no GPU has are computed on the CPU, and stay there.
      return await create(
        Object.fromEntries(outputs.map(({ name, type }) => [name, fitsGpu(type) ? 'gpu-buffer' : 'cpu'])),
      );
    } catch (error) {
      throw wrapRuntimeError(error, 'load', options.describe);
    }
  }

  #sessionOptions(
    { sizesOnHost, compact, profile }: SessionOptions,
    location: InferenceSession.SessionOptions['preferredOutputLocation'],
    external: ReadonlyMap<string, Uint8Array> | undefined,
  ): InferenceSession.SessionOptions {
    const device = this.#gpu?.device as never;
    return {
      executionProviders: this.#gpu === undefined ? ['wasm'] : [{ name: 'webgpu', device }],
      graphOptimizationLevel: 'basic',
      executionMode: 'sequential',
      logSeverityLevel: 4,
      ...(location !== undefined && { preferredOutputLocation: location }),
      // What the provider lacks is refused before; this only checks it, and cannot where a graph computes sizes.
      extra: extraSettings({ alone: this.#gpu !== undefined && this.#options.strict && sizesOnHost !== true, compact }),
      ...(profile === true && { enableProfiling: true }),
      ...(external && { externalData: [...external].map(([path, data]) => ({ path, data })) }),
    };
  }
}
