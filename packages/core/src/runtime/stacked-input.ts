import type { Backend, DeviceBuffer, HostTensor } from '../backend/backend.ts';
import { allocate } from '../dtype.ts';
import type { TypedArray } from '../dtype.ts';
import { internalError } from '../errors.ts';
import type { Leaf, Tensor } from '../ir/tensor.ts';
import { committedOf } from '../ir/variable.ts';
import type { Stack } from '../onnx/emit.ts';

/** The flat input made of small leaves; made anew when one of them has another value. */
export class StackedInput {
  readonly #stack: Stack;
  readonly #backend: Backend;
  readonly #valueOf: (tensor: Tensor) => HostTensor | DeviceBuffer;
  /** What {@link #buffer} was made of. */
  readonly #leaves: (Leaf | undefined)[];
  #buffer: DeviceBuffer | undefined;

  constructor(stack: Stack, backend: Backend, valueOf: (tensor: Tensor) => HostTensor | DeviceBuffer) {
    this.#stack = stack;
    this.#backend = backend;
    this.#valueOf = valueOf;
    this.#leaves = stack.parts.map(() => undefined);
  }

  /** What a run that begins now is given. A run that waits keeps the array it was given: it is never written again. */
  value(): DeviceBuffer {
    const { parts } = this.#stack;
    let isOld = this.#buffer === undefined || this.#buffer.disposed;
    for (let index = 0; index < parts.length; index++) {
      const { leaf } = committedOf(parts[index]!);
      if (leaf === this.#leaves[index] && !(leaf?.kind === 'device' && leaf.buffer.disposed)) continue;
      this.#leaves[index] = leaf;
      isOld = true;
    }
    if (!isOld) return this.#buffer!;
    // What cannot be copied must not leave the old values behind for the next run.
    this.#buffer = undefined;
    return (this.#buffer = this.#copy());
  }

  /** Frees the array. */
  release(): void {
    this.#buffer?.dispose();
    this.#buffer = undefined;
  }

  #copy(): DeviceBuffer {
    const { parts, sizes } = this.#stack;
    const { dtype } = parts[0]!;
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const data = allocate(dtype, total);
    let at = 0;
    parts.forEach((part, index) => {
      (data as Float32Array).set(elementsOf(this.#valueOf(part)) as Float32Array, at);
      at += sizes[index]!;
    });
    return this.#backend.upload({ dtype, shape: [total], data });
  }
}

function elementsOf(value: HostTensor | DeviceBuffer): TypedArray {
  if ('data' in value) return value.data;
  if (value.peek === undefined) throw internalError('a backend whose tensors lie in host memory hides one.');
  return value.peek();
}
