import type { Tensor } from '@gai/core';

/** Sizes of a buffer: `[batch, heads, capacity, depth]`. */
export interface BufferSizes {
  readonly batch: number;
  readonly heads: number;
  readonly capacity: number;
  readonly depth: number;
}

/** Where new entries go: for each row from `starts[row]` on, the first `counts[row]` of `time`. */
export interface Places {
  readonly time: number;
  readonly starts: readonly number[];
  readonly counts: readonly number[];
}

/** The keys, or the values, of one layer, with room for more: `[batch, heads, capacity, depth]`. */
export interface CacheBuffer {
  /** The whole buffer, also the places that are not filled. */
  readonly tensor: Tensor;
  readonly sizes: BufferSizes;
  /** Bytes of memory, whoever shares it. */
  readonly bytes: number;
  /** Takes new entries `[batch, heads, time, depth]`; what it returns puts them in their places. */
  take(rows: Tensor): Promise<(places: Places) => void>;
  /** Becomes a buffer with room for `capacity` entries, whose row i holds the filled entries of row `rows[i]`. */
  rebuild(capacity: number, rows: readonly number[], lengths: readonly number[]): void;
  /** Another buffer over the same memory, until one of the two changes. */
  fork(): CacheBuffer;
  /** Takes out what was replaced so far; what it returns frees that, once the present `tensor` is computed. */
  settle(): () => void;
  /** Gives up its part of the memory. */
  release(): void;
}
