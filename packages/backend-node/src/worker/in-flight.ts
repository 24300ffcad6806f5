/** Places in the shared memory: requests not yet done, and whether the process is about to end. */
const COUNT = 0;
const ENDING = 1;

/** Longest wait for one worker, in milliseconds: one that died without a word must not keep the process forever. */
const PATIENCE = 300_000;

/** Workers of this process that may have something in flight. */
const watched = new Set<InFlight>();

/**
 * Requests that a worker has not finished, counted in memory that both threads see.
 *
 * ONNX Runtime's binding ends the whole process (code 134) when its thread is stopped inside a run. A process that ends
 * stops its threads, so it waits for the run first, as it would have to anyway: a thread is stopped when its call returns.
 */
export class InFlight {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** @param cells - In the worker, the memory that the main thread made. */
  constructor(cells = new Int32Array(new SharedArrayBuffer(8))) {
    this.#cells = cells;
  }

  /** What the worker makes its own object of. */
  get cells(): Int32Array<SharedArrayBuffer> {
    return this.#cells;
  }

  /** Makes the process wait at its end; called where requests are sent. */
  watch(): void {
    if (watched.size === 0) process.on('exit', waitForAll);
    watched.add(this);
  }

  /** The worker is gone. */
  unwatch(): void {
    if (watched.delete(this) && watched.size === 0) process.off('exit', waitForAll);
  }

  /** A request is sent. */
  begin(): void {
    Atomics.add(this.#cells, COUNT, 1);
  }

  /** A request is answered. */
  end(): void {
    Atomics.sub(this.#cells, COUNT, 1);
    Atomics.notify(this.#cells, COUNT);
  }

  /** Whether what has not begun needs not begin any more. */
  get ending(): boolean {
    return Atomics.load(this.#cells, ENDING) === 1;
  }

  /** Tells the worker to begin nothing more, and blocks this thread until it is idle. */
  stop(): void {
    Atomics.store(this.#cells, ENDING, 1);
    for (;;) {
      const count = Atomics.load(this.#cells, COUNT);
      if (count <= 0 || Atomics.wait(this.#cells, COUNT, count, PATIENCE) === 'timed-out') return;
    }
  }
}

function waitForAll(): void {
  for (const inFlight of watched) inFlight.stop();
}
