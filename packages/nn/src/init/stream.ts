import { hostBits, hostKey } from '@gai/core/random';

const CHUNK = 1024;

/** Random numbers on the host; the i-th word is a pure function of seed, stream number and i. */
export class HostStream {
  readonly #name: string;
  #words: Uint32Array = new Uint32Array(0);
  #chunks = 0;
  #next = 0;

  constructor(seed: number, stream: number) {
    this.#name = `init/${seed}/${stream}`;
  }

  #word(): number {
    if (this.#next === this.#words.length) {
      this.#words = hostBits(hostKey(`${this.#name}/${this.#chunks++}`), CHUNK);
      this.#next = 0;
    }
    return this.#words[this.#next++]!;
  }

  /** Uniform over [0, 1), a multiple of 2⁻³². */
  uniform(): number {
    return this.#word() * 2 ** -32;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
}
