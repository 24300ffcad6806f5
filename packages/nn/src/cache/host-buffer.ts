import { data } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { allocate, hostLeaf } from '@gai/core/ops';
import type { BufferSizes, CacheBuffer, Places } from './cache-buffer.ts';

type Elements = ReturnType<typeof allocate>;

/** Memory that several buffers may hold until one of them writes. */
interface Shared {
  readonly data: Elements;
  owners: number;
}

/**
 * A buffer in JavaScript's memory. A row's entries lie together head by head, so that new ones are written in place and
 * a run takes the whole without a copy; a view is an argument of one run only, so nobody keeps it.
 */
export class HostBuffer implements CacheBuffer {
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

  get tensor(): Tensor {
    return this.#tensor;
  }

  get sizes(): BufferSizes {
    return this.#sizes;
  }

  get bytes(): number {
    return this.#shared.data.byteLength;
  }

  /** Memory that somebody else holds too is copied before the first entry is written. */
  async take(rows: Tensor): Promise<(places: Places) => void> {
    const entries = await data(rows);
    return (places) => {
      const { starts } = places;
      if (this.#shared.owners > 1) this.rebuild(this.#sizes.capacity, Array.from(starts.keys()), starts);
      starts.forEach((_, row) => this.#writeRow(entries, row, places));
    };
  }

  rebuild(capacity: number, rows: readonly number[], lengths: readonly number[]): void {
    const made = new HostBuffer({ ...this.#sizes, batch: rows.length, capacity }, this.dtype);
    rows.forEach((source, row) => made.#copyRow(this, [source, row], lengths[source]!));
    this.#shared.owners -= 1;
    this.#shared = made.#shared;
    this.#sizes = made.#sizes;
    this.#tensor = made.#tensor;
  }

  /** Copies the filled entries of all rows of another buffer to the rows from `first` on. */
  copy(from: HostBuffer, first: number, lengths: readonly number[]): void {
    lengths.forEach((length, row) => this.#copyRow(from, [row, first + row], length));
  }

  fork(): HostBuffer {
    return new HostBuffer(this.#sizes, this.dtype, this.#shared);
  }

  settle(): () => void {
    // What was replaced is left to the garbage collector.
    return () => undefined;
  }

  release(): void {
    this.#shared.owners -= 1;
    this.#shared = { data: allocate(this.dtype, 0), owners: 1 };
    this.#sizes = { ...this.#sizes, capacity: 0 };
    this.#tensor = this.#view();
  }

  #writeRow(entries: Elements, row: number, { time, starts, counts }: Places): void {
    const { heads, capacity, depth } = this.#sizes;
    const length = counts[row]! * depth;
    for (let head = 0; head < heads && length > 0; head += 1) {
      const from = (row * heads + head) * time * depth;
      const to = ((row * heads + head) * capacity + starts[row]!) * depth;
      this.#shared.data.set(entries.subarray(from, from + length) as never, to);
    }
  }

  #copyRow(from: HostBuffer, [source, row]: readonly [number, number], length: number): void {
    const { heads, capacity, depth } = this.#sizes;
    const before = from.#sizes.capacity;
    for (let head = 0; head < heads; head += 1) {
      const start = (source * heads + head) * before * depth;
      const entries = from.#shared.data.subarray(start, start + length * depth);
      this.#shared.data.set(entries as never, (row * heads + head) * capacity * depth);
    }
  }

  #view(): Tensor {
    const { batch, heads, capacity, depth } = this.#sizes;
    return hostLeaf(this.#shared.data, { dtype: this.dtype, shape: [batch, heads, capacity, depth] }, false);
  }
}
