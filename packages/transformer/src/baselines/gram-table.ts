/** The n-grams of one length: each is a shorter n-gram and one more character, and has a number counted from 0. */
export class GramTable {
  /** How often each n-gram was seen, or how many different characters stood in front of it. */
  counts = new Float64Array(1 << 10);
  /** The n-gram without its first character, as a number of the table of those one shorter. */
  suffixes = new Int32Array(1 << 10);
  /** The n-gram without its last character, in the same table. */
  prefixes = new Int32Array(1 << 10);
  #lasts = new Int32Array(1 << 10);
  #slots = new Int32Array(1 << 12);
  #size = 0;

  /** How many different n-grams there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of an n-gram; −1 if it is not there. */
  find(prefix: number, last: number): number {
    return this.#slots[this.#slotOf(prefix, last)]! - 1;
  }

  /** The number of an n-gram, which is added if it is not there. */
  add(prefix: number, last: number, suffix: number): number {
    const slot = this.#slotOf(prefix, last);
    const found = this.#slots[slot]! - 1;
    if (found >= 0) return found;
    const id = this.#size++;
    if (id === this.counts.length) this.#grow();
    this.prefixes[id] = prefix;
    this.#lasts[id] = last;
    this.suffixes[id] = suffix;
    this.#slots[slot] = id + 1;
    if (this.#size * 2 > this.#slots.length) this.#spread();
    return id;
  }

  #slotOf(prefix: number, last: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(Math.imul(prefix, 0x9e3779b1) ^ last, 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot]! - 1;
      if (id < 0 || (this.prefixes[id] === prefix && this.#lasts[id] === last)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const larger = this.counts.length * 2;
    const counts = new Float64Array(larger);
    counts.set(this.counts);
    this.counts = counts;
    this.suffixes = enlarged(this.suffixes, larger);
    this.prefixes = enlarged(this.prefixes, larger);
    this.#lasts = enlarged(this.#lasts, larger);
  }

  #spread(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let id = 0; id < this.#size; id++) this.#slots[this.#slotOf(this.prefixes[id]!, this.#lasts[id]!)] = id + 1;
  }
}

function enlarged(from: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(size);
  to.set(from);
  return to;
}
