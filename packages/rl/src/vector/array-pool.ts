import { CONSTRUCTORS } from '../spaces/box.ts';
import type { BoxArrays, BoxDType } from '../spaces/box.ts';

/** Arrays of up to so many bytes lie on V8's own heap, where they cost nothing to speak of. */
const ON_HEAP = 64;
/** Larger ones than this are worth a buffer of their own. */
const LARGEST = 2048;
const SLAB = 16_384;

/**
 * New arrays of zeros, the middling ones cut from slabs: a buffer of its own for 32 floats costs 0.7 µs, as much as eight
 * steps of CartPole, and a view of a slab a tenth of that. No part of a slab is given out twice.
 */
export class ArrayPool {
  #slab = new ArrayBuffer(0);
  #used = 0;

  /** As `take('float64', length)`, by a constructor that is known: through a table the small ones cost twice as much. */
  float64(length: number): Float64Array {
    return length * 8 <= ON_HEAP ? new Float64Array(length) : this.take('float64', length);
  }

  /** As `take('uint8', length)`. */
  uint8(length: number): Uint8Array {
    return length <= ON_HEAP ? new Uint8Array(length) : this.take('uint8', length);
  }

  take<D extends BoxDType>(dtype: D, length: number): BoxArrays[D] {
    const NumberArray = CONSTRUCTORS[dtype];
    const bytes = length * NumberArray.BYTES_PER_ELEMENT;
    if (bytes <= ON_HEAP || bytes > LARGEST) return new NumberArray(length);
    if (this.#used + bytes > this.#slab.byteLength) {
      this.#slab = new ArrayBuffer(SLAB);
      this.#used = 0;
    }
    const array = new NumberArray(this.#slab, this.#used, length);
    this.#used += (bytes + 7) & ~7; // the next array may be of eight-byte numbers
    return array;
  }
}
