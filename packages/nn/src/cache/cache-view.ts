import {
  ArgumentError,
  GraphError,
  add,
  cachedAttention,
  cachedPositions,
  concat,
  full,
  greater,
  iota,
  less,
  logicalAnd,
  notEqual,
  scaledDotProductAttention,
  sub,
  treeNode,
  unsqueeze,
  where,
} from '@gai/core';
import type { CachedAttentionOptions, Dim, PastKeys, Tensor, TreeNode, TreeParts } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkWindow } from '@gai/core/ops';
import { flagsOf, keepTokens, placesOf } from './keep-tokens.ts';

/** Position of a place that holds no key: later than every query. */
const NOWHERE = 2 ** 30;

/** Keys `[batch, keyHeads, time, depth]` and values `[batch, keyHeads, time, valueDepth]` of one layer. */
export interface KeysValues {
  readonly key: Tensor;
  readonly value: Tensor;
  /** `[batch]`, int32: how many of them count in each row, the first ones. Default: all. See {@link keepTokens}. */
  readonly counts?: Tensor | undefined;
}

/** Settings of {@link CacheView.attend}. */
export interface CacheAttendOptions extends CachedAttentionOptions {
  /**
   * `[batch, time]`: 0 or false for new tokens that only fill up a batch, wherever they stand in their rows. Nobody attends to them, they
   * take no position, also not in a `window`, and the cache does not keep them. Default: all count.
   */
  readonly kept?: Tensor | undefined;
}

/** The tensors a {@link CacheView} consists of. */
export interface CacheParts {
  readonly layers: readonly KeysValues[];
  /** `[batch]`, int32: the filled places of each row. */
  readonly lengths: Tensor;
  /** Keys and values of an encoder's output, with the number of those that count in each row. */
  readonly cross?: { readonly layers: readonly KeysValues[]; readonly lengths: Tensor };
}

/**
 * A {@link KeyValueCache} as a traced function sees it: the keys and values of the tokens before, to which new tokens
 * attend. It is an argument of the function; what the new tokens add is a result of it ({@link CacheView.rows}).
 * @category Cache
 */
export class CacheView implements TreeNode {
  readonly #parts: CacheParts;
  readonly #rows: (KeysValues | undefined)[];

  /** @internal */
  constructor(parts: CacheParts) {
    this.#parts = parts;
    this.#rows = parts.layers.map(() => undefined);
  }

  [treeNode](): TreeParts {
    const { layers, lengths, cross } = this.#parts;
    const children = cross === undefined ? { layers, lengths } : { layers, lengths, cross };
    return { children, rebuild: (parts: CacheParts) => new CacheView(parts) };
  }

  /** How many layers it holds. */
  get size(): number {
    return this.#parts.layers.length;
  }

  /** `[batch]`, int32: the filled places of each row. */
  get lengths(): Tensor {
    return this.#parts.lengths;
  }

  /** Places for keys of earlier tokens, filled or not; 0 for an empty cache. */
  get places(): Dim {
    return this.#at(this.#parts.layers, 0).key.shape[2]!;
  }

  /** The keys and values of a layer as `cachedAttention` takes them. */
  past(layer: number): PastKeys {
    const { lengths } = this.#parts;
    return { ...this.#at(this.#parts.layers, layer), lengths };
  }

  /**
   * `[batch, time]`, int32: the positions of `time` new tokens of each row.
   * @param kept - `[batch, time]`: 0 or false for those that only fill up a batch, which take no position.
   */
  positions(time: Dim, kept?: Tensor): Tensor {
    const first = unsqueeze(this.lengths, 1);
    return add(first, kept === undefined ? iota(time) : placesOf(flagsOf(kept, [this.lengths.shape[0]!, time])));
  }

  /**
   * `[batch, past + time]`, int32: the positions of the keys that `time` new tokens may attend to; places without a key
   * have 2³⁰. For biases by distance.
   * @param kept - As for {@link CacheView.positions}.
   */
  keyPositions(time: Dim, kept?: Tensor): Tensor {
    if (kept === undefined) return cachedPositions(this.lengths, this.places, time).key;
    const place = iota(this.places);
    const past = where(less(place, unsqueeze(this.lengths, 1)), place, NOWHERE);
    return this.#withPast(this.positions(time, kept), past);
  }

  /**
   * Causal attention of new tokens to the keys and values of a layer and to each other, with a note of the new ones.
   * @param layer - Which layer, from 0 on; each once.
   * @param query - `[batch, heads, time, depth]`.
   * @param added - The new keys and values.
   * @param options - As for `cachedAttention`; and `kept`, `[batch, time]`, which new tokens count.
   * @returns `[batch, heads, time, valueDepth]`.
   */
  // oxlint-disable-next-line max-params -- the operands of attention and where they belong.
  attend(layer: number, query: Tensor, added: KeysValues, options: CacheAttendOptions = {}): Tensor {
    checkOptionNames('CacheView.attend', options, ['kept', 'mask', 'window', 'scale']);
    const past = this.past(layer);
    if (this.#rows[layer] !== undefined) {
      throw new GraphError(
        `CacheView: layer ${layer} attends twice. Got new keys for a layer that has some; expected one call per layer and ` +
          `step. Count the layers from 0 on, or take past(${layer}) for more attention to the same keys.`,
        { op: 'CacheView', details: { layer } },
      );
    }
    const { kept, ...settings } = options;
    this.#rows[layer] = kept === undefined ? added : keepTokens(added, kept);
    if (kept === undefined) return cachedAttention(query, added.key, added.value, past, settings);
    const { window, mask, ...others } = settings;
    const reached = both(mask, this.#maskOf(added, kept, window));
    return cachedAttention(query, added.key, added.value, past, { ...others, mask: reached });
  }

  /**
   * Attention to the encoder's keys and values ({@link KeyValueCache.setCross}); a row's keys beyond its length are not
   * attended to.
   * @param layer - Which layer, from 0 on.
   * @param query - `[batch, heads, time, depth]`.
   * @param options - As for `scaledDotProductAttention`.
   * @returns `[batch, heads, time, valueDepth]`.
   */
  attendCross(layer: number, query: Tensor, options: Omit<CachedAttentionOptions, 'window'> = {}): Tensor {
    checkOptionNames('CacheView.attendCross', options, ['mask', 'scale']);
    const { cross } = this.#parts;
    if (cross === undefined) {
      throw new ArgumentError(
        `CacheView: no keys of an encoder. Got attendCross on a cache without them; expected setCross before. Call ` +
          `cache.setCross(...) with the encoder's keys and values.`,
        { op: 'CacheView' },
      );
    }
    const { key, value } = this.#at(cross.layers, layer);
    const kept = less(iota(key.shape[2]!), unsqueeze(cross.lengths, [1, 2, 3])); // [batch, 1, 1, keys]
    const { mask: given, scale } = options;
    return scaledDotProductAttention(query, key, value, { mask: both(given, kept), scale, enableGqa: true });
  }

  /** The new keys and values of every layer: what a traced function returns for {@link KeyValueCache.append}. */
  rows(): readonly KeysValues[] {
    const missing = this.#rows.findIndex((row) => row === undefined);
    if (missing < 0) return this.#rows as KeysValues[];
    throw new GraphError(
      `CacheView: a layer has no new keys. Got none for layer ${missing} of ${this.size}; expected attend(...) once per ` +
        `layer. Make the cache with as many layers as the model has.`,
      { op: 'CacheView', details: { layer: missing } },
    );
  }

  /** Which keys of new tokens count, and of all those which are in reach of each: `[batch, 1, 1 or time, past + time]`. */
  // oxlint-disable-next-line max-params -- what is masked, by what.
  #maskOf({ key }: KeysValues, kept: Tensor, window: number | undefined): Tensor {
    const [batch, , time] = key.shape as [Dim, Dim, Dim];
    const flags = flagsOf(kept, [batch, time]);
    const all = this.#withPast(flags, notEqual(full([batch, this.places], 1, 'int32'), 0));
    const counts = unsqueeze(all, [1, 2]);
    if (window === undefined) return counts;
    checkWindow('CacheView', window);
    // Places are no positions here: what does not count has a place among the new tokens.
    const query = unsqueeze(this.positions(time, kept), [1, 3]); // [batch, 1, time, 1]
    const keys = unsqueeze(this.keyPositions(time, kept), [1, 2]); // [batch, 1, 1, past + time]
    return logicalAnd(counts, greater(keys, sub(query, window)));
  }

  /** What belongs to the new tokens behind what belongs to those before. */
  #withPast(added: Tensor, past: Tensor): Tensor {
    return this.places === 0 ? added : concat([past, added], { axis: 1 });
  }

  #at(layers: readonly KeysValues[], layer: number): KeysValues {
    const found = layers[layer];
    if (found !== undefined) return found;
    throw new ArgumentError(
      `CacheView: there is no such layer. Got ${layer}; expected a number below ${layers.length}. Make the cache with as ` +
        `many layers as the model has.`,
      { op: 'CacheView', details: { layer } },
    );
  }
}

/** A mask or biases, and a mask besides. */
function both(given: CachedAttentionOptions['mask'], kept: Tensor): Tensor {
  if (given === undefined) return kept;
  return isFlags(given) ? logicalAnd(given, kept) : where(kept, given, -Infinity);
}

const isFlags = (mask: NonNullable<CachedAttentionOptions['mask']>): boolean =>
  typeof mask === 'boolean' || (typeof mask === 'object' && mask.dtype === 'bool');
