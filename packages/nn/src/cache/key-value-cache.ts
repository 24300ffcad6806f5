import { ArgumentError, concat, data, gather, mapTree, pad, spec, tensor } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { CacheBuffer } from './cache-buffer.ts';
import { CacheView } from './cache-view.ts';
import type { KeysValues } from './cache-view.ts';
import { checkCounts, checkLayers, checkOptions, checkRows, checkTruncation, sameOptions } from './check-cache.ts';

/** Options of {@link KeyValueCache}. */
export interface KeyValueCacheOptions {
  /** Layers that attend to what they have seen. */
  readonly layers: number;
  /** Heads of keys and values (those of the queries may be more). */
  readonly heads: number;
  /** Size of a head's keys. */
  readonly depth: number;
  /** Size of a head's values. Default: `depth`. */
  readonly valueDepth?: number | undefined;
  /** Rows. Default 1. */
  readonly batch?: number | undefined;
  /** Element type, that of the model's keys. Default `float32`. */
  readonly dtype?: DType | undefined;
}

/** Names for the sizes of {@link KeyValueCache.specs}; those left out are as they are now. */
export interface CacheNames {
  readonly batch?: string | undefined;
  readonly past?: string | undefined;
  /** Of the encoder's keys. */
  readonly source?: string | undefined;
}

interface Layer {
  readonly key: CacheBuffer;
  readonly value: CacheBuffer;
}

interface Cross {
  readonly layers: readonly KeysValues[];
  readonly lengths: readonly number[];
  /** The row of {@link KeyValueCache.setCross} each row stands for. */
  readonly origins: readonly number[];
}

/** Room is made in steps of an eighth, and of at least so many tokens. */
const LEAST_STEP = 32;

/**
 * The keys and values a decoder has computed so far, layer by layer, for rows of different length: what makes one token
 * cost one token instead of the whole text again.
 *
 * A compiled step takes {@link KeyValueCache.view} and returns the new keys and values alone; {@link KeyValueCache.append}
 * writes them in place, so that nothing of the past is copied between steps. Room is added in steps; places that are not
 * filled are masked.
 * @throws {@link ArgumentError} if a size is no whole number of at least 1.
 * @example
 * const cache = new KeyValueCache({ layers: 1, heads: 1, depth: 2 });
 * const step = jit(
 *   (x: Tensor, view: CacheView) => {
 *     const y = view.attend(0, x, { key: x, value: x });
 *     return { y, rows: view.rows() };
 *   },
 *   { specs: { x: spec([1, 1, 1, 2]), view: cache.specs({ past: 'past' }) } },
 * );
 * for (const value of [1, 2, 3]) {
 *   const { rows } = await step(tensor([[[[value, 0]]]]), cache.view());
 *   await cache.append(rows);
 * }
 * cache.lengths; // => [3]
 * @see Pope et al. 2022, Efficiently Scaling Transformer Inference, https://arxiv.org/abs/2211.05102
 * @category Cache
 */
export class KeyValueCache {
  readonly options: KeyValueCacheOptions;
  #layers: readonly Layer[];
  #lengths: readonly number[];
  #cross: Cross | undefined;

  constructor(options: KeyValueCacheOptions) {
    checkOptions(options);
    this.options = options;
    const { batch = 1, heads, depth, valueDepth = depth, dtype = 'float32' } = options;
    const empty = (size: number): CacheBuffer => new CacheBuffer({ batch, heads, capacity: 0, depth: size }, dtype);
    this.#layers = Array.from({ length: options.layers }, () => ({ key: empty(depth), value: empty(valueDepth) }));
    this.#lengths = Array.from({ length: batch }, () => 0);
  }

  /** The filled places of each row. */
  get lengths(): readonly number[] {
    return this.#lengths;
  }

  get batch(): number {
    return this.#lengths.length;
  }

  /** Places of each row, filled or not. */
  get capacity(): number {
    return this.#layers[0]!.key.sizes.capacity;
  }

  /** Bytes of memory for keys and values, what forks share counted for each; without the encoder's. */
  get bytes(): number {
    return this.#layers.reduce((total, { key, value }) => total + key.bytes + value.bytes, 0);
  }

  /**
   * What a step computes with: an argument of a compiled function. It stays valid until the cache is truncated or
   * gathered and appended to again.
   */
  view(): CacheView {
    const layers = this.#layers.map(({ key, value }) => ({ key: key.tensor, value: value.tensor }));
    const parts = { layers, lengths: int32(this.#lengths) };
    if (this.#cross === undefined) return new CacheView(parts);
    return new CacheView({ ...parts, cross: { layers: this.#cross.layers, lengths: int32(this.#cross.lengths) } });
  }

  /**
   * The {@link KeyValueCache.view} as specs for `compile`, `jit` and `exportOnnx`.
   * @param names - Names for sizes that may differ from call to call. A `past` without a name is the present capacity:
   * 0 for an empty cache, for which attention is written without a cache (a prompt's first pass).
   */
  specs(names: CacheNames = {}): CacheView {
    const named = (leaf: unknown, path: string): unknown => {
      const { shape, dtype } = leaf as Tensor;
      const [batch, heads, past, depth] = shape;
      const rows = names.batch ?? batch!;
      if (shape.length === 1) return spec([rows], dtype);
      const places = path.startsWith('.cross') ? names.source : names.past;
      return spec([rows, heads!, places ?? past!, depth!], dtype);
    };
    return mapTree(this.view(), named) as CacheView;
  }

  /**
   * Adds what a step has computed: of row i the first `counts[i]` of its new keys and values.
   * @param rows - {@link CacheView.rows}, as the compiled function returned them.
   * @param counts - How many count in each row. Default: all of them.
   * @throws {@link ShapeError} if the rows are not those of this cache.
   * @throws {@link ArgumentError} if a count is more than there are.
   */
  async append(rows: readonly KeysValues[], counts?: readonly number[]): Promise<void> {
    const time = checkRows(rows, this.options, this.batch);
    const added = counts ?? this.#lengths.map(() => time);
    checkCounts(added, this.batch, time);
    const read = await Promise.all(rows.flatMap(({ key, value }) => [data(key), data(value)]));
    const starts = this.#lengths;
    this.#reserve(Math.max(...starts.map((start, row) => start + added[row]!)));
    this.#layers.forEach(({ key, value }, layer) => {
      key.write({ data: read[2 * layer]!, time, starts, counts: added }, starts);
      value.write({ data: read[2 * layer + 1]!, time, starts, counts: added }, starts);
    });
    this.#lengths = starts.map((start, row) => start + added[row]!);
  }

  /**
   * Keys and values of an encoder's output, to which every step attends.
   * @param layers - For each layer `[batch, heads, source, depth]`; kept, not copied.
   * @param lengths - How many of them count in each row. Default: all.
   */
  setCross(layers: readonly KeysValues[], lengths?: readonly number[]): void {
    const source = checkRows(layers, { ...this.options, heads: layers[0]?.key.shape[1] as number }, this.batch);
    const counted = lengths ?? this.#lengths.map(() => source);
    checkCounts(counted, this.batch, source);
    this.#cross = { layers, lengths: counted, origins: this.#lengths.map((_, row) => row) };
  }

  /**
   * Makes row i what row `rows[i]` was: beams that go on, requests that leave, a prompt for several answers. The number
   * of rows may change.
   */
  gather(rows: readonly number[]): void {
    checkLayers('gather', rows, this.batch);
    const isSame = rows.length === this.batch && rows.every((source, row) => source === row);
    if (isSame) return;
    for (const { key, value } of this.#layers) {
      for (const buffer of [key, value]) buffer.rebuild(this.capacity, rows, this.#lengths);
    }
    this.#lengths = rows.map((source) => this.#lengths[source]!);
    this.#cross = this.#cross === undefined ? undefined : gatherCross(this.#cross, rows);
  }

  /** Forgets what comes after the first `lengths` places (of every row, or row by row): tokens that were guessed wrong. */
  truncate(lengths: number | readonly number[]): void {
    const kept = typeof lengths === 'number' ? this.#lengths.map((now) => Math.min(now, lengths)) : lengths;
    checkTruncation(kept, this.#lengths);
    this.#lengths = [...kept];
  }

  /**
   * Another cache with the same content, which goes its own way: for a prefix that many texts begin with. It costs
   * nothing until one of the two is appended to, which copies the filled places then.
   */
  fork(): KeyValueCache {
    const other = new KeyValueCache({ ...this.options, batch: this.batch });
    other.#layers = this.#layers.map(({ key, value }) => ({ key: key.fork(), value: value.fork() }));
    other.#lengths = this.#lengths;
    other.#cross = this.#cross;
    return other;
  }

  /**
   * The rows of several caches in one, for requests that join a running batch.
   * @throws {@link ArgumentError} if they were not made for one model.
   */
  static concat(caches: readonly KeyValueCache[]): KeyValueCache {
    sameOptions(caches.map(({ options }) => options));
    const result = new KeyValueCache({
      ...caches[0]!.options,
      batch: caches.reduce((sum, { batch }) => sum + batch, 0),
    });
    result.#reserve(Math.max(...caches.flatMap(({ lengths }) => lengths)));
    let first = 0;
    for (const cache of caches) {
      result.#layers.forEach((layer, index) => {
        for (const part of ['key', 'value'] as const)
          layer[part].copy(cache.#layers[index]![part], first, cache.#lengths);
      });
      first += cache.batch;
    }
    result.#lengths = caches.flatMap(({ lengths }) => [...lengths]);
    result.#cross = concatCross(caches.map((cache) => cache.#cross));
    return result;
  }

  /** Gives up the memory, so that a fork that shares it need not copy it to go on. */
  dispose(): void {
    for (const { key, value } of this.#layers) {
      key.release();
      value.release();
    }
    this.#lengths = this.#lengths.map(() => 0);
    this.#cross = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Makes room for so many entries in each row. */
  #reserve(length: number): void {
    if (length <= this.capacity) return;
    const step = Math.max(LEAST_STEP, Math.ceil(length / 8 / LEAST_STEP) * LEAST_STEP);
    const capacity = Math.ceil(length / step) * step;
    const rows = this.#lengths.map((_, row) => row);
    for (const { key, value } of this.#layers) {
      for (const buffer of [key, value]) buffer.rebuild(capacity, rows, this.#lengths);
    }
  }
}

const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values));

/** Rows that stand for the same encoder output as before (the beams of one text) are left as they are. */
function gatherCross({ layers, lengths, origins }: Cross, rows: readonly number[]): Cross {
  const next = rows.map((source) => origins[source]!);
  const isSame = next.length === origins.length && next.every((origin, row) => origin === origins[row]);
  if (isSame) return { layers, lengths, origins };
  const indices = int32(rows);
  const moved = (x: Tensor): Tensor => gather(x, indices, { axis: 0 });
  return {
    layers: layers.map(({ key, value }) => ({ key: moved(key), value: moved(value) })),
    lengths: rows.map((source) => lengths[source]!),
    origins: next,
  };
}

function concatCross(all: readonly (Cross | undefined)[]): Cross | undefined {
  const crosses = all.filter((cross) => cross !== undefined);
  if (crosses.length === 0) return undefined;
  if (crosses.length < all.length) {
    throw new ArgumentError(
      `KeyValueCache.concat: the caches do not fit. Got some with keys of an encoder and some without; expected all or ` +
        `none. Call setCross on each.`,
      { op: 'KeyValueCache.concat' },
    );
  }
  const sizeOf = (x: Tensor): number => x.shape[2] as number;
  const longest = Math.max(...crosses.map(({ layers }) => sizeOf(layers[0]!.key)));
  const padded = (x: Tensor): Tensor => (sizeOf(x) === longest ? x : pad(x, [0, 0, [0, longest - sizeOf(x)], 0]));
  const joined = (part: 'key' | 'value', layer: number): Tensor =>
    concat(crosses.map(({ layers }) => padded(layers[layer]![part])));
  let first = 0;
  const origins = crosses.flatMap((cross) => {
    const shifted = cross.origins.map((origin) => origin + first);
    first += Math.max(...cross.origins) + 1;
    return shifted;
  });
  return {
    layers: crosses[0]!.layers.map((_, layer) => ({ key: joined('key', layer), value: joined('value', layer) })),
    lengths: crosses.flatMap(({ lengths }) => [...lengths]),
    origins,
  };
}
