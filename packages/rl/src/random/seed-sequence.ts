import { argumentError, show } from '../errors.ts';

const POOL_SIZE = 4;
const INIT_A = 0x43b0d7e5;
const MULT_A = 0x931e8875;
const INIT_B = 0x8b51f9dd;
const MULT_B = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;

/** One xorshift-multiply round with a running constant (O'Neill's seed_seq as NumPy uses it). */
class HashRound {
  #constant: number;
  readonly #multiplier: number;

  constructor(initial: number, multiplier: number) {
    this.#constant = initial;
    this.#multiplier = multiplier;
  }

  next(value: number): number {
    let x = value ^ this.#constant;
    this.#constant = Math.imul(this.#constant, this.#multiplier);
    x = Math.imul(x, this.#constant);
    return (x ^ (x >>> 16)) >>> 0;
  }
}

function mix(x: number, y: number): number {
  const value = (Math.imul(MIX_LEFT, x) - Math.imul(MIX_RIGHT, y)) | 0;
  return (value ^ (value >>> 16)) >>> 0;
}

/** A non-negative integer as 32-bit words, least significant first; 0 is one word. */
function entropyWords(seed: number | bigint): number[] {
  let rest = BigInt(seed);
  const words: number[] = [];
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

function entropyPool(words: readonly number[]): number[] {
  const hash = new HashRound(INIT_A, MULT_A);
  const pool = Array.from({ length: POOL_SIZE }, (_, index) => hash.next(words[index] ?? 0));
  for (let source = 0; source < POOL_SIZE; source++) {
    for (let target = 0; target < POOL_SIZE; target++) {
      if (source !== target) pool[target] = mix(pool[target]!, hash.next(pool[source]!));
    }
  }
  for (const word of words.slice(POOL_SIZE)) {
    for (let target = 0; target < POOL_SIZE; target++) pool[target] = mix(pool[target]!, hash.next(word));
  }
  return pool;
}

/**
 * Turns one seed into as many well-mixed 32-bit words as a generator needs, as `numpy.random.SeedSequence` does.
 *
 * @param seed - A non-negative integer of any size (numbers up to 2^53 − 1, larger ones as bigint).
 * @param count - How many 32-bit words to make.
 * @param spawnKey - 32-bit words that name a child of the seed: its words are independent of the seed's own. Default none.
 * @returns `SeedSequence(seed, spawn_key=spawnKey).generate_state(count)`.
 * @throws ArgumentError for a negative or fractional seed.
 * @example
 * import { seedSequence } from '@gai/rl';
 * [...seedSequence(42, 2)]; // => [3444837047, 2669555309]
 * @category Randomness
 * @since 0.1.0
 */
export function seedSequence(seed: number | bigint, count: number, spawnKey: readonly number[] = []): Uint32Array {
  if (typeof seed === 'bigint' ? seed < 0n : !Number.isSafeInteger(seed) || seed < 0) {
    throw argumentError(
      'seedSequence',
      `the seed is not usable. Got ${show(seed)}; expected an integer from 0 to 2^53 - 1. Pass such a seed.`,
      { seed },
    );
  }
  const words = entropyWords(seed);
  // A child's key must never be taken for a part of the seed: NumPy fills the pool with zeros between them.
  if (spawnKey.length > 0) while (words.length < POOL_SIZE) words.push(0);
  const pool = entropyPool([...words, ...spawnKey.map((word) => word >>> 0)]);
  const hash = new HashRound(INIT_B, MULT_B);
  return Uint32Array.from({ length: count }, (_, index) => hash.next(pool[index % POOL_SIZE]!));
}
