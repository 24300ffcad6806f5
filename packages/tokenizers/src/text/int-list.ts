/** A growing list of whole numbers of 32 bits: a text has many tokens, and objects for each would cost most of the time. */
export class IntList {
  /** The numbers; what lies at `length` and after it means nothing. */
  values: Int32Array;
  length = 0;

  constructor(capacity = 16) {
    this.values = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
  }

  /** Makes room for more numbers. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.values.length) return;
    const grown = new Int32Array(Math.max(16, needed, this.values.length * 2));
    grown.set(this.values.subarray(0, this.length));
    this.values = grown;
  }

  /** Empties the list; the room of an unusually long one is given back. */
  clear(): void {
    this.length = 0;
    if (this.values.length > LARGEST_KEPT) this.values = new Int32Array(16);
  }
}

const LARGEST_KEPT = 1 << 20;
