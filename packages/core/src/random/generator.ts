import { ArgumentError } from '../errors.ts';

/**
 * The generator on the host; the graph computes the same bits (`bits.ts`).
 *
 * It is counter-based: the bits of element `i` depend on the key and on `i` alone, so the order of evaluation, the
 * number of threads and the provider play no role. Only 32-bit addition, multiplication and division are needed.
 */

/** 2^32 divided by the golden ratio: no rotation of it is a simple fraction. */
export const GOLDEN = 0x9e3779b9;

/** An odd multiplier that shares no pattern with {@link GOLDEN}. */
const SECOND = 0x85ebca6b;

/** The two words of a key. */
export type KeyWords = readonly [number, number];

/** One round, a permutation of the 32-bit words: `x·(2x + 1)` mixes upward, a rotation by half brings it down again. */
export function mixRound(x: number): number {
  const product = Math.imul(x, (2 * x + 1) | 0);
  return (((product << 16) | (product >>> 16)) + GOLDEN) >>> 0;
}

/**
 * The 32 random bits of element `counter` under a key.
 *
 * The second word enters after one round, so that keys whose first words lie close do not give shifted streams; three
 * rounds after it each of its bits flips every output bit with probability ½ (after two its upper half does not).
 */
export function randomWord([first, second]: KeyWords, counter: number): number {
  const shifted = mixRound((counter + first) >>> 0);
  return mixRound(mixRound(mixRound((shifted + second) >>> 0)));
}

/** The sum of two keys, word by word. */
export const addWords = (a: KeyWords, b: KeyWords): KeyWords => [(a[0] + b[0]) >>> 0, (a[1] + b[1]) >>> 0];

/** Two fresh words from a key. */
export const nextWords = (key: KeyWords): KeyWords => [randomWord(key, 0), randomWord(key, 1)];

/** The multipliers that turn a small whole number into two words. */
export const SPREAD: KeyWords = [GOLDEN, SECOND];

/** What is added to a key before it is split, so that its children are none of the bits drawn from it. */
export const SPLIT: KeyWords = [0x243f6a88, 0x13198a2e];

/** Where the hashing of numbers and of text begins. */
const NUMBER: KeyWords = [0xa4093822, 0x299f31d0];
const TEXT: KeyWords = [0x082efa98, 0xec4e6c89];

const isWord = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32;

/** The two words that a 32-bit number adds to a key. */
const spread = (word: number): KeyWords => [Math.imul(word, SPREAD[0]) >>> 0, Math.imul(word, SPREAD[1]) >>> 0];

/** A key that depends on a word and on the key before. */
const absorb = (key: KeyWords, word: number): KeyWords => nextWords(addWords(key, spread(word)));

/** The words a number or a text adds to a key: small whole numbers as the graph computes them, the rest hashed. */
export function dataWords(data: number | string, op: string): KeyWords {
  return typeof data === 'number' && isWord(data) ? spread(data) : hashWords(data, op);
}

/** Two words that depend on every bit of a whole number or every character of a text. */
export function hashWords(data: number | string, op: string): KeyWords {
  if (typeof data === 'string') {
    let words = absorb(TEXT, data.length);
    for (let index = 0; index < data.length; index += 1) words = absorb(words, data.charCodeAt(index));
    return words;
  }
  if (!Number.isSafeInteger(data)) {
    throw new ArgumentError(
      `${op}: not a seed. Got ${String(data)}; expected text or a whole number up to 2^53 − 1 in size.`,
      { op, details: { data } },
    );
  }
  return absorb(absorb(NUMBER, data >>> 0), Math.floor(data / 2 ** 32));
}
