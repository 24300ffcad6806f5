import { tensor } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { allocate } from '@gai/core/ops';

/** Sizes of a buffer: `[batch, heads, capacity, depth]`. */
export interface BufferSizes {
  readonly batch: number;
  readonly heads: number;
  readonly capacity: number;
  readonly depth: number;
}

type Elements = ReturnType<typeof allocate>;

/** Memory that several buffers may hold until one of them writes. */
interface Shared {
  readonly data: Elements;
  owners: number;
}

/** New entries of a buffer: `[batch, heads, time, depth]`, and for each row where they go and how many of them count. */
export interface NewRows {
  readonly data: Elements;
  readonly time: number;
  readonly starts: readonly number[];
  readonly counts: readonly number[];
}

/**
 * The keys, or the values, of one layer in JavaScript's memory, with room for more. A row's entries lie together head
 * by head, so that new ones are written in place and a run takes the whole without a copy.
 */
export class CacheBuffer {
  readonly dtype: DType;
  #sizes: BufferSizes;
  #shared: Shared;
  #tensor: Tensor;

  constructor(sizes: BufferSizes, dtype: DType, shared?: Shared) {
    const { batch, heads, capacity, depth } = sizes;
    this.dtype = dtype;
    this.#sizes = sizes;
    this.#shared = shared ?? { data: allocate(dtype, batch * heads * capacity * depth), owners: 0 };
    this.#shared.owners += 1;
    this.#tensor = this.#view();
  }

  /** The whole buffer, also the places that are not filled yet. */
  get tensor(): Tensor {
    return this.#tensor;
  }

  get sizes(): BufferSizes {
    return this.#sizes;
  }

  /** Bytes of memory, whoever shares it. */
  get bytes(): number {
    return this.#shared.data.byteLength;
  }

  /** Puts new entries in their places; memory that somebody else holds too is copied first (`lengths`: what is filled). */
  write({ data, time, starts, counts }: NewRows, lengths: readonly number[]): void {
    if (this.#shared.owners > 1) this.rebuild(this.#sizes.capacity, identity(lengths), lengths);
    const { heads, capacity, depth } = this.#sizes;
    const into = this.#shared.data;
    starts.forEach((start, row) => {
      const length = counts[row]! * depth;
      for (let head = 0; head < heads && length > 0; head += 1) {
        const from = (row * heads + head) * time * depth;
        into.set(data.subarray(from, from + length) as never, ((row * heads + head) * capacity + start) * depth);
      }
    });
  }

  /** Other memory with room for `capacity` entries, whose row i holds the filled entries of row `rows[i]`. */
  rebuild(capacity: number, rows: readonly number[], lengths: readonly number[]): void {
    const made = new CacheBuffer({ ...this.#sizes, batch: rows.length, capacity }, this.dtype);
    rows.forEach((source, row) => made.#copyRow(this, [source, row], lengths[source]!));
    this.#shared.owners -= 1;
    this.#shared = made.#shared;
    this.#sizes = made.#sizes;
    this.#tensor = made.#tensor;
  }

  /** Copies the filled entries of all rows of another buffer to the rows from `first` on. */
  copy(from: CacheBuffer, first: number, lengths: readonly number[]): void {
    lengths.forEach((length, row) => this.#copyRow(from, [row, first + row], length));
  }

  #copyRow(from: CacheBuffer, [source, row]: readonly [number, number], length: number): void {
    const { heads, capacity, depth } = this.#sizes;
    const before = from.#sizes.capacity;
    for (let head = 0; head < heads; head += 1) {
      const start = (source * heads + head) * before * depth;
      const entries = from.#shared.data.subarray(start, start + length * depth);
      this.#shared.data.set(entries as never, (row * heads + head) * capacity * depth);
    }
  }

  /** Another buffer over the same memory, until one of the two writes. */
  fork(): CacheBuffer {
    return new CacheBuffer(this.#sizes, this.dtype, this.#shared);
  }

  /** Gives up its part of the memory, so that another owner need not copy it to write. */
  release(): void {
    this.#shared.owners -= 1;
    this.#shared = { data: allocate(this.dtype, 0), owners: 1 };
    this.#sizes = { ...this.#sizes, capacity: 0 };
    this.#tensor = this.#view();
  }

  #view(): Tensor {
    const { batch, heads, capacity, depth } = this.#sizes;
    return tensor(this.#shared.data, { dtype: this.dtype, shape: [batch, heads, capacity, depth] });
  }
}

const identity = (rows: readonly unknown[]): number[] => rows.map((_, row) => row);
