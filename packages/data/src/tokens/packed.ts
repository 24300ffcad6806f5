import { DataError, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { CounterRandom, checkSeed, iota } from '../random.ts';
import type { LoaderState } from '../types.ts';
import type { TokenSource } from './token-source.ts';
import { fillRow, readRing } from './window.ts';
import type { Window } from './window.ts';

/** Settings of {@link packed}. */
export interface PackedOptions {
  /** Tokens of a window. */
  readonly length: number;
  /** Windows per batch. Default 16. */
  readonly batchSize?: number | undefined;
  /** Every epoch cuts its windows at other places and has its own order of them. Default true. */
  readonly shuffle?: boolean | undefined;
  /** A safe integer that fixes both. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * A batch of {@link packed}: int32 `[windows, length]` each.
 * @category Tokens
 */
export interface PackedBatch {
  /** Token ids: what goes into the model. */
  readonly x: Tensor;
  /** For each of them the token that comes next in its document, −100 where there is none. */
  readonly y: Tensor;
  /** Places counted from 0 in each document's part of the window. */
  readonly positionIds: Tensor;
  /** Which part of the window a token belongs to: 0, 1, …; tokens of different numbers must not attend to each other. */
  readonly segments: Tensor;
}

/** The streams of the seed, beside those of DataLoader. */
const [ORDER, OFFSET] = [11, 12];

/**
 * Batches of windows that are cut from documents without a gap, for a language model.
 *
 * An epoch foresees every token once: the documents are a ring, cut into windows of `length` tokens, of which the last is filled up with
 * labels of −100. With `shuffle`, where the first one begins and their order are pure functions of (seed, epoch), so `state()` is three numbers
 * and a run resumed from it sees bitwise the same batches. `y` is shifted already: its loss is `tokenLoss` of
 * `@gai/transformer`, not `nextToken`. That no document sees another takes `segments` as a mask (`segmentMask`) and `positionIds`.
 * @param tokens - Documents in memory ({@link tokenArray}) or in a file (`openTokens`).
 * @param options.length - Tokens of a window.
 * @param options.batchSize - Windows per batch. Default 16.
 * @param options.shuffle - Other windows in another order in every epoch. Default true.
 * @param options.seed - Fixes them. Default 0.
 * @throws {@link ArgumentError} if an option is out of range.
 * @example
 * const tokens = tokenArray([[5, 6, 7], [8, 9]], { separator: 0 });
 * const loader = packed(tokens, { length: 4, batchSize: 2, shuffle: false });
 * const batches = [];
 * for await (const batch of loader) batches.push(batch);
 * const { x, y, segments } = batches[0]!;
 * await toArray(x); // => [[0, 5, 6, 7], [0, 8, 9, 0]]
 * await toArray(y); // => [[5, 6, 7, 0], [8, 9, 0, -100]]
 * await toArray(segments); // => [[0, 0, 0, 0], [0, 0, 0, 1]]
 * loader.state(); // => { epoch: 1, position: 0, seed: 0 }
 * @category Tokens
 */
export function packed(tokens: TokenSource, options: PackedOptions): PackedLoader {
  checkOptionNames('packed', options, ['length', 'batchSize', 'shuffle', 'seed']);
  const isSource = typeof tokens === 'object' && tokens !== null && 'read' in tokens && 'starts' in tokens;
  const rule = 'documents of token ids, which tokenArray(documents) and openTokens(file) make';
  checkArgument(isSource, tokens, { op: 'packed', name: 'tokens', rule });
  return new PackedLoader(tokens, options);
}

/**
 * What {@link packed} makes: a loop of it runs from its position to the end of the epoch.
 * @category Tokens
 */
export class PackedLoader implements AsyncIterable<PackedBatch> {
  /** Tokens of a window. */
  readonly windowLength: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly #tokens: TokenSource;
  readonly #windows: number;
  #seed: number;
  #epoch = 0;
  #position = 0;

  /** @internal */
  constructor(tokens: TokenSource, { length, batchSize = 16, shuffle = true, seed = 0 }: PackedOptions) {
    const rule = 'a whole number of 1 or more';
    checkArgument(isCount(length) && length > 0, length, { op: 'packed', name: 'length', rule });
    checkArgument(isCount(batchSize) && batchSize > 0, batchSize, { op: 'packed', name: 'batchSize', rule });
    checkSeed('packed', seed);
    this.windowLength = length;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.#tokens = tokens;
    this.#windows = Math.ceil(tokens.length / length);
    this.#seed = seed;
    if (this.#windows >= 2 ** 32) throw tooManyWindows(this.#windows);
  }

  /** Batches per epoch. */
  get length(): number {
    return Math.ceil(this.#windows / this.batchSize);
  }

  /** Where the loader stands, counting every window that was handed out. */
  state(): LoaderState {
    return { epoch: this.#epoch, position: this.#position, seed: this.#seed };
  }

  /**
   * Takes over a saved state, seed included.
   * @throws {@link DataError} if it is no state of a loader over these tokens.
   */
  load({ epoch, position, seed }: LoaderState): void {
    checkSeed('packed', seed);
    const fits = isCount(epoch) && isCount(position) && position < this.#windows && position % this.batchSize === 0;
    if (!fits) throw wrongState({ epoch, position }, this.#windows, this.batchSize);
    [this.#epoch, this.#position, this.#seed] = [epoch, position, seed];
  }

  /** The rest of the current epoch. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PackedBatch, void, undefined> {
    const epoch = this.#epoch;
    const [order, offset] = this.#cut(epoch);
    for (let at = this.#position; at < this.#windows; at += this.batchSize) {
      const batch = await this.#batch(order.subarray(at, at + this.batchSize), offset);
      const next = at + this.batchSize;
      [this.#epoch, this.#position] = next < this.#windows ? [epoch, next] : [epoch + 1, 0];
      yield batch;
    }
  }

  /** The order of an epoch's windows, and where the first of them begins. */
  #cut(epoch: number): [order: Uint32Array, offset: number] {
    if (!this.shuffle) return [iota(this.#windows), 0];
    const offset = Math.floor(new CounterRandom(this.#seed, [OFFSET, epoch]).float() * this.#tokens.length);
    return [new CounterRandom(this.#seed, [ORDER, epoch]).permutation(this.#windows), offset];
  }

  async #batch(windows: Uint32Array, offset: number): Promise<PackedBatch> {
    const { windowLength: length } = this;
    const column = (): Int32Array<ArrayBuffer> => new Int32Array(windows.length * length);
    const columns = { x: column(), y: column(), positionIds: column(), segments: column() };
    for (const [row, number] of windows.entries()) {
      const begin = number * length;
      const window: Window = {
        start: (offset + begin) % this.#tokens.length,
        count: Math.min(length, this.#tokens.length - begin),
      };
      fillRow(this.#tokens, await readRing(this.#tokens, window), window, { ...columns, at: row * length, length });
    }
    const shape = [windows.length, length];
    const toTensor = (values: Int32Array<ArrayBuffer>): Tensor => tensor(values, { shape, dtype: 'int32' });
    const { x, y, positionIds, segments } = columns;
    return { x: toTensor(x), y: toTensor(y), positionIds: toTensor(positionIds), segments: toTensor(segments) };
  }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

// oxlint-disable-next-line max-params -- what was given, and the two numbers it has to fit.
const wrongState = (state: { epoch: number; position: number }, windows: number, batchSize: number): DataError =>
  new DataError(
    `packed: the state does not fit. Got epoch ${state.epoch}, position ${state.position}; expected an epoch of 0 or more, and a ` +
      `multiple of the batch size ${batchSize} below ${windows}, the number of windows. Use the tokens, length and batch size of the ` +
      `saved run.`,
    { op: 'packed', details: { ...state, windows, batchSize } },
  );

const tooManyWindows = (windows: number): DataError =>
  new DataError(
    `packed: there are too many windows. Got ${windows}; expected fewer than ${2 ** 32}. Use longer windows.`,
    { op: 'packed', details: { windows } },
  );
