import {
  add,
  compile,
  explain,
  gather,
  jit,
  matmul,
  mul,
  reshape,
  spec,
  scaledDotProductAttention,
  tensor,
  transpose,
  data,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { KeyValueCache } from '@gai/nn';
import type { CacheView, KeysValues } from '@gai/nn';

export interface DecoderOptions {
  readonly heads: number;
  readonly keyHeads: number;
  readonly window?: number | undefined;
  /** Whether it attends to an encoder's output as well. */
  readonly cross?: boolean | undefined;
  /** Where the cache lies. Default: with the backend. */
  readonly memory?: 'host' | 'device' | undefined;
  /** How the step is made: compiled for every size (default), or once for all. */
  readonly once?: 'jit' | 'compile' | undefined;
}

const LAYERS = 2;
const DEPTH = 4;
const VOCABULARY = 11;
const LONGEST = 160;

/** Numbers that look random, the same everywhere. */
const numbers = (shape: readonly number[], seed: number): Tensor =>
  tensor(
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => Math.sin(i * 12.9898 + seed * 78.233) * 0.7,
    ),
    { shape },
  );

/** `[batch, time, heads · depth]` → `[batch, heads, time, depth]`. */
function apart(x: Tensor, heads: number): Tensor {
  return transpose(reshape(x, [...x.shape.slice(0, 2), heads, DEPTH]), [0, 2, 1, 3]);
}

interface Step {
  readonly y: Tensor;
  readonly rows: readonly KeysValues[];
}

type Attend = (layer: number, query: Tensor, added: KeysValues) => Tensor;

/**
 * A small decoder with weights that never change, run in two ways: over whole texts, and with a cache. `advance`
 * compares the two.
 */
export class Decoder {
  readonly options: DecoderOptions;
  readonly #width: number;
  readonly #tokens: Tensor;
  readonly #places: Tensor;
  readonly #weights: readonly Readonly<Record<'q' | 'k' | 'v' | 'o' | 'c', Tensor>>[];
  readonly #whole: (ids: Tensor, ...encoded: Tensor[]) => Promise<Tensor>;
  readonly #step: (ids: Tensor, view: CacheView) => Promise<Step>;
  /** Times the step was compiled, where that is once. */
  compiles = 0;
  /** The largest difference between the two ways so far. */
  worst = 0;

  constructor(options: DecoderOptions) {
    this.options = options;
    const { heads, keyHeads } = options;
    this.#width = heads * DEPTH;
    const width = this.#width;
    this.#tokens = numbers([VOCABULARY, width], 1);
    this.#places = numbers([LONGEST, width], 2);
    this.#weights = Array.from({ length: LAYERS }, (_, layer) => ({
      q: numbers([width, width], 10 + layer),
      k: numbers([width, keyHeads * DEPTH], 20 + layer),
      v: numbers([width, keyHeads * DEPTH], 30 + layer),
      o: numbers([width, width], 40 + layer),
      c: numbers([width, width], 50 + layer),
    }));
    this.#whole = jit((ids: Tensor, ...encoded: Tensor[]) => this.#forwardWhole(ids, encoded), {
      dynamicAxes: [[null, 'time'], ...(options.cross === true ? [[null, 'source']] : [])],
    });
    const step = (ids: Tensor, view: CacheView): Step => {
      const cross = options.cross === true ? (layer: number, q: Tensor) => view.attendCross(layer, q) : undefined;
      const attend: Attend = (layer, q, added) => view.attend(layer, q, added, { window: options.window });
      return { y: this.#forward(ids, view.positions(ids.shape[1]!), attend, cross), rows: view.rows() };
    };
    this.#step = options.once === 'compile' ? this.#compiled(step) : this.#jitted(step);
  }

  #jitted(step: (ids: Tensor, view: CacheView) => Step): (ids: Tensor, view: CacheView) => Promise<Step> {
    if (this.options.once === undefined) return jit(step);
    const once = jit(step, { specs: this.#specs({ past: 'past' }) });
    return async (ids, view) => {
      const result = await once(ids, view);
      this.compiles = explain(once).compiles;
      return result;
    };
  }

  /** The step with frozen weights. */
  #compiled(step: (ids: Tensor, view: CacheView) => Step): (ids: Tensor, view: CacheView) => Promise<Step> {
    const [first, later] = [compile<Step>(step, this.#specs({})), compile<Step>(step, this.#specs({ past: 'past' }))];
    this.compiles = 2;
    return async (ids, view) => (await (view.places === 0 ? first : later))(ids, view);
  }

  /** For every number of rows and new tokens, and with a name every past. */
  #specs({ past }: { past?: string }): { readonly ids: unknown; readonly view: unknown } {
    const cache = this.cache(1, this.options.cross === true ? [[1]] : undefined);
    const view = cache.specs({ batch: 'batch', past, source: 'source' });
    return { ids: spec(['batch', 'time'], 'int32'), view };
  }

  /** An empty cache; with the encoder's outputs for `sources`, one text per row. */
  cache(batch: number, sources?: readonly (readonly number[])[]): KeyValueCache {
    const cache = new KeyValueCache({
      layers: LAYERS,
      heads: this.options.keyHeads,
      depth: DEPTH,
      batch,
      memory: this.options.memory,
    });
    if (sources === undefined) return cache;
    const longest = Math.max(...sources.map(({ length }) => length));
    const padded = sources.map((source) => [...source, ...Array.from({ length: longest - source.length }, () => 0)]);
    const encoded = gather(this.#tokens, tensor(padded, { dtype: 'int32' }));
    cache.setCross(
      this.#crossKeys(encoded),
      sources.map(({ length }) => length),
    );
    return cache;
  }

  /**
   * Adds tokens to every row (of different number) and compares what the step gives with the whole text's outputs.
   * `texts` are what the rows hold; they grow.
   */
  async advance(
    cache: KeyValueCache,
    texts: number[][],
    added: readonly (readonly number[])[],
    sources?: readonly (readonly number[])[],
  ): Promise<void> {
    const time = Math.max(...added.map(({ length }) => length));
    const ids = added.map((row) => [...row, ...Array.from({ length: time - row.length }, () => 0)]);
    const { y, rows } = await this.#step(tensor(ids, { dtype: 'int32' }), cache.view());
    await cache.append(
      rows,
      added.map(({ length }) => length),
    );
    const found = await data(y);
    for (const [row, tokens] of added.entries()) {
      texts[row] = [...texts[row]!, ...tokens];
      const expected = await this.#outputs(texts[row], sources?.[row]);
      const from = (texts[row].length - tokens.length) * this.#width;
      for (let i = 0; i < tokens.length * this.#width; i += 1) {
        const difference = Math.abs(Number(found[row * time * this.#width + i]) - Number(expected[from + i]));
        this.worst = Math.max(this.worst, difference); // NaN stays
      }
    }
  }

  async #outputs(text: readonly number[], source: readonly number[] | undefined): Promise<ArrayLike<number | bigint>> {
    const ids = tensor([[...text]], { dtype: 'int32' });
    if (source === undefined) return data(await this.#whole(ids));
    return data(await this.#whole(ids, gather(this.#tokens, tensor([[...source]], { dtype: 'int32' }))));
  }

  #forwardWhole(ids: Tensor, [encoded]: readonly Tensor[]): Tensor {
    const keys = encoded === undefined ? [] : this.#crossKeys(encoded);
    const cross = (layer: number, q: Tensor): Tensor => {
      const { key, value } = keys[layer]!;
      return scaledDotProductAttention(q, key, value, { enableGqa: true });
    };
    const attend: Attend = (_, q, { key, value }) =>
      scaledDotProductAttention(q, key, value, { isCausal: true, enableGqa: true, window: this.options.window });
    const cache = new KeyValueCache({ layers: 1, heads: 1, depth: 1 }).view();
    return this.#forward(ids, cache.positions(ids.shape[1]!), attend, encoded === undefined ? undefined : cross);
  }

  #crossKeys(encoded: Tensor): KeysValues[] {
    return this.#weights.map(({ k, v }) => ({
      key: apart(matmul(encoded, v), this.options.keyHeads),
      value: apart(matmul(encoded, k), this.options.keyHeads),
    }));
  }

  // oxlint-disable-next-line max-params -- the two ways differ in these.
  #forward(ids: Tensor, positions: Tensor, attend: Attend, cross?: (layer: number, query: Tensor) => Tensor): Tensor {
    const { heads, keyHeads } = this.options;
    let x = add(gather(this.#tokens, ids), gather(this.#places, positions)); // [batch, time, width]
    const joined = (y: Tensor): Tensor => reshape(transpose(y, [0, 2, 1, 3]), [...x.shape.slice(0, 2), this.#width]);
    this.#weights.forEach(({ q, k, v, o, c }, layer) => {
      const added = { key: apart(matmul(x, k), keyHeads), value: apart(matmul(x, v), keyHeads) };
      x = add(x, mul(matmul(joined(attend(layer, apart(matmul(x, q), heads), added)), o), 0.3));
      if (cross !== undefined) x = add(x, mul(matmul(joined(cross(layer, apart(matmul(x, c), heads))), o), 0.3));
    });
    return x;
  }
}
