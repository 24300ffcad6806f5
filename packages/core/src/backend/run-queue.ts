interface Waiting {
  readonly task: () => Promise<void>;
}

/**
 * Runs tasks one after the other, in the order they were added; a failing one does not stop the next.
 * @example
 * const queue = new RunQueue();
 * await Promise.all([queue.add(() => 1), queue.add(async () => 2)]); // => [1, 2]
 * @category Backends
 */
export class RunQueue {
  readonly #waiting: Waiting[] = [];
  #running = false;

  /** Runs the task when all before it are done. */
  add<T>(task: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = async (): Promise<void> => {
        try {
          resolve(await task());
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ task: settle });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await next.task();
    this.#running = false;
  }
}
