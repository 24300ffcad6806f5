import { Box } from '../spaces/box.ts';
import { iterate } from '../spaces/batch.ts';
import type { Space } from '../spaces/space.ts';

/** An image of bytes, `[height, width, channels]`, as Stable-Baselines3 tells one. */
export function isImage(space: Space): boolean {
  if (!(space instanceof Box) || space.dtype !== 'uint8' || space.shape.length !== 3) return false;
  const { low, high } = space as Box<'uint8'>;
  return low.every((bound) => bound === 0) && high.every((bound) => bound === 255);
}

/** Observations as a buffer may keep them. */
export type Kept = Float32Array | Uint8Array;

/**
 * Observations of a space as the floats a network takes: boxes as they are (images of bytes divided by 255), choices
 * one-hot, records and tuples as one vector (`space.flatten`).
 */
export class ObservationCodec {
  /** Sizes of one observation. */
  readonly shape: readonly number[];
  /** Numbers of one observation. */
  readonly size: number;
  /** Of what is {@link keep kept}. */
  readonly dtype: 'float32' | 'uint8';
  readonly #space: Space;
  readonly #factor: number;

  constructor(space: Space) {
    this.#space = space;
    this.size = space.flatSize;
    this.shape = space instanceof Box && space.shape.length > 0 ? space.shape : [this.size];
    this.dtype = isImage(space) ? 'uint8' : 'float32';
    this.#factor = isImage(space) ? 1 / 255 : 1;
  }

  /** A batch for a buffer: images as bytes, a quarter of the memory; everything else as {@link encode} has it. */
  keep(batch: unknown, count: number): Kept {
    return this.dtype === 'uint8' ? Uint8Array.from(batch as ArrayLike<number>) : this.encode(batch, count);
  }

  /** One observation for a buffer. */
  keepOne(observation: unknown): Kept {
    return this.dtype === 'uint8' ? this.keep(observation, 1) : this.encodeOne(observation);
  }

  /** What was kept, as the floats a network takes. */
  floats(kept: Kept): Float32Array {
    return kept instanceof Float32Array ? kept : this.#scaled(kept);
  }

  /** A batch as a vector env gives it. May be the batch itself: nobody writes to either. */
  encode(batch: unknown, count: number): Float32Array {
    if (batch instanceof Float32Array && this.#space instanceof Box && this.#factor === 1) return batch;
    if (this.#space instanceof Box) return this.#scaled(batch as ArrayLike<number>);
    const rows = new Float32Array(count * this.size);
    iterate(this.#space, batch, count).forEach((one, index) => rows.set(this.#space.flatten(one), index * this.size));
    return rows;
  }

  /** One observation. */
  encodeOne(observation: unknown): Float32Array {
    if (this.#space instanceof Box) return this.#scaled(observation as ArrayLike<number>);
    return Float32Array.from(this.#space.flatten(observation));
  }

  #scaled(values: ArrayLike<number>): Float32Array {
    const floats = Float32Array.from(values);
    if (this.#factor !== 1) for (let index = 0; index < floats.length; index++) floats[index]! *= this.#factor;
    return floats;
  }
}
