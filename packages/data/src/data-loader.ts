import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { collate } from './collate.ts';
import type { Dataset } from './dataset.ts';
import { mapRandom } from './map-random.ts';
import { CounterRandom, checkSeed, iota } from './random.ts';
import type { Batch, HostBatch, LoaderState } from './types.ts';

/** What a loader's `map` gets beside the batch. */
export interface MapContext {
  /** The pass over the data, from 0. */
  readonly epoch: number;
  /** The batch within the pass, from 0. */
  readonly index: number;
  /** The loader's seed. */
  readonly seed: number;
  /** Random numbers that depend only on (seed, epoch, index). */
  readonly random: CounterRandom;
}

/** Changes a batch on the host before it becomes tensors. The arrays are fresh copies: changing them in place is fine. */
export type BatchMap<Row, Out> = (
  batch: HostBatch<Row>,
  context: MapContext,
) => HostBatch<Out> | Promise<HostBatch<Out>>;

/** Settings of a {@link DataLoader}. */
export interface DataLoaderOptions<Row, Out = Row> {
  /** Rows per batch. Default 32. */
  readonly batchSize?: number;
  /** A new order in every epoch. Default `false`. */
  readonly shuffle?: boolean;
  /** A safe integer that fixes every order and every random number of `map`. Default 0. */
  readonly seed?: number;
  /** Leave out the last batch when it is smaller. Default `false`. */
  readonly dropLast?: boolean;
  /** Changes each batch on the host, for example augmentation. */
  readonly map?: BatchMap<Row, Out>;
  /**
   * Batches that an asynchronous loop works on ahead of the one it hands out, so that an asynchronous `map` (a worker's,
   * see `workerMap` of `@gai/data/node`) runs beside the training. Order and `state()` stay those without. Default 0.
   */
  readonly prefetch?: number;
}

/** The stream of the seed for the order of an epoch; `map` has its own, see {@link mapRandom}. */
const ORDER = 1;

/**
 * Batches of a {@link Dataset} as tensors, one epoch per loop.
 *
 * The order of epoch e is a pure function of (seed, e) and the random numbers of batch i one of (seed, e, i), so
 * `state()` is three numbers and a run resumed from it sees bitwise the same batches. A `for` or `for await` loop runs
 * from the current position to the end of the epoch; after a `break` the next loop goes on where it stopped (`reset()`
 * starts over). `epoch(e)` walks any epoch without touching the position.
 *
 * @example
 * const points = dataset({ x: Float32Array.of(1, 2, 3, 4, 5) });
 * const loader = new DataLoader(points, { batchSize: 2, shuffle: true, seed: 7 });
 * loader.length; // => 3
 * const shapes = [];
 * for await (const { x } of loader) shapes.push(x.shape);
 * shapes; // => [[2], [2], [1]]
 * loader.state(); // => { epoch: 1, position: 0, seed: 7 }
 * @category Datasets
 */
export class DataLoader<Row extends object, Out extends object = Row> {
  readonly dataset: Dataset<Row>;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly prefetch: number;
  readonly #map: BatchMap<Row, Out> | undefined;
  #seed: number;
  #epoch = 0;
  #position = 0;

  /** @throws {@link DataError} if the data set is empty, or an option is out of range. */
  constructor(data: Dataset<Row>, options: DataLoaderOptions<Row, Out> = {}) {
    checkOptionNames('DataLoader', options, ['batchSize', 'shuffle', 'seed', 'dropLast', 'map', 'prefetch']);
    const { batchSize = 32, shuffle = false, seed = 0, dropLast = false, prefetch = 0 } = options;
    checkSeed('DataLoader', seed);
    checkPrefetch(prefetch);
    checkSizes(data.size, batchSize, dropLast);
    this.dataset = data;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.prefetch = prefetch;
    this.#map = options.map;
    this.#seed = seed;
  }

  /** Batches per epoch. */
  get length(): number {
    return this.dropLast ? Math.floor(this.dataset.size / this.batchSize) : this.#batchesTo(this.dataset.size);
  }

  /** The seed of the orders and of `map`'s random numbers. */
  get seed(): number {
    return this.#seed;
  }

  #batchesTo(rows: number): number {
    return Math.ceil(rows / this.batchSize);
  }

  /**
   * Where the loader stands, counting every batch that was handed out. Save it with a checkpoint, give it to
   * {@link DataLoader.load} to go on.
   */
  state(): LoaderState {
    return { epoch: this.#epoch, position: this.#position, seed: this.#seed };
  }

  /**
   * Takes over a saved state, seed included.
   * @throws {@link DataError} if it is no state of a loader over this data set.
   */
  load(state: LoaderState): void {
    const { epoch, position, seed } = state;
    checkSeed('DataLoader.load', seed);
    const valid = isCount(epoch) && isCount(position) && position / this.batchSize < this.length;
    if (!valid || position % this.batchSize !== 0) {
      throw new DataError(
        `DataLoader.load: the state does not fit. Got epoch ${epoch}, position ${position}; expected an epoch ≥ 0 and ` +
          `a position in 0 … ${(this.length - 1) * this.batchSize} that is a multiple of the batch size ` +
          `${this.batchSize}. ` +
          `Use the data set and batch size of the saved run.`,
        { op: 'DataLoader.load', details: { epoch, position, size: this.dataset.size, batchSize: this.batchSize } },
      );
    }
    this.#epoch = epoch;
    this.#position = position;
    this.#seed = seed;
  }

  /** Goes back to the start of epoch `epoch`. Default 0. */
  reset(epoch = 0): void {
    this.load({ epoch, position: 0, seed: this.#seed });
  }

  /** The row order of an epoch: `[size]`, a pure function of the seed and the epoch. */
  order(epoch: number): Uint32Array {
    const { size } = this.dataset;
    return this.shuffle ? new CounterRandom(this.#seed, [ORDER, epoch]).permutation(size) : iota(size);
  }

  /** The batches of any epoch, without moving this loader. */
  async *epoch(epoch: number): AsyncGenerator<Batch<Out>, void, undefined> {
    for await (const [, batch] of this.#ahead(epoch, 0)) yield batch;
  }

  /** The rest of the current epoch. `map` may be asynchronous. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch<Out>, void, undefined> {
    for await (const [step, batch] of this.#ahead(this.#epoch, this.#position)) {
      this.#advance(step);
      yield batch;
    }
  }

  /** The steps of an epoch in order with their batches; up to `prefetch` more are being made meanwhile. */
  async *#ahead(epoch: number, position: number): AsyncGenerator<[Step, Batch<Out>], void, undefined> {
    const steps = this.#steps(epoch, position);
    const started: { step: Step; host: Promise<HostBatch<Out>> }[] = [];
    for (;;) {
      while (started.length <= this.prefetch) {
        const next = steps.next();
        if (next.done === true) break;
        const host = this.#start(next.value);
        // A failure is thrown when the batch's turn comes; a loop that has ended by then never asks.
        host.catch(() => undefined);
        started.push({ step: next.value, host });
      }
      const first = started.shift();
      if (first === undefined) return;
      yield [first.step, collate(await first.host)];
    }
  }

  async #start(step: Step): Promise<HostBatch<Out>> {
    return this.#host(step);
  }

  /**
   * The rest of the current epoch, without promises.
   * @throws {@link DataError} if `map` returns a promise.
   */
  *[Symbol.iterator](): Generator<Batch<Out>, void, undefined> {
    for (const step of this.#steps(this.#epoch, this.#position)) {
      const host = this.#host(step);
      if (host instanceof Promise) throw asynchronousMap();
      const batch = collate(host);
      this.#advance(step);
      yield batch;
    }
  }

  *#steps(epoch: number, position: number): Generator<Step> {
    const order = this.order(epoch);
    for (let index = this.#batchesTo(position); index < this.length; index++) {
      const start = index * this.batchSize;
      const rows = order.subarray(start, start + this.batchSize);
      yield { epoch, index, rows, next: index + 1 < this.length ? start + rows.length : 0 };
    }
  }

  #host({ epoch, index, rows }: Step): HostBatch<Out> | Promise<HostBatch<Out>> {
    const batch = this.dataset.gather(rows);
    if (!this.#map) return batch as unknown as HostBatch<Out>;
    const seed = this.#seed;
    return this.#map(batch, { epoch, index, seed, random: mapRandom(seed, epoch, index) });
  }

  /** Counts a batch as handed out; after the last one the loader stands at the start of the next epoch. */
  #advance({ epoch, next }: Step): void {
    this.#epoch = next === 0 ? epoch + 1 : epoch;
    this.#position = next;
  }
}

interface Step {
  readonly epoch: number;
  readonly index: number;
  readonly rows: Uint32Array;
  /** Position after this batch; 0 when it is the last. */
  readonly next: number;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function checkSizes(size: number, batchSize: number, dropLast: boolean): void {
  if (size === 0) {
    throw new DataError(
      'DataLoader: the data set is empty. Got 0 rows; expected at least 1. Check the filter, take or skip that made it.',
      { op: 'DataLoader', details: { size } },
    );
  }
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new DataError(
      `DataLoader: the batch size is not a number of rows. Got ${batchSize}; expected an integer ≥ 1. ` +
        `Pass { batchSize: 64 }.`,
      { op: 'DataLoader', details: { batchSize } },
    );
  }
  if (dropLast && batchSize > size) {
    throw new DataError(
      `DataLoader: there is no full batch. Got batch size ${batchSize} and ${size} rows with dropLast; expected a ` +
        `batch size of at most ${size}. Lower it or leave out dropLast.`,
      { op: 'DataLoader', details: { size, batchSize } },
    );
  }
}

function checkPrefetch(prefetch: number): void {
  if (Number.isSafeInteger(prefetch) && prefetch >= 0) return;
  throw new DataError(
    `DataLoader: prefetch is no number of batches. Got ${prefetch}; expected an integer ≥ 0. Pass { prefetch: 2 }.`,
    { op: 'DataLoader', details: { prefetch } },
  );
}

function asynchronousMap(): DataError {
  return new DataError(
    'DataLoader: map is asynchronous in a synchronous loop. Got a promise; expected a batch. Use for await.',
    { op: 'DataLoader' },
  );
}
