import { argumentError, show } from '../errors.ts';
import { PCG64 } from './pcg64.ts';
import { standardExponential, standardNormal } from './ziggurat.ts';

const TWO_32 = 2 ** 32;
const MASK_64 = (1n << 64n) - 1n;

/** Entropy of the operating system, for generators that nobody seeded. */
function freshSeed(): bigint {
  const words = new Uint32Array(4);
  globalThis.crypto.getRandomValues(words);
  return words.reduce((seed, word) => (seed << 32n) | BigInt(word), 0n);
}

/**
 * Random draws equal to NumPy's `Generator(PCG64(seed))`, which Gymnasium's envs and spaces use.
 *
 * The same seed and the same sequence of calls give the same numbers as NumPy 2, bit for bit (up to one unit in the
 * last place in the rare tail draws, which call `log1p`).
 *
 * @example
 * import { Generator } from '@gai/rl';
 * const random = new Generator(42);
 * random.random();        // => 0.7739560485559633
 * random.integers(0, 10); // => 6
 * @category Randomness
 * @since 0.1.0
 */
export class Generator {
  /** The stream of random bits. */
  readonly bits: PCG64;
  #byteBuffer = 0;
  #bytesLeft = 0;

  /**
   * @param seed - A non-negative integer; without it, entropy of the operating system.
   * @param spawnKey - Names an independent stream of the seed, as `SeedSequence(seed, spawn_key=…)`: whoever draws beside
   * an env takes one, or it would draw the env's own numbers. Default none.
   */
  constructor(seed?: number | bigint, spawnKey: readonly number[] = []) {
    this.bits = new PCG64(seed ?? freshSeed(), spawnKey);
  }

  /** A float in [0, 1), 53 random bits. */
  random(): number {
    return this.bits.nextDouble();
  }

  /** A float in [low, high): low + (high − low)·random(). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.bits.nextDouble();
  }

  /** A draw of N(mean, deviation²) by the ziggurat. */
  normal(mean = 0, deviation = 1): number {
    return mean + deviation * standardNormal(this.bits);
  }

  /** A draw of the exponential distribution with the given mean, by the ziggurat. */
  exponential(scale = 1): number {
    return scale * standardExponential(this.bits);
  }

  /**
   * An integer from `low` to `high − 1`, by Lemire's rejection, as NumPy draws int64: on 32 bits, or on 64 where the
   * range spans more than 2^32.
   *
   * @throws ArgumentError if the range is empty, or a bound or the span is no safe integer.
   */
  integers(low: number, high: number): number {
    const span = high - low;
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || span < 1 || !Number.isSafeInteger(span)) {
      throw argumentError(
        'Generator.integers',
        `the range is not usable. Got low ${show(low)} and high ${show(high)}; expected integers with ` +
          `1 <= high - low <= 2^53 - 1. Swap or narrow the bounds.`,
        { low, high },
      );
    }
    if (span === 1) return low;
    if (span > TWO_32) return low + this.#boundedWide(BigInt(span));
    return low + (span === TWO_32 ? this.bits.nextUint32() : this.#bounded(span));
  }

  /** Lemire's method on 64-bit words. */
  #boundedWide(span: bigint): number {
    let product = this.#nextUint64() * span;
    if ((product & MASK_64) < span) {
      const threshold = (MASK_64 + 1n - span) % span;
      while ((product & MASK_64) < threshold) product = this.#nextUint64() * span;
    }
    return Number(product >> 64n);
  }

  #nextUint64(): bigint {
    this.bits.nextUint64();
    return (BigInt(this.bits.high) << 32n) | BigInt(this.bits.low);
  }

  /** Lemire's method: the upper half of span·word is uniform once the first few lower halves are rejected. */
  #bounded(span: number): number {
    let product = this.#multiply(span);
    if (product.low < span) {
      const threshold = (TWO_32 - span) % span;
      while (product.low < threshold) product = this.#multiply(span);
    }
    return product.high;
  }

  readonly #product = { high: 0, low: 0 };

  /** span·word as two 32-bit halves; each partial product stays below 2^53. */
  #multiply(span: number): { high: number; low: number } {
    const word = this.bits.nextUint32();
    const lower = (word & 0xffff) * span;
    const upper = (word >>> 16) * span + Math.floor(lower / 65536);
    this.#product.high = Math.floor(upper / 65536);
    this.#product.low = (upper % 65536) * 65536 + (lower % 65536);
    return this.#product;
  }

  /** Many bytes from 0 to `high − 1`, as NumPy draws an int8 array in one call: four from each 32-bit word. */
  bytes(count: number, high: number): Int8Array {
    this.#bytesLeft = 0;
    const threshold = (256 - high) % high;
    return Int8Array.from({ length: count }, () => {
      let product = this.#nextByte() * high;
      while ((product & 0xff) < threshold) product = this.#nextByte() * high;
      return product >>> 8;
    });
  }

  #nextByte(): number {
    if (this.#bytesLeft === 0) {
      this.#byteBuffer = this.bits.nextUint32();
      this.#bytesLeft = 4;
    } else {
      this.#byteBuffer >>>= 8;
    }
    this.#bytesLeft--;
    return this.#byteBuffer & 0xff;
  }

  /** One of the values, each equally likely, as `Generator.choice(values)`. */
  choice<Value>(values: readonly Value[]): Value {
    return values[this.integers(0, values.length)] as Value;
  }

  /**
   * An index drawn with the given probabilities, as `Generator.choice(n, p=p)`: the first index whose cumulative
   * probability, divided by the total, exceeds a uniform draw.
   */
  choiceIndex(probabilities: ArrayLike<number>): number {
    const total = sumOf(probabilities);
    const uniform = this.bits.nextDouble();
    let cumulative = 0;
    for (let index = 0; index < probabilities.length; index++) {
      cumulative += probabilities[index]!;
      if (cumulative / total > uniform) return index;
    }
    return probabilities.length - 1;
  }
}

function sumOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total;
}
