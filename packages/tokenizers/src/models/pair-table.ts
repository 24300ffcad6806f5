/** A hash table from pairs of ids to a rank and the id the pair becomes. */
export class PairTable {
  readonly #mask: number;
  /** For each place: left + 1, right, rank, merged. */
  readonly #cells: Int32Array;

  constructor(size: number) {
    let places = 16;
    while (places < size * 2) places *= 2;
    this.#mask = places - 1;
    this.#cells = new Int32Array(places * 4);
  }

  /** Adds a pair; of two entries for one pair the later counts. */
  set(left: number, right: number, rank: number, merged: number): void {
    const place = this.#find(left, right);
    this.#cells[place] = left + 1;
    this.#cells[place + 1] = right;
    this.#cells[place + 2] = rank;
    this.#cells[place + 3] = merged;
  }

  /** The place of a pair; −1 if it is not there. */
  find(left: number, right: number): number {
    const place = this.#find(left, right);
    return this.#cells[place] === 0 ? -1 : place;
  }

  /** The rank of the pair at a place. */
  rankAt(place: number): number {
    return this.#cells[place + 2]!;
  }

  /** What the pair at a place becomes. */
  mergedAt(place: number): number {
    return this.#cells[place + 3]!;
  }

  #find(left: number, right: number): number {
    const cells = this.#cells;
    let slot = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    for (;;) {
      const place = slot * 4;
      const found = cells[place]!;
      if (found === 0 || (found === left + 1 && cells[place + 1] === right)) return place;
      slot = (slot + 1) & this.#mask;
    }
  }
}
