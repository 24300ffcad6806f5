/** Milliseconds that several steps together may take: what a person or a signal waits for at most. */
const LONGEST = 80;
/** Steps that run at once at most. */
const MOST = 64;
/** Bytes of batches that are held at once. */
const HELD = 64 * 2 ** 20;

/** Decides how many train steps run at once: as many as fit the time, up to the next step somebody looks at. */
export class Pace {
  readonly #intervals: readonly number[];
  readonly #fixed: number | undefined;
  /** Steps of the next run by the clock. */
  #next = 1;

  /**
   * @param intervals - Every how many steps somebody looks at the model.
   * @param fixed - Steps per run instead of what the clock says.
   */
  constructor(intervals: readonly number[], fixed: number | undefined) {
    this.#intervals = intervals;
    this.#fixed = fixed;
  }

  /** Steps to run at once after `step`, with batches of `bytes`. */
  room(step: number, bytes: number): number {
    const held = Math.max(1, Math.floor(HELD / Math.max(1, bytes)));
    const due = this.#intervals.map((interval) => (interval === Infinity ? Infinity : interval - (step % interval)));
    return Math.min(this.#fixed ?? this.#next, held, ...due);
  }

  /** Learns from a run; one that was slow for once (it compiled) is made up for by the next. */
  ran(steps: number, milliseconds: number): void {
    const fitting = Math.max(1, Math.floor((LONGEST * steps) / Math.max(milliseconds, 0.01)));
    this.#next = Math.min(fitting, 2 * steps, MOST);
  }
}
