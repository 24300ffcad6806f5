import type { Backend, DeviceBuffer, DType, TypedArray } from '@gai/core/backend';
import { bytesPerElement, disposedBuffer } from '@gai/core/backend';
import type { WorkerBackend } from './backend.ts';

/**
 * For each tensor as much memory as the worker holds for it, reserved but never touched: the garbage collector of
 * this thread sees no other reason to collect handles that were dropped without `dispose()`.
 */
const weights = new WeakMap<WorkerBuffer, ArrayBuffer>();

/** A tensor that lies in the worker. */
export class WorkerBuffer implements DeviceBuffer, Disposable {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly #owner: WorkerBackend;
  readonly #handle: number;
  #data: TypedArray | undefined;
  #disposed = false;

  constructor(
    owner: WorkerBackend,
    handle: number,
    tensor: { readonly dtype: DType; readonly shape: readonly number[]; readonly data: TypedArray | undefined },
  ) {
    this.backend = owner;
    this.#owner = owner;
    this.#handle = handle;
    this.dtype = tensor.dtype;
    this.shape = tensor.shape;
    this.#data = tensor.data;
    const size = tensor.shape.reduce((product, length) => product * length, bytesPerElement(tensor.dtype));
    if (tensor.data === undefined) weights.set(this, new ArrayBuffer(size));
  }

  get disposed(): boolean {
    return this.#disposed || this.#owner.life.disposed;
  }

  /** The number of the tensor in the worker. */
  handle(op: string): number {
    this.#owner.life.checkAlive(op);
    if (this.#disposed) throw disposedBuffer(this, op);
    return this.#handle;
  }

  async read(): Promise<TypedArray> {
    const handle = this.handle('read');
    return this.#data ?? this.#owner.read(handle);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#data = undefined;
    weights.delete(this);
    this.#owner.forget(this, this.#handle);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
