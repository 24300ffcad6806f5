/** Pieces of work one at a time, in the order in which they were asked for. */
export class Turns {
  #latest: Promise<unknown> = Promise.resolve();

  /** Does a piece of work when those before are done, whether they failed or not. */
  take<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#latest.then(work);
    this.#latest = done.catch(() => undefined); // Who asked for it is told; the next one tries anew.
    return done;
  }
}
