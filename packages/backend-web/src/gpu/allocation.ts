import type { Tensor as RuntimeTensor } from 'onnxruntime-web/wasm';
import type { GpuMemory } from '../platform.ts';

/** The GPU memory of one tensor. A run's outputs belong to their session for as long as that lives. */
export class Allocation {
  readonly tensor: RuntimeTensor;
  #session: Set<Allocation> | undefined;

  /**
   * @param session - The outputs of the session that made it; undefined for uploaded data.
   */
  constructor(tensor: RuntimeTensor, session?: Set<Allocation>) {
    this.tensor = tensor;
    this.#session = session;
    session?.add(this);
  }

  get memory(): GpuMemory {
    return this.tensor.gpuBuffer as unknown as GpuMemory;
  }

  /** Gives the memory back to the session, which uses it again; else to the device. */
  free(): void {
    if (this.#session === undefined) return this.memory.destroy();
    this.#session.delete(this);
    this.tensor.dispose();
  }

  /**
   * To be called before the session is released: the runtime's own way to free a tensor would use what went with the
   * session, and end the WebAssembly.
   */
  outlive(): void {
    this.#session = undefined;
  }
}
