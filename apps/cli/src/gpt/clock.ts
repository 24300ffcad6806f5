import { cosineSchedule } from '@gai/nn';

/**
 * How long a run is: a number of steps, or seconds of training, those of earlier calls among them, less what is kept for what follows, of
 * which at least so many are trained.
 */
export type RunLength = { readonly steps: number } | { readonly seconds: number; readonly least: number };

/** The share of a run that warms up, and that of the highest rate at which it ends. */
const [WARM_UP, LAST] = [0.03, 0.02];
/** Places of the schedule where time counts. */
const PLACES = 10_000;

/** How far a run is: by steps, which makes it repeatable, or by time, which makes it end when it should. */
export class RunClock {
  readonly #length: RunLength;
  readonly #began = performance.now();
  readonly #before: number;
  #reserve = 0;

  /** @param before - Seconds of training before this call. */
  constructor(length: RunLength, before: number) {
    this.#length = length;
    this.#before = before;
  }

  /** Seconds of training so far. */
  get seconds(): number {
    return this.#before + (performance.now() - this.#began) / 1000;
  }

  /** Keeps so many seconds for what comes after the training. */
  keep(seconds: number): void {
    this.#reserve = seconds;
  }

  /** From 0 to 1, after so many steps. */
  done(step: number): number {
    if ('steps' in this.#length) return Math.min(1, step / this.#length.steps);
    return Math.min(1, this.seconds / this.#training(this.#length));
  }

  /** Seconds that are trained. A busy machine makes the reserve long, and must not leave nothing. */
  #training({ seconds, least }: { readonly seconds: number; readonly least: number }): number {
    return Math.max(least, seconds - this.#reserve);
  }

  /** Seconds that are left after `step` steps at `stepSeconds` each. */
  left(step: number, stepSeconds: number): number {
    if ('steps' in this.#length) return (this.#length.steps - step) * stepSeconds;
    return Math.max(0, this.#training(this.#length) - this.seconds);
  }

  /** A cosine behind a warm-up, over the run. */
  schedule(initial: number): (step: number) => number {
    const steps = 'steps' in this.#length ? this.#length.steps : PLACES;
    const warmupSteps = Math.min(steps - 1, Math.ceil(steps * WARM_UP));
    const cosine = cosineSchedule({ initial, steps, warmupSteps, final: initial * LAST });
    return (step) => cosine('steps' in this.#length ? step : Math.floor(this.done(step) * PLACES));
  }
}
