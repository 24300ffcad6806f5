import { disposedBuffer } from '@gai/core/backend';
import type { DeviceBuffer, DType, TypedArray } from '@gai/core/backend';
import type { Tensor as RuntimeTensor } from 'onnxruntime-web/wasm';
import type { OnnxWebBackend } from '../onnx-web-backend.ts';
import type { Allocation } from './allocation.ts';
import type { GpuLink } from './gpu-link.ts';
import { lostBuffer } from './lost.ts';
import { readMemory } from './memory.ts';

/** A tensor on a GPU. It stays there between runs; what nobody disposes is freed when it is collected. */
export class GpuBuffer implements DeviceBuffer, Disposable {
  readonly backend: OnnxWebBackend;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly #link: GpuLink;
  #allocation: Allocation | undefined;

  constructor(backend: OnnxWebBackend, link: GpuLink, dtype: DType, allocation: Allocation) {
    this.backend = backend;
    this.dtype = dtype;
    this.shape = allocation.tensor.dims;
    this.#link = link;
    this.#allocation = allocation;
    link.collected.register(this, allocation, this);
  }

  get disposed(): boolean {
    return this.#allocation === undefined || this.backend.life.disposed;
  }

  /**
   * What a run takes.
   * @throws BackendError if it was disposed, or went with its GPU.
   */
  tensor(op: string): RuntimeTensor {
    return this.#present(op).tensor;
  }

  /** Refuses a use after the GPU was lost, and the tensor with it. */
  checkPresent(op: string): void {
    if (this.#link.lost !== undefined) throw lostBuffer(this, op, this.#link.lost);
  }

  async read(): Promise<TypedArray> {
    const { memory } = this.#present('read');
    const { dtype } = this;
    const count = this.shape.reduce((product, length) => product * length, 1);
    return this.backend.life.queue.add(async () => {
      this.checkPresent('read');
      try {
        return await readMemory(this.#link.device, memory, { dtype, count });
      } catch (error) {
        await this.#link.settled();
        this.checkPresent('read');
        throw error;
      }
    });
  }

  dispose(): void {
    if (this.#allocation === undefined) return;
    this.#link.collected.unregister(this);
    this.#link.free(this.#allocation);
    this.#allocation = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #present(op: string): Allocation {
    this.backend.life.checkAlive(op);
    if (this.#allocation === undefined) throw disposedBuffer(this, op);
    this.checkPresent(op);
    return this.#allocation;
  }
}
