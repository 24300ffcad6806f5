import { add, data, dispose, jit, matmul, tensor, topK } from '@gai/core';
import type { Jitted, Tensor } from '@gai/core';
import { checkArgument, checkOptionNames } from '@gai/core/ops';

/**
 * A vector that a search found.
 * @category Vector search
 */
export interface VectorHit {
  readonly id: string;
  /** The product of both vectors; their cosine where both have length 1. */
  readonly score: number;
}

type Search = Jitted<[Tensor, Tensor, Tensor], { values: Tensor; indices: Tensor }>;

/** Fewest columns and hits that are compiled for. */
const LEAST = 16;

/** What a column scores that holds nothing, or that is not wanted. */
const NOTHING = -3e38;

/**
 * Finds the vectors with the largest product with a query, exactly: one `TopK(q Dᵀ + mask)` on the default backend.
 *
 * Reads every vector for each query, which is fast up to some 100,000; no index is to be built and nothing is missed. One compiled
 * program serves while vectors are added, until they are twice as many.
 * @example
 * const index = new VectorIndex(2);
 * index.add('east', new Float32Array([1, 0]));
 * index.add('north', new Float32Array([0, 1]));
 * (await index.search(new Float32Array([0.6, 0.8]))).map(({ id }) => id); // => ['north', 'east']
 * @category Vector search
 */
export class VectorIndex {
  /** Length of the vectors. */
  readonly dimensions: number;
  readonly #columns = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #vectors: Float32Array[] = [];
  readonly #programs = new Map<number, Search>();
  #matrix: Tensor | undefined;
  #capacity = 0;

  /** @throws {@link ArgumentError} for a length that is no whole number of at least 1. */
  constructor(dimensions: number) {
    const fits = Number.isSafeInteger(dimensions) && dimensions >= 1;
    checkArgument(fits, dimensions, { op: 'VectorIndex', name: 'dimensions', rule: 'a whole number of at least 1' });
    this.dimensions = dimensions;
  }

  /** How many vectors it holds. */
  get size(): number {
    return this.#ids.length;
  }

  /** Adds a vector, in place of one with the same id; it is copied. */
  add(id: string, vector: Float32Array): void {
    this.#check('add', vector);
    const column = this.#columns.get(id) ?? this.#ids.length;
    this.#columns.set(id, column);
    this.#ids[column] = id;
    this.#vectors[column] = vector.slice();
    this.#forget();
  }

  /** Removes a vector; false if there is none of that id. */
  remove(id: string): boolean {
    const column = this.#columns.get(id);
    if (column === undefined) return false;
    const last = this.#ids.pop()!;
    const moved = this.#vectors.pop()!;
    this.#columns.delete(id);
    if (last !== id) {
      this.#ids[column] = last;
      this.#vectors[column] = moved;
      this.#columns.set(last, column);
    }
    this.#forget();
    return true;
  }

  /** The vector of an id. */
  get(id: string): Float32Array | undefined {
    const column = this.#columns.get(id);
    return column === undefined ? undefined : this.#vectors[column];
  }

  /**
   * The nearest vectors, nearest first.
   * @param options.k - At most so many. Default 10.
   * @param options.accept - Leaves out vectors for which it is false.
   * @throws {@link ArgumentError} for a query of another length or with numbers that are not finite; `BackendError` without a backend.
   */
  async search(
    query: Float32Array,
    options: { readonly k?: number | undefined; readonly accept?: ((id: string) => boolean) | undefined } = {},
  ): Promise<VectorHit[]> {
    checkOptionNames('search', options, ['k', 'accept']);
    const { k = 10, accept } = options;
    checkArgument(Number.isSafeInteger(k) && k >= 1, k, {
      op: 'search',
      name: 'k',
      rule: 'a whole number of at least 1',
    });
    this.#check('search', query);
    if (this.size === 0) return [];
    const matrix = this.#matrixOf();
    const ids = [...this.#ids];
    const program = this.#program(Math.min(Math.max(LEAST, 2 ** Math.ceil(Math.log2(k))), this.#capacity));
    const mask = new Float32Array(this.#capacity).fill(NOTHING);
    for (const [column, id] of ids.entries()) if (accept === undefined || accept(id)) mask[column] = 0;
    const row = tensor(query, { shape: [1, this.dimensions] });
    const { values, indices } = await program(row, matrix, tensor(mask));
    const [scores, columns] = [await data(values), await data(indices)];
    const hits: VectorHit[] = [];
    for (let rank = 0; rank < Math.min(k, columns.length); rank++) {
      const [id, score] = [ids[Number(columns[rank])], Number(scores[rank])];
      if (id !== undefined && score > NOTHING / 2) hits.push({ id, score });
    }
    dispose([values, indices]);
    return hits;
  }

  /** Frees what was compiled. */
  async dispose(): Promise<void> {
    this.#forget();
    for (const program of this.#programs.values()) await program.dispose();
    this.#programs.clear();
  }

  #check(op: string, vector: Float32Array): void {
    const fits = vector instanceof Float32Array && vector.length === this.dimensions;
    const rule = `a Float32Array of ${this.dimensions} numbers, as the others have`;
    checkArgument(fits, vector?.length ?? vector, { op, name: 'the length of the vector', rule });
    checkArgument(vector.every(Number.isFinite), 'others', { op, name: 'the vector', rule: 'finite numbers' });
  }

  #forget(): void {
    if (this.#matrix !== undefined) dispose(this.#matrix);
    this.#matrix = undefined;
  }

  /** All vectors as columns, with room for as many again. */
  #matrixOf(): Tensor {
    if (this.#matrix !== undefined) return this.#matrix;
    this.#capacity = Math.max(LEAST, 2 ** Math.ceil(Math.log2(this.size)));
    const columns = new Float32Array(this.dimensions * this.#capacity);
    for (const [column, vector] of this.#vectors.entries()) {
      for (let row = 0; row < vector.length; row++) columns[row * this.#capacity + column] = vector[row]!;
    }
    this.#matrix = tensor(columns, { shape: [this.dimensions, this.#capacity] });
    return this.#matrix;
  }

  #program(k: number): Search {
    const known = this.#programs.get(k);
    if (known !== undefined) return known;
    const made = jit((query: Tensor, matrix: Tensor, mask: Tensor) => {
      const { values, indices } = topK(add(matmul(query, matrix), mask), k);
      return { values, indices };
    });
    this.#programs.set(k, made);
    return made;
  }
}
