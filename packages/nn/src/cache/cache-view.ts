import {
  ArgumentError,
  GraphError,
  add,
  cachedAttention,
  cachedPositions,
  iota,
  less,
  logicalAnd,
  scaledDotProductAttention,
  treeNode,
  unsqueeze,
  where,
} from '@gai/core';
import type { CachedAttentionOptions, Dim, PastKeys, Tensor, TreeNode, TreeParts } from '@gai/core';

/** Keys `[batch, keyHeads, time, depth]` and values `[batch, keyHeads, time, valueDepth]` of one layer. */
export interface KeysValues {
  readonly key: Tensor;
  readonly value: Tensor;
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

  /** `[batch, time]`, int32: the positions of `time` new tokens of each row. */
  positions(time: Dim): Tensor {
    return add(unsqueeze(this.lengths, 1), iota(time));
  }

  /**
   * `[batch, past + time]`, int32: the positions of the keys that `time` new tokens may attend to; places without a key
   * have 2³⁰. For biases by distance.
   */
  keyPositions(time: Dim): Tensor {
    return cachedPositions(this.lengths, this.places, time).key;
  }

  /**
   * Causal attention of new tokens to the keys and values of a layer and to each other, with a note of the new ones.
   * @param layer - Which layer, from 0 on; each once.
   * @param query - `[batch, heads, time, depth]`.
   * @param added - The new keys and values.
   * @param options - As for `cachedAttention`.
   * @returns `[batch, heads, time, valueDepth]`.
   */
  // oxlint-disable-next-line max-params -- the operands of attention and where they belong.
  attend(layer: number, query: Tensor, added: KeysValues, options: CachedAttentionOptions = {}): Tensor {
    const past = this.past(layer);
    if (this.#rows[layer] !== undefined) {
      throw new GraphError(
        `CacheView: layer ${layer} attends twice. Got new keys for a layer that has some; expected one call per layer and ` +
          `step. Count the layers from 0 on, or take past(${layer}) for more attention to the same keys.`,
        { op: 'CacheView', details: { layer } },
      );
    }
    this.#rows[layer] = added;
    return cachedAttention(query, added.key, added.value, past, options);
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
    const mask = given === undefined ? kept : isFlags(given) ? logicalAnd(given, kept) : where(kept, given, -Infinity);
    return scaledDotProductAttention(query, key, value, { mask, scale, enableGqa: true });
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

const isFlags = (mask: NonNullable<CachedAttentionOptions['mask']>): boolean =>
  typeof mask === 'boolean' || (typeof mask === 'object' && mask.dtype === 'bool');
