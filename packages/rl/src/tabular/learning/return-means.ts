/** Where a truncated episode was cut, and what a value there counts at the time of the visit: γ to the steps between. */
export interface Cut {
  readonly state: number;
  readonly discount: number;
}

/**
 * Weighted means of returns, one per entry of `table`, where a return may be cut off by a truncation:
 * `table[i] = (Σ w·observed + Σ w·γᵏ·valueOf(state of the cut)) / Σ w`.
 *
 * The values at the cuts are still being learned. Averaging what they were at the time would drag the first, wrong ones
 * along (an average forgets them at the rate n^(ρ − 1), where ρ is the share of what is bootstrapped), so how often each
 * state was the cut is kept instead, and the mean uses what is known of it now.
 */
export class ReturnMeans {
  readonly #table: Float64Array;
  readonly #observed: Float64Array;
  readonly #weights: Float64Array;
  readonly #cuts: (Map<number, number> | undefined)[] = [];
  readonly #valueOf: (state: number) => number;

  constructor(table: Float64Array, valueOf: (state: number) => number) {
    this.#table = table;
    this.#observed = Float64Array.from(table);
    this.#weights = new Float64Array(table.length);
    this.#valueOf = valueOf;
  }

  /** Takes in the observed part of a return, with its weight, and where it was cut, if it was. */
  add(entry: number, [observed, weight]: readonly [number, number], cut: Cut | null): void {
    const total = (this.#weights[entry]! += weight);
    if (!(total > 0)) return;
    this.#observed[entry]! += (weight / total) * (observed - this.#observed[entry]!);
    if (cut !== null && weight > 0) {
      const cuts = (this.#cuts[entry] ??= new Map<number, number>());
      cuts.set(cut.state, (cuts.get(cut.state) ?? 0) + weight * cut.discount);
    }
    this.#table[entry] = this.#observed[entry]! + this.#bootstrapped(entry, total);
  }

  #bootstrapped(entry: number, total: number): number {
    const cuts = this.#cuts[entry];
    if (cuts === undefined) return 0;
    let sum = 0;
    for (const [state, weight] of cuts) sum += weight * this.#valueOf(state);
    return sum / total;
  }
}
