import {
  clip,
  dispose,
  full,
  gather,
  greaterEqual,
  iota,
  less,
  logicalAnd,
  pad,
  reshape,
  sub,
  takeAlongAxis,
  tensor,
  where,
} from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { bytesPerElement } from '@gai/core/ops';
import type { BufferSizes, CacheBuffer, Places } from './cache-buffer.ts';

/** A tensor that several buffers may hold. */
interface Shared {
  readonly tensor: Tensor;
  owners: number;
}

/**
 * A buffer in the memory of a device: it is never written, each change makes another tensor there, and nothing passes
 * through JavaScript's memory. Forks share what neither has changed.
 */
export class DeviceBuffer implements CacheBuffer {
  readonly dtype: DType;
  #sizes: BufferSizes;
  #shared: Shared;
  /** Replaced, but the present tensor may still have to be computed from them. */
  #replaced: Shared[] = [];

  constructor(sizes: BufferSizes, dtype: DType, shared?: Shared) {
    const { batch, heads, capacity, depth } = sizes;
    this.dtype = dtype;
    this.#sizes = sizes;
    this.#shared = shared ?? { tensor: full([batch, heads, capacity, depth], 0, dtype), owners: 0 };
    this.#shared.owners += 1;
  }

  /** A buffer over a tensor that nobody else holds. */
  static of(made: Tensor): DeviceBuffer {
    const [batch, heads, capacity, depth] = made.shape as readonly number[];
    const sizes = { batch: batch!, heads: heads!, capacity: capacity!, depth: depth! };
    return new DeviceBuffer(sizes, made.dtype, { tensor: made, owners: 0 });
  }

  get tensor(): Tensor {
    return this.#shared.tensor;
  }

  get sizes(): BufferSizes {
    return this.#sizes;
  }

  get bytes(): number {
    const { batch, heads, capacity, depth } = this.#sizes;
    return batch * heads * capacity * depth * bytesPerElement(this.dtype);
  }

  async take(rows: Tensor): Promise<(places: Places) => void> {
    return (places) => this.#replace(placed(this.tensor, rows, places));
  }

  rebuild(capacity: number, rows: readonly number[], lengths: readonly number[]): void {
    const { batch, heads, capacity: before, depth } = this.#sizes;
    const isSame = rows.length === batch && rows.every((source, row) => source === row);
    const nothing = lengths.every((length) => length === 0);
    const gathered = isSame || nothing ? this.tensor : gather(this.tensor, int32(rows), { axis: 0 });
    const longer = nothing
      ? full([rows.length, heads, capacity, depth], 0, this.dtype)
      : pad(gathered, [0, 0, [0, capacity - before], 0]);
    this.#sizes = { ...this.#sizes, batch: rows.length, capacity };
    this.#replace(longer);
  }

  fork(): DeviceBuffer {
    return new DeviceBuffer(this.#sizes, this.dtype, this.#shared);
  }

  settle(): () => void {
    const replaced = this.#replaced;
    this.#replaced = [];
    return () => {
      for (const old of replaced) if (old.owners === 0) dispose(old.tensor);
    };
  }

  release(): void {
    const { batch, heads, depth } = this.#sizes;
    this.#sizes = { ...this.#sizes, capacity: 0 };
    this.#replace(full([batch, heads, 0, depth], 0, this.dtype));
    this.settle()();
  }

  #replace(next: Tensor): void {
    if (next === this.tensor) return;
    this.#shared.owners -= 1;
    this.#replaced.push(this.#shared);
    this.#shared = { tensor: next, owners: 1 };
  }
}

const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values));

const masks = new WeakMap<Places, { readonly capacity: number; readonly inside: Tensor; readonly entry: Tensor }>();

/** Which places get an entry, and which one: `[batch, 1, capacity, 1]`; the same for all layers. */
function maskOf(places: Places, capacity: number): { readonly inside: Tensor; readonly entry: Tensor } {
  const known = masks.get(places);
  if (known?.capacity === capacity) return known;
  const column = (values: readonly number[]): Tensor => reshape(int32(values), [values.length, 1, 1, 1]);
  const entry = sub(reshape(iota(capacity), [1, 1, capacity, 1]), column(places.starts));
  const inside = logicalAnd(greaterEqual(entry, 0), less(entry, column(places.counts)));
  const made = { capacity, inside, entry: clip(entry, 0, places.time - 1) };
  masks.set(places, made);
  return made;
}

/** The tensor with entries in their places. */
function placed(into: Tensor, rows: Tensor, places: Places): Tensor {
  const { inside, entry } = maskOf(places, into.shape[2] as number);
  if (places.time === 1) return where(inside, rows, into);
  return where(inside, takeAlongAxis(rows, entry, { axis: 2 }), into);
}
