import { carryBits, disposedBuffer } from '@gai/core/backend';
import type { DeviceBuffer, DType, TypedArray } from '@gai/core/backend';
import type { Tensor as RuntimeTensor } from 'onnxruntime-web/wasm';
import type { OnnxWebBackend } from './onnx-web-backend.ts';

/** Smaller ones are left to the garbage collector: taking one apart costs some microseconds. */
const FREED_BYTES = 65_536;

let nowhere: InstanceType<typeof MessageChannel>['port1'] | undefined;

/** Transfers memory to a port that nobody listens at, which frees it at once. */
function free(memory: ArrayBuffer): void {
  if (nowhere === undefined) {
    nowhere = new MessageChannel().port1;
    nowhere.close();
  }
  nowhere.postMessage(undefined, [memory]);
}

/** A tensor in JavaScript's memory; a run copies it into the memory of the WebAssembly, or to the GPU. */
export class HostBuffer implements DeviceBuffer, Disposable {
  readonly backend: OnnxWebBackend;
  readonly dtype: DType;
  readonly shape: readonly number[];
  #tensor: RuntimeTensor | undefined;
  /** Whether nobody else has the memory: a run made it, and it was never read. */
  #alone: boolean;

  constructor(backend: OnnxWebBackend, dtype: DType, tensor: RuntimeTensor, alone = false) {
    this.#alone = alone;
    this.backend = backend;
    this.dtype = dtype;
    this.#tensor = carryBits(tensor);
    this.shape = tensor.dims;
  }

  get disposed(): boolean {
    return this.#tensor === undefined || this.backend.disposed;
  }

  /** What a run takes. */
  tensor(op: string): RuntimeTensor {
    this.backend.checkAlive(op);
    if (this.#tensor === undefined) throw disposedBuffer(this, op);
    return this.#tensor;
  }

  async read(): Promise<TypedArray> {
    this.#alone = false;
    return this.tensor('read').data as TypedArray;
  }

  /** Frees large memory at once, behind the runs that wait: old states of a training would pile up otherwise. */
  dispose(): void {
    const { data } = this.#tensor ?? {};
    this.#tensor = undefined;
    if (!this.#alone || !ArrayBuffer.isView(data) || data.byteLength < FREED_BYTES) return;
    void this.backend.queue.add(() => free(data.buffer as ArrayBuffer));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
