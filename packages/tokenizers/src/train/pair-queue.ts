/** Pairs of tokens that may be merged: the most frequent first, of equals the one with the smaller ids. */
export class PairQueue {
  readonly #pairs: number[] = [];
  readonly #counts: number[] = [];
  readonly #order: (a: number, b: number) => number;

  /** @param order - Negative if the first pair comes before the second. */
  constructor(order: (a: number, b: number) => number) {
    this.#order = order;
  }

  push(pair: number, count: number): void {
    const [pairs, counts] = [this.#pairs, this.#counts];
    let at = pairs.push(pair) - 1;
    counts.push(count);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(pair, count, parent)) break;
      pairs[at] = pairs[parent]!;
      counts[at] = counts[parent]!;
      at = parent;
    }
    pairs[at] = pair;
    counts[at] = count;
  }

  /** Takes the first pair, with the count it was offered with. */
  pop(): readonly [pair: number, count: number] | undefined {
    const [pairs, counts] = [this.#pairs, this.#counts];
    if (pairs.length === 0) return undefined;
    const top = [pairs[0]!, counts[0]!] as const;
    const [pair, count] = [pairs.pop()!, counts.pop()!];
    if (pairs.length === 0) return top;
    let at = 0;
    for (let child = 1; child < pairs.length; child = 2 * at + 1) {
      if (child + 1 < pairs.length && this.#isBefore(pairs[child + 1]!, counts[child + 1]!, child)) child += 1;
      if (this.#isBefore(pair, count, child)) break;
      pairs[at] = pairs[child]!;
      counts[at] = counts[child]!;
      at = child;
    }
    pairs[at] = pair;
    counts[at] = count;
    return top;
  }

  #isBefore(pair: number, count: number, at: number): boolean {
    const other = this.#counts[at]!;
    return count === other ? this.#order(pair, this.#pairs[at]!) < 0 : count > other;
  }
}
