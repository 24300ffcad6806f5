import { allocate, bytesPerElement } from '../dtype.ts';
import type { DType, TypedArray } from '../dtype.ts';
import type { StoredData, StoredRange, Tensor } from '../ir/tensor.ts';
import { rawBytes } from '../onnx/model.ts';
import { convertElements } from '../trace/convert.ts';
import { storedLeaf } from '../trace/literal.ts';
import type { ByteSource } from './byte-source.ts';

/** Bytes that are read at once where a reader takes pieces. */
const PIECE = 1 << 26;

/**
 * The elements of one tensor, somewhere outside of memory, in row-major order.
 * @category Files
 */
export interface ElementSource {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Reads the elements from `start` to before `end`. Pieces start at multiples of 2^20. */
  read(start: number, end: number): Promise<TypedArray>;
  /** Where the bytes lie as they are, for a runtime that reads files itself. */
  file?(): Promise<StoredRange> | undefined;
}

/**
 * A tensor whose elements are read when something is computed with it, once: for readers of file formats. What nobody
 * holds any longer is freed, and saving such tensors reads them piece by piece.
 * @example
 * const x = lazyTensor({ dtype: 'float32', shape: [2], read: async () => Float32Array.of(3, 4) });
 * await toArray(x); // => [3, 4]
 * @category Files
 */
export function lazyTensor(source: ElementSource): Tensor {
  return storedLeaf(new LazyData(source), { dtype: source.dtype, shape: source.shape });
}

/**
 * The elements of a tensor that lie in a source of bytes as memory has them: little-endian, in row-major order.
 * @param bytes - Where.
 * @param place.offset - Where they begin, in bytes.
 * @category Files
 */
export function plainElements(
  bytes: ByteSource,
  place: { readonly dtype: DType; readonly shape: readonly number[]; readonly offset: number },
): ElementSource {
  const { dtype, shape, offset } = place;
  const size = bytesPerElement(dtype);
  const length = shape.reduce((product, each) => product * each, size);
  return {
    dtype,
    shape,
    read: async (start, end) => viewOf(await bytes.read(offset + start * size, (end - start) * size), dtype),
    file: () => bytes.file?.(offset, length),
  };
}

class LazyData implements StoredData {
  readonly #source: ElementSource;
  readonly #count: number;
  readonly #target: DType;
  #data: TypedArray | undefined;
  #loading: Promise<TypedArray> | undefined;

  /** @param target - What the elements are converted to when they are read. */
  constructor(source: ElementSource, target: DType = source.dtype) {
    this.#source = source;
    this.#count = source.shape.reduce((product, size) => product * size, 1);
    this.#target = target;
  }

  get byteLength(): number {
    return this.#count * bytesPerElement(this.#target);
  }

  get data(): TypedArray | undefined {
    return this.#data;
  }

  async load(): Promise<TypedArray> {
    if (this.#data !== undefined) return this.#data;
    const loading = (this.#loading ??= this.read());
    try {
      const data = await loading;
      // Forgotten in the meantime, it is not kept.
      if (this.#loading === loading) this.#data = data;
      return data;
    } finally {
      if (this.#loading === loading) this.#loading = undefined;
    }
  }

  read(): Promise<TypedArray> {
    return this.#elements(0, this.#count);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const step = PIECE / bytesPerElement(this.#source.dtype);
    for (let start = 0; start < this.#count; start += step) {
      yield rawBytes(await this.#elements(start, Math.min(start + step, this.#count)));
    }
  }

  file(): Promise<StoredRange> | undefined {
    return this.#target === this.#source.dtype ? this.#source.file?.() : undefined;
  }

  forget(): void {
    this.#data = undefined;
    this.#loading = undefined;
  }

  cast(dtype: DType): StoredData {
    return new LazyData(this.#source, dtype);
  }

  async #elements(start: number, end: number): Promise<TypedArray> {
    const data = await this.#source.read(start, end);
    return convertElements(data, this.#source.dtype, this.#target);
  }
}

/** Bytes as elements, copied only where they are not aligned. */
export function viewOf(bytes: Uint8Array, dtype: DType): TypedArray {
  const size = bytesPerElement(dtype);
  // Not bytes.slice(): of a Node Buffer that is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  const View = allocate(dtype, 0).constructor as new (buffer: ArrayBufferLike, offset: number, n: number) => TypedArray;
  return new View(aligned.buffer, aligned.byteOffset, bytes.length / size);
}
