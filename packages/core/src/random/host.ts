import { hashWords, randomWord } from './generator.ts';
import type { KeyWords } from './generator.ts';

/**
 * The words of {@link key} for code that runs on the host, such as the shuffling of a data loader.
 * @example
 * hostBits(hostKey(42), 3); // the words that bits(key(42), [3]) has
 * @category Random
 */
export function hostKey(seed: number | string): KeyWords {
  return hashWords(seed, 'hostKey');
}

/**
 * The first `count` words of {@link bits} under a key, computed without a backend; bit for bit the same.
 * @example
 * hostBits(hostKey(42), 3).length; // => 3
 * @category Random
 */
export function hostBits(key: KeyWords, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, counter) => randomWord(key, counter));
}

/**
 * The first `count` numbers of {@link uniform} in [0, 1), computed without a backend; bit for bit the same.
 * @example
 * hostUniform(hostKey(42), 3).every((x) => x >= 0 && x < 1); // => true
 * @category Random
 */
export function hostUniform(key: KeyWords, count: number): Float32Array {
  return Float32Array.from(hostBits(key, count), (word) => (word >>> 8) * 2 ** -24);
}

/**
 * What {@link permutation} gives, computed without a backend; the same order.
 * @example
 * hostPermutation(hostKey(42), 3).toSorted(); // => new Int32Array([0, 1, 2])
 * @category Random
 */
export function hostPermutation(key: KeyWords, n: number): Int32Array {
  const words = Int32Array.from(hostBits(key, n));
  return Int32Array.from({ length: n }, (_, index) => index).sort((a, b) => words[a]! - words[b]!);
}
