import { seedSequence } from './seed-sequence.ts';

// The 128-bit LCG multiplier 0x2360ED051FC65DA44385DF649FCCF645 in 16-bit digits, least significant first.
const M0 = 0xf645;
const M1 = 0x9fcc;
const M2 = 0xdf64;
const M3 = 0x4385;
const M4 = 0x5da4;
const M5 = 0x1fc6;
const M6 = 0xed05;
const M7 = 0x2360;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const MASK_128 = (1n << 128n) - 1n;
const INV_2_16 = 2 ** -16;
const TWO_16 = 65536;
const INV_2_32 = 2 ** -32;
const TWO_32 = 2 ** 32;

/**
 * NumPy's default bit generator: a 128-bit linear congruential state with the XSL-RR output of 64 bits.
 *
 * The hot path uses doubles only: the state is four 32-bit limbs, each product of a limb with a 16-bit digit of the
 * multiplier is below 2^48, and at most four of them (plus a carry) meet in a column, so every sum is exact below 2^53.
 *
 * Each call of `nextUint64` leaves the output in `high` and `low`, so that nothing is allocated.
 *
 * @example
 * import { PCG64 } from '@gai/rl';
 * const bits = new PCG64(42);
 * bits.nextUint64();
 * [bits.high, bits.low]; // => [3324115917, 383329928]
 * @category Randomness
 * @since 0.1.0
 */
export class PCG64 {
  /** Upper 32 bits of the last output. */
  high = 0;
  /** Lower 32 bits of the last output. */
  low = 0;
  /** Limbs of the state (0-3) and of the increment (4-7), least significant first. */
  readonly #limbs = new Float64Array(8);
  #hasBuffered = false;
  #buffered = 0;

  /**
   * @param seed - A non-negative integer, spread by {@link seedSequence}.
   * @param spawnKey - Names an independent stream of the seed. Default none: the seed's own.
   */
  constructor(seed: number | bigint, spawnKey: readonly number[] = []) {
    const words = Array.from(seedSequence(seed, 8, spawnKey), BigInt);
    const pair = (index: number): bigint => (words[index + 1]! << 32n) | words[index]!;
    const initial = (pair(0) << 64n) | pair(2);
    const increment = ((((pair(4) << 64n) | pair(6)) << 1n) | 1n) & MASK_128;
    const state = ((increment + initial) * MULTIPLIER + increment) & MASK_128;
    this.#setLimbs(0, state);
    this.#setLimbs(4, increment);
  }

  #setLimbs(offset: number, value: bigint): void {
    for (let limb = 0; limb < 4; limb++) {
      this.#limbs[offset + limb] = Number((value >> BigInt(32 * limb)) & 0xffffffffn);
    }
  }

  /** Draws 64 bits into `high` and `low`. */
  nextUint64(): void {
    const s = this.#limbs;
    const a0 = s[0]!,
      a1 = s[1]!,
      a2 = s[2]!,
      a3 = s[3]!;
    // Odd columns (weight 2^16 within a limb) are split first, so that the carry runs through four stages only.
    const odd0 = a0 * M1;
    const odd1 = a0 * M3 + a1 * M1;
    const odd2 = a0 * M5 + a1 * M3 + a2 * M1;
    const odd3 = a0 * M7 + a1 * M5 + a2 * M3 + a3 * M1;
    const over0 = Math.floor(odd0 * INV_2_16);
    const over1 = Math.floor(odd1 * INV_2_16);
    const over2 = Math.floor(odd2 * INV_2_16);
    const over3 = Math.floor(odd3 * INV_2_16);
    let limb = a0 * M0 + (odd0 - over0 * TWO_16) * TWO_16 + s[4]!;
    let carry = Math.floor(limb * INV_2_32);
    const b0 = limb - carry * TWO_32;
    limb = a0 * M2 + a1 * M0 + (odd1 - over1 * TWO_16) * TWO_16 + s[5]! + over0 + carry;
    carry = Math.floor(limb * INV_2_32);
    const b1 = limb - carry * TWO_32;
    limb = a0 * M4 + a1 * M2 + a2 * M0 + (odd2 - over2 * TWO_16) * TWO_16 + s[6]! + over1 + carry;
    carry = Math.floor(limb * INV_2_32);
    const b2 = limb - carry * TWO_32;
    limb = a0 * M6 + a1 * M4 + a2 * M2 + a3 * M0 + (odd3 - over3 * TWO_16) * TWO_16 + s[7]! + over2 + carry;
    const b3 = limb - Math.floor(limb * INV_2_32) * TWO_32;
    s[0] = b0;
    s[1] = b1;
    s[2] = b2;
    s[3] = b3;
    this.#output(b1 ^ b3, b0 ^ b2, b3 >>> 26);
  }

  /** XSL-RR: the xor of the halves, rotated right by the top six bits of the state. */
  #output(xorHigh: number, xorLow: number, rotation: number): void {
    const swap = (rotation & 32) !== 0;
    const h = swap ? xorLow : xorHigh;
    const l = swap ? xorHigh : xorLow;
    const r = rotation & 31;
    if (r === 0) {
      this.high = h >>> 0;
      this.low = l >>> 0;
    } else {
      this.high = ((h >>> r) | (l << (32 - r))) >>> 0;
      this.low = ((l >>> r) | (h << (32 - r))) >>> 0;
    }
  }

  /** Draws 32 bits: the lower half of a 64-bit output first, then its upper half. */
  nextUint32(): number {
    if (this.#hasBuffered) {
      this.#hasBuffered = false;
      return this.#buffered;
    }
    this.nextUint64();
    this.#hasBuffered = true;
    this.#buffered = this.high;
    return this.low;
  }

  /** Draws a float in [0, 1) with 53 random bits. */
  nextDouble(): number {
    this.nextUint64();
    return (this.high * 2097152 + (this.low >>> 11)) / 9007199254740992;
  }

  /** The generator's whole state as JSON-ready data, for {@link PCG64.setState}. */
  getState(): { limbs: number[]; buffered: number | null } {
    return { limbs: [...this.#limbs], buffered: this.#hasBuffered ? this.#buffered : null };
  }

  /** Restores what {@link PCG64.getState} returned. */
  setState(state: { readonly limbs: readonly number[]; readonly buffered: number | null }): void {
    this.#limbs.set(state.limbs.map((limb) => limb % TWO_32));
    this.#hasBuffered = state.buffered !== null;
    this.#buffered = state.buffered ?? 0;
  }
}
