/** Steps after which the speed is known: those before were compiled. */
const KNOWN_AFTER = 8;
/** Steps that tell the speed of now. */
const RECENT = 16;

/** How long a step takes, without what is done between steps. */
export class StepPace {
  #first = Infinity;
  #paused = 0;
  /** Milliseconds at the end of the first step that counts, and of those behind it. */
  readonly #ends: number[] = [];

  /** Notes the end of a step. */
  add(step: number, now: number): void {
    if (this.#first === Infinity) this.#first = step + KNOWN_AFTER;
    if (step >= this.#first) this.#ends.push(now - this.#paused);
  }

  /** So many milliseconds since the last step were no training. */
  pause(ms: number): void {
    this.#paused += ms;
  }

  /**
   * Seconds of a step, over all that count; undefined as long as there is none.
   * @param options.recent - The mean of the latest, if that is less: a time when the machine was busy is over then.
   */
  seconds({ recent = false }: { readonly recent?: boolean } = {}): number | undefined {
    const ends = this.#ends;
    if (ends.length < 2) return undefined;
    const mean = (count: number): number => (ends.at(-1)! - ends.at(-1 - count)!) / 1000 / count;
    const all = mean(ends.length - 1);
    return recent ? Math.min(all, mean(Math.min(RECENT, ends.length - 1))) : all;
  }
}
