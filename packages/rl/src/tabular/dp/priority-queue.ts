/**
 * A binary heap of the integers `0 … capacity − 1` with priorities that can only be raised; the largest comes out
 * first.
 * `raise` and `pop` take O(log n); memory is two typed arrays of indices and one of priorities.
 */
export class PriorityQueue {
  readonly #heap: Int32Array;
  readonly #place: Int32Array;
  readonly #priority: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#heap = new Int32Array(capacity);
    this.#place = new Int32Array(capacity).fill(-1);
    this.#priority = new Float64Array(capacity);
  }

  /** How many items wait. */
  get size(): number {
    return this.#count;
  }

  /** Inserts `item`, or raises its priority; a lower priority changes nothing. */
  raise(item: number, priority: number): void {
    let at = this.#place[item]!;
    if (at === -1) {
      at = this.#count++;
      this.#heap[at] = item;
    } else if (priority <= this.#priority[item]!) return;
    this.#priority[item] = priority;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = this.#heap[parent]!;
      if (this.#priority[other]! >= priority) break;
      this.#put(other, at);
      at = parent;
    }
    this.#put(item, at);
  }

  /** Removes and returns the item of largest priority. */
  pop(): number {
    const top = this.#heap[0]!;
    this.#place[top] = -1;
    this.#count--;
    if (this.#count > 0) this.#sink(this.#heap[this.#count]!);
    return top;
  }

  #sink(item: number): void {
    const priority = this.#priority[item]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#count) break;
      const right = child + 1;
      if (right < this.#count && this.#priority[this.#heap[right]!]! > this.#priority[this.#heap[child]!]!)
        child = right;
      if (this.#priority[this.#heap[child]!]! <= priority) break;
      this.#put(this.#heap[child]!, at);
      at = child;
    }
    this.#put(item, at);
  }

  #put(item: number, at: number): void {
    this.#heap[at] = item;
    this.#place[item] = at;
  }
}
