import type { DType, TypedArray } from '../dtype.ts';
import type { Backend, DeviceBuffer } from './backend.ts';
import type { RuntimeTensor } from './host-tensor.ts';
import type { Lifetime } from './lifetime.ts';
import { carryBits } from './runtime-dtype.ts';
import { disposedBuffer } from './session-errors.ts';

/** Smaller ones are left to the garbage collector: taking one apart costs some microseconds. */
const FREED_BYTES = 65_536;

let nowhere: InstanceType<typeof MessageChannel>['port1'] | undefined;

/** Transfers memory to a port that nobody listens at: it is freed at once, in every version of Node and in pages. */
function free(memory: ArrayBuffer): void {
  if (nowhere === undefined) {
    nowhere = new MessageChannel().port1;
    nowhere.close();
  }
  nowhere.postMessage(undefined, [memory]);
}

/**
 * A backend whose tensors may lie in JavaScript's memory.
 * @category Backends
 */
export interface HostBackend extends Backend {
  readonly life: Lifetime;
}

/**
 * A tensor in JavaScript's memory. It keeps the runtime's wrapper of the data, so that feeding it to a run makes no
 * object; the garbage collector frees the data once nobody holds it.
 * @category Backends
 */
export class HostBuffer<T extends RuntimeTensor> implements DeviceBuffer, Disposable {
  readonly backend: HostBackend;
  readonly dtype: DType;
  readonly shape: readonly number[];
  #tensor: T | undefined;
  /** Whether nobody else has the memory: a run made it, and it was never read. */
  #alone: boolean;

  constructor(backend: HostBackend, dtype: DType, tensor: T, alone = false) {
    this.#alone = alone;
    this.backend = backend;
    this.dtype = dtype;
    this.#tensor = carryBits(tensor);
    this.shape = tensor.dims;
  }

  get disposed(): boolean {
    return this.#tensor === undefined || this.backend.life.disposed;
  }

  /** What a run takes. */
  tensor(op: string): T {
    this.backend.life.checkAlive(op);
    if (this.#tensor === undefined) throw disposedBuffer(this, op);
    return this.#tensor;
  }

  peek(): TypedArray {
    return this.tensor('read').data as TypedArray;
  }

  /** The elements themselves: in this memory nothing needs to be copied. */
  async read(): Promise<TypedArray> {
    this.#alone = false;
    return this.tensor('read').data as TypedArray;
  }

  /**
   * Frees large memory at once where that is safe, behind the runs that wait. The garbage collector would let the old
   * states of a training pile up, and then mark the whole heap every few steps.
   */
  dispose(): void {
    const { data } = this.#tensor ?? {};
    this.#tensor = undefined;
    if (!this.#alone || !ArrayBuffer.isView(data) || data.byteLength < FREED_BYTES) return;
    void this.backend.life.queue.add(() => free(data.buffer as ArrayBuffer));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
