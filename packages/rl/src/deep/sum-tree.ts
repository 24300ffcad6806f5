/** Weights by index, their sum, and a draw by weight, each in O(log n). */
export class SumTree {
  /** Node i is the sum of nodes 2i and 2i + 1; leaves begin at `#leaves`. */
  readonly #nodes: Float64Array;
  readonly #leaves: number;

  constructor(size: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(size, 2)));
    this.#nodes = new Float64Array(2 * this.#leaves);
  }

  get total(): number {
    return this.#nodes[1]!;
  }

  get(index: number): number {
    return this.#nodes[this.#leaves + index]!;
  }

  /** Sums are made anew from both parts, never by differences: equal weights give equal sums, in whatever order they came. */
  set(index: number, weight: number): void {
    let node = this.#leaves + index;
    this.#nodes[node] = weight;
    for (node >>>= 1; node >= 1; node >>>= 1) this.#nodes[node] = this.#nodes[2 * node]! + this.#nodes[2 * node + 1]!;
  }

  /** The index whose part of `[0, total)` holds a point; one of weight 0 has no part. */
  find(point: number): number {
    let node = 1;
    let rest = point;
    while (node < this.#leaves) {
      const left = this.#nodes[2 * node]!;
      const isLeft = rest < left || this.#nodes[2 * node + 1] === 0;
      if (!isLeft) rest -= left;
      node = isLeft ? 2 * node : 2 * node + 1;
    }
    return node - this.#leaves;
  }

  clear(): void {
    this.#nodes.fill(0);
  }
}
