/** Something that was found, and how good it is. */
export interface Scored {
  /** Its place in an index. */
  readonly slot: number;
  readonly score: number;
}

/** The best `k` of many, in a heap whose root is the worst of them; what is equal is ordered by `before`. */
export class Best {
  readonly #heap: Scored[] = [];
  readonly #k: number;
  readonly #before: (a: number, b: number) => boolean;

  constructor(k: number, before: (a: number, b: number) => boolean = (a, b) => a < b) {
    this.#k = k;
    this.#before = before;
  }

  /** What a score must reach to matter. */
  get least(): number {
    return this.#heap.length < this.#k ? -Infinity : (this.#heap[0]?.score ?? Infinity);
  }

  add(slot: number, score: number): void {
    const entry = { slot, score };
    if (this.#heap.length < this.#k) {
      this.#heap.push(entry);
      this.#rise(this.#heap.length - 1);
    } else if (this.#k > 0 && this.#isWorse(this.#heap[0]!, entry)) {
      this.#heap[0] = entry;
      this.#sink();
    }
  }

  /** Best first. */
  sorted(): Scored[] {
    return this.#heap.toSorted((a, b) => (this.#isWorse(a, b) ? 1 : -1));
  }

  #isWorse(a: Scored, b: Scored): boolean {
    return a.score < b.score || (a.score === b.score && this.#before(b.slot, a.slot));
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(this.#heap[at]!, this.#heap[parent]!)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let worst = at;
      if (left < this.#heap.length && this.#isWorse(this.#heap[left]!, this.#heap[worst]!)) worst = left;
      if (right < this.#heap.length && this.#isWorse(this.#heap[right]!, this.#heap[worst]!)) worst = right;
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}
