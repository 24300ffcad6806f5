import { DataError } from '@gai/core';

const GOLDEN = 0x9e3779b9;
const TWO_32 = 0x1_0000_0000;

/** A bijection of 32-bit words: four rounds of `x ← x(2x + 1)`, half-word rotation and a constant. */
function mix(word: number): number {
  let x = word;
  for (let round = 0; round < 4; round++) {
    x = Math.imul(x, (x << 1) + 1);
    x = (((x << 16) | (x >>> 16)) + GOLDEN) | 0;
  }
  return x;
}

/**
 * A source of random numbers on the host whose i-th word is a pure function of `(seed, streams, i)`.
 *
 * Two sources with the same seed and streams give the same numbers on every machine; different streams (an epoch, a
 * batch number) are independent, so nothing has to be replayed to resume. For random numbers inside a graph use the
 * keys of `@gai/core/random`. It is not fit for cryptography.
 * @example
 * const a = new CounterRandom(7, [0]);
 * const b = new CounterRandom(7, [0]);
 * a.uint32() === b.uint32(); // => true
 * @category Random numbers
 */
export class CounterRandom {
  #key0: number;
  #key1: number;
  #counter = 0;

  /**
   * @param seed - A safe integer.
   * @param streams - Safe integers that name the stream, for example `[epoch, batch]`. Default `[]`.
   * @throws {@link DataError} if a value is not a safe integer.
   */
  constructor(seed: number, streams: readonly number[] = []) {
    this.#key0 = GOLDEN | 0;
    this.#key1 = 0;
    for (const value of [seed, ...streams]) {
      checkSeed('CounterRandom', value);
      this.#fold(value | 0);
      this.#fold(Math.floor(value / TWO_32) | 0);
    }
  }

  #fold(word: number): void {
    this.#key1 = mix(this.#key1 ^ mix((word + GOLDEN) | 0));
    this.#key0 = mix((this.#key0 + this.#key1) | 0);
  }

  /** The next word, uniform over 0 … 2³² − 1. */
  uint32(): number {
    const word = mix(mix(this.#counter ^ this.#key0) ^ this.#key1);
    this.#counter = (this.#counter + 1) | 0;
    return word >>> 0;
  }

  /** Uniform over [0, 1), a multiple of 2⁻³². */
  float(): number {
    return this.uint32() / TWO_32;
  }

  /**
   * Uniform over the integers 0 … n − 1, without bias (values past the last multiple of `n` are drawn again).
   * @param n - 1 … 2³².
   * @throws {@link DataError} if `n` is out of range.
   */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
      throw new DataError(
        `CounterRandom.int: n is out of range. Got ${n}; expected an integer in 1 … ${TWO_32}. Pass the number of choices.`,
        { op: 'CounterRandom.int', details: { n } },
      );
    }
    const limit = TWO_32 - (TWO_32 % n);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % n;
  }

  /** A standard normal number (mean 0, standard deviation 1), by Box and Muller; takes two words. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    return radius * Math.cos(2 * Math.PI * this.float());
  }

  /** Shuffles `items` in place (Fisher and Yates): every order is equally likely. Returns `items`. */
  shuffle(items: Uint32Array): Uint32Array {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.int(last + 1);
      const swapped = items[last]!;
      items[last] = items[other]!;
      items[other] = swapped;
    }
    return items;
  }

  /** A random order of 0 … n − 1. */
  permutation(n: number): Uint32Array {
    return this.shuffle(iota(n));
  }
}

/** The words 0, 1, …, n − 1. */
export function iota(n: number): Uint32Array {
  const out = new Uint32Array(n);
  for (let i = 0; i < n; i++) out[i] = i;
  return out;
}

/** Refuses a seed that is not a safe integer. */
export function checkSeed(op: string, seed: number): void {
  if (Number.isSafeInteger(seed)) return;
  throw new DataError(`${op}: the seed is not an integer. Got ${seed}; expected a safe integer. Pass { seed: 0 }.`, {
    op,
    details: { seed },
  });
}
