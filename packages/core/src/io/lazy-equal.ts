import type { DType, TypedArray } from '../dtype.ts';
import type { StoredData, StoredRange, Tensor } from '../ir/tensor.ts';
import { evaluateShape } from '../shape.ts';
import { storedLeaf } from '../trace/literal.ts';
import { sameBytes } from './equal-tensors.ts';

/**
 * The first of two lazy tensors that must have the same elements: they are compared before anything is computed with it,
 * piece by piece. Undefined if one of them is in memory or has to be computed. Equal places in one file need no comparison.
 * @param a - Of the dtype and shape of `b`.
 * @param differ - What is thrown then if they differ.
 * @example
 * const lazy = (...values: number[]) => lazyTensor({ dtype: 'float32', shape: [1], read: async () => Float32Array.from(values) });
 * await toArray(lazyEqual(lazy(3), lazy(3), () => new Error('different'))!); // => [3]
 * await toArray(lazyEqual(lazy(3), lazy(4), () => new Error('different'))!); // => throws Error
 * @category Files
 */
export function lazyEqual(a: Tensor, b: Tensor, differ: () => Error): Tensor | undefined {
  const [first, second] = [a.leaf, b.leaf];
  if (first?.kind !== 'stored' || second?.kind !== 'stored') return undefined;
  const source = new ComparedData(first.source, new Comparison(first.source, second.source, differ));
  return storedLeaf(source, { dtype: a.dtype, shape: evaluateShape(a.shape, new Map()) });
}

/** Whether two sources have the same bytes; found out once, when it is asked for. */
class Comparison {
  readonly #sources: readonly [StoredData, StoredData];
  readonly #differ: () => Error;
  #held: Promise<boolean> | undefined;

  constructor(a: StoredData, b: StoredData, differ: () => Error) {
    this.#sources = [a, b];
    this.#differ = differ;
  }

  async check(): Promise<void> {
    const [a, b] = this.#sources;
    this.#held ??= sameBytes(a, b);
    try {
      if (await this.#held) return;
    } catch (error) {
      // What could not be read may be there the next time.
      this.#held = undefined;
      throw error;
    }
    throw this.#differ();
  }
}

class ComparedData implements StoredData {
  readonly #source: StoredData;
  readonly #comparison: Comparison;

  constructor(source: StoredData, comparison: Comparison) {
    this.#source = source;
    this.#comparison = comparison;
  }

  get byteLength(): number {
    return this.#source.byteLength;
  }

  get data(): TypedArray | undefined {
    return this.#source.data;
  }

  async load(): Promise<TypedArray> {
    await this.#comparison.check();
    return this.#source.load();
  }

  async read(): Promise<TypedArray> {
    await this.#comparison.check();
    return this.#source.read();
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    await this.#comparison.check();
    yield* this.#source.chunks();
  }

  file(): Promise<StoredRange> | undefined {
    const place = this.#source.file();
    return place && this.#comparison.check().then(() => place);
  }

  forget(): void {
    this.#source.forget();
  }

  cast(dtype: DType): StoredData {
    return new ComparedData(this.#source.cast(dtype), this.#comparison);
  }
}
