/** Where a term stands: pairs of a slot and how often, in one array that grows. */
export class Postings {
  #pairs = new Int32Array(4);
  #length = 0;

  /** How many texts have the term. */
  get count(): number {
    return this.#length / 2;
  }

  /** Slots and counts by turns, `2 × count` numbers. */
  get pairs(): Int32Array {
    return this.#pairs;
  }

  add(slot: number, times: number): void {
    if (this.#length === this.#pairs.length) {
      // Even, as all that is written is pairs.
      const grown = new Int32Array(2 * Math.ceil(this.#pairs.length * 0.75) + 2);
      grown.set(this.#pairs);
      this.#pairs = grown;
    }
    this.#pairs[this.#length++] = slot;
    this.#pairs[this.#length++] = times;
  }

  /** Leaves out slots of texts that are gone; returns how many texts are left. */
  drop(isGone: (slot: number) => boolean): number {
    let kept = 0;
    for (let at = 0; at < this.#length; at += 2) {
      if (isGone(this.#pairs[at]!)) continue;
      this.#pairs[kept++] = this.#pairs[at]!;
      this.#pairs[kept++] = this.#pairs[at + 1]!;
    }
    this.#length = kept;
    return this.count;
  }
}
