import { data, evaluate, getDefaultBackend, mapTree, spec, tensor } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { CacheBuffer } from './cache-buffer.ts';
import { CacheView } from './cache-view.ts';
import { concatCross, gatherCross } from './cross.ts';
import type { Cross } from './cross.ts';
import { DeviceBuffer } from './device-buffer.ts';
import { HostBuffer } from './host-buffer.ts';
import { joinOnDevice, joinOnHost } from './join-buffers.ts';
import type { KeysValues } from './cache-view.ts';
import {
  checkCaches,
  checkCounts,
  checkLayers,
  checkNoCounts,
  checkOptions,
  checkRows,
  checkTruncation,
  sameOptions,
} from './check-cache.ts';

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
  /**
   * Where it lies: in JavaScript's memory, where new entries are written in place, or on the device, where each step makes
   * new tensors and nothing is copied to the host. Default: where the backend that is the default at the first
   * {@link KeyValueCache.append} has its tensors.
   */
  readonly memory?: 'host' | 'device' | undefined;
  /**
   * Places of each row before there is a token; more are made when they are needed. Default 0. With 1 a step whose `past` has a name
   * takes the first tokens too, so that one program computes the prompt and what follows.
   */
  readonly capacity?: number | undefined;
}

/** Names for the sizes of {@link KeyValueCache.specs}; those left out are as they are now. */
export interface CacheNames {
  readonly batch?: string | undefined;
  readonly past?: string | undefined;
  /** Of the encoder's keys. */
  readonly source?: string | undefined;
}

const NAMES = ['layers', 'heads', 'depth', 'valueDepth', 'batch', 'dtype', 'memory', 'capacity'];

interface Layer {
  readonly key: CacheBuffer;
  readonly value: CacheBuffer;
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
 *
 * Rows may have different lengths: an entry's place is its position, and the first `counts[i]` of a row are kept. Batches that are filled
 * up on the left, or anywhere, need a mask of the tokens that count ({@link CacheView.attend}). With a `window` the keys before it
 * are masked and not given up: memory grows with the whole text.
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
  #memory: 'host' | 'device' | undefined;

  constructor(options: KeyValueCacheOptions) {
    checkOptionNames('KeyValueCache', options, NAMES);
    checkOptions(options);
    this.options = options;
    this.#memory = options.memory;
    const { batch = 1, heads, depth, valueDepth = depth, dtype = 'float32', capacity = 0 } = options;
    const empty = (size: number): CacheBuffer => new HostBuffer({ batch, heads, capacity, depth: size }, dtype);
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
   * What a step computes with: an argument of a compiled function. Take a new one for every step: it is valid until the
   * cache changes.
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
   * 0 for an empty cache, for which attention is written without a cache (a prompt's first pass). A `past` with a name
   * is at least 1: `jit` makes the other program by itself, `compile` wants one for each.
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
   * @param counts - How many count in each row. Default: what the rows say ({@link KeysValues.counts}), or all of them.
   * @throws {@link ShapeError} if the rows are not those of this cache.
   * @throws {@link ArgumentError} if a count is more than there are.
   */
  async append(rows: readonly KeysValues[], counts?: readonly number[]): Promise<void> {
    const time = checkRows(rows, this.options, this.batch);
    const said = counts === undefined ? rows[0]!.counts : undefined;
    const added = counts ?? (said === undefined ? this.#lengths.map(() => time) : [...(await data(said))].map(Number));
    checkCounts(added, this.batch, time);
    this.#decideMemory();
    const taken = this.#layers.flatMap(({ key, value }, layer) => [
      key.take(rows[layer]!.key),
      value.take(rows[layer]!.value),
    ]);
    const writes = await Promise.all(taken);
    // Nothing is awaited from here until the lengths are new: another append may be on its way.
    const places = { time, starts: this.#lengths, counts: added };
    const lengths = this.#lengths.map((start, row) => start + added[row]!);
    this.#reserve(Math.max(...lengths));
    for (const write of writes) write(places);
    this.#lengths = lengths;
    await this.#compute();
  }

  /**
   * Keys and values of an encoder's output, to which every step attends.
   * @param layers - For each layer `[batch, heads, source, depth]`; kept, not copied.
   * @param lengths - How many of them count in each row. Default: all; needed if the layers have counts.
   * @throws {@link ArgumentError} if the layers have counts and there are no lengths.
   */
  setCross(layers: readonly KeysValues[], lengths?: readonly number[]): void {
    const heads = (layers as Partial<typeof layers> | undefined)?.[0]?.key?.shape[1] as number;
    if (lengths === undefined && heads !== undefined) checkNoCounts(layers);
    const source = checkRows(layers, { ...this.options, heads }, this.batch);
    const counted = lengths ?? this.#lengths.map(() => source);
    checkCounts(counted, this.batch, source);
    this.#cross = { layers, lengths: counted, origins: this.#lengths.map((_, row) => row) };
  }

  /**
   * Makes row i what row `rows[i]` was: beams that go on, requests that leave, a prompt for several answers. The number
   * of rows may change.
   */
  async gather(rows: readonly number[]): Promise<void> {
    checkLayers('gather', rows, this.batch);
    const isSame = rows.length === this.batch && rows.every((source, row) => source === row);
    if (isSame) return;
    const { capacity } = this;
    for (const buffer of this.#buffers()) buffer.rebuild(capacity, rows, this.#lengths);
    this.#lengths = rows.map((source) => this.#lengths[source]!);
    this.#cross = this.#cross === undefined ? undefined : gatherCross(this.#cross, rows);
    await this.#compute();
  }

  /** Forgets what comes after the first `lengths` places (of every row, or row by row): tokens that were guessed wrong. */
  truncate(lengths: number | readonly number[]): void {
    const kept = typeof lengths === 'number' ? this.#lengths.map((now) => Math.min(now, lengths)) : lengths;
    checkTruncation(kept, this.#lengths);
    this.#lengths = [...kept];
  }

  /**
   * Another cache with the same content, which goes its own way: for a prefix that many texts begin with. It costs
   * nothing until one of the two is appended to, which copies the filled places then (each fork but the last to write).
   */
  fork(): KeyValueCache {
    const other = new KeyValueCache({ ...this.options, batch: this.batch, capacity: 0 });
    other.#layers = this.#layers.map(({ key, value }) => ({ key: key.fork(), value: value.fork() }));
    other.#lengths = this.#lengths;
    other.#cross = this.#cross;
    other.#memory = this.#memory;
    return other;
  }

  /**
   * The rows of several caches in one, for requests that join a running batch.
   * @throws {@link ArgumentError} if they were not made for one model.
   */
  static async concat(caches: readonly KeyValueCache[]): Promise<KeyValueCache> {
    checkCaches(caches, (cache) => cache instanceof KeyValueCache);
    sameOptions(caches.map(({ options }) => options));
    const batch = caches.reduce((total, cache) => total + cache.batch, 0);
    const result = new KeyValueCache({ ...caches[0]!.options, batch, capacity: 0 });
    const memories = caches.flatMap((cache) => cache.#memory ?? []);
    result.#memory = memories.find((memory) => memory === 'device') ?? memories[0];
    const longest = Math.max(...caches.flatMap(({ lengths }) => lengths));
    if (longest > 0) result.#layers = result.#joined(caches, longest);
    result.#lengths = caches.flatMap(({ lengths }) => [...lengths]);
    result.#cross = concatCross(caches.map((cache) => cache.#cross));
    await result.#compute();
    return result;
  }

  /** Gives up the memory, so that a fork that shares it need not copy it to go on. */
  dispose(): void {
    for (const buffer of this.#buffers()) buffer.release();
    this.#lengths = this.#lengths.map(() => 0);
    this.#cross = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  *#buffers(): Iterable<CacheBuffer> {
    for (const { key, value } of this.#layers) {
      yield key;
      yield value;
    }
  }

  /** Chooses where the entries will lie, before there are any. */
  #decideMemory(): void {
    this.#memory ??= getDefaultBackend().inHostMemory === true ? 'host' : 'device';
    const isMoved = this.#layers[0]!.key instanceof DeviceBuffer;
    if (this.#memory === 'host' || this.#lengths.some((length) => length > 0) || isMoved) return;
    const moved = ({ sizes }: CacheBuffer): CacheBuffer => new DeviceBuffer(sizes, this.options.dtype ?? 'float32');
    this.#layers = this.#layers.map(({ key, value }) => ({ key: moved(key), value: moved(value) }));
  }

  /** Computes what lies on a device, which is then independent of what it was made from. */
  async #compute(): Promise<void> {
    const cross = this.#cross?.layers.flatMap(({ key, value }) => [key, value]) ?? [];
    const own = this.#memory === 'device' ? [...this.#buffers()].map(({ tensor: entries }) => entries) : [];
    // What another append replaces meanwhile is not computed from yet.
    const frees = [...this.#buffers()].map((buffer) => buffer.settle());
    await evaluate(...own, ...cross);
    for (const free of frees) free();
  }

  /** Makes room for so many entries in each row. */
  #reserve(length: number): void {
    if (length <= this.capacity) return;
    const capacity = roomFor(length);
    const rows = Array.from(this.#lengths.keys());
    for (const buffer of this.#buffers()) buffer.rebuild(capacity, rows, this.#lengths);
  }

  /** The rows of several caches in new buffers. */
  #joined(caches: readonly KeyValueCache[], longest: number): Layer[] {
    const capacity = roomFor(longest);
    const join = this.#memory === 'device' ? joinOnDevice : joinOnHost;
    const parts = caches.map((cache) => cache.lengths);
    return this.#layers.map((_, layer) => {
      const joined = (part: 'key' | 'value'): CacheBuffer =>
        join(
          caches.map((cache) => cache.#layers[layer]![part]),
          parts,
          capacity,
        );
      return { key: joined('key'), value: joined('value') };
    });
  }
}

/** An eighth more than needed, in steps. */
function roomFor(length: number): number {
  const step = Math.max(LEAST_STEP, Math.ceil(length / 8 / LEAST_STEP) * LEAST_STEP);
  return Math.ceil(length / step) * step;
}

const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values));
