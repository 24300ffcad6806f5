import { allocate, bytesPerElement } from '../dtype.ts';
import type { DType, TypedArray } from '../dtype.ts';
import type { Storage } from '../backend/backend.ts';
import { DataError } from '../errors.ts';
import type { StoredData, StoredRange } from '../ir/tensor.ts';
import { convertElements } from '../trace/convert.ts';

/** What is read at once where a reader takes pieces. */
const PIECE = 1 << 26;

/** A file as it was when it was opened. */
export interface OpenedFile {
  readonly storage: Storage;
  readonly path: string;
  readonly size: number;
  /** Tells contents apart, where the storage can. */
  readonly version: string | undefined;
}

/** Opens a file that will be read in parts; undefined if there is none. */
export async function openFile(storage: Storage, path: string): Promise<OpenedFile | undefined> {
  const version = await storage.version?.(path);
  const size = await storage.size(path);
  return size === undefined ? undefined : { storage, path, size, version };
}

/** The elements of one tensor in a file, which must not change after it was opened. */
export class StoredFile implements StoredData {
  readonly #file: OpenedFile;
  readonly #offset: number;
  readonly #count: number;
  readonly #dtype: DType;
  readonly #target: DType;
  #data: TypedArray | undefined;
  #loading: Promise<TypedArray> | undefined;

  /** @param target - What the elements are converted to when they are read. */
  constructor(file: OpenedFile, range: { offset: number; count: number; dtype: DType }, target: DType = range.dtype) {
    this.#file = file;
    this.#offset = range.offset;
    this.#count = range.count;
    this.#dtype = range.dtype;
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
    const step = PIECE / bytesPerElement(this.#dtype);
    for (let start = 0; start < this.#count; start += step) {
      const { buffer, byteOffset, byteLength } = await this.#elements(start, Math.min(start + step, this.#count));
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  }

  file(): Promise<StoredRange> | undefined {
    if (this.#target !== this.#dtype) return undefined;
    const { path } = this.#file;
    return this.#check().then(() => ({ path, offset: this.#offset, length: this.byteLength }));
  }

  forget(): void {
    this.#data = undefined;
    this.#loading = undefined;
  }

  cast(dtype: DType): StoredData {
    return new StoredFile(this.#file, { offset: this.#offset, count: this.#count, dtype: this.#dtype }, dtype);
  }

  async #elements(start: number, end: number): Promise<TypedArray> {
    const { storage, path } = this.#file;
    const size = bytesPerElement(this.#dtype);
    const bytes = await storage.read(path, this.#offset + start * size, (end - start) * size);
    await this.#check();
    const data = viewOf(bytes, this.#dtype);
    return this.#target === this.#dtype ? data : convertElements(data, this.#dtype, this.#target);
  }

  /** Another file under the same name would give other numbers, in silence. */
  async #check(): Promise<void> {
    const { storage, path, size, version } = this.#file;
    const now = await openFile(storage, path);
    if (now !== undefined && now.size === size && now.version === version) return;
    const got = now === undefined ? 'no file' : now.size === size ? 'another content' : `${now.size} bytes`;
    throw new DataError(
      `openSafetensors: the file was changed after it was opened. Got ${got} at '${path}'; expected the same ${size} bytes ` +
        `as then. Open it again, or read it at once with loadSafetensors.`,
      { op: 'openSafetensors', details: { path } },
    );
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
