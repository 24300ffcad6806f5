import { flatSizeOf, flattenParts, seedParts, unflattenParts } from './composite.ts';
import { SeededSpace } from './seeded-space.ts';
import type { Space } from './space.ts';

/**
 * Fixed-length tuples: element i belongs to `spaces[i]`. `sample(seed)` equals Gymnasium's.
 *
 * @example
 * import { Discrete, Tuple } from '@gai/rl';
 * const space = new Tuple([new Discrete(2), new Discrete(3)]);
 * space.contains([1, 2]);       // => true
 * [...space.flatten([1, 2])];   // => [0, 1, 0, 0, 1]
 * @category Spaces
 * @since 0.1.0
 */
export class Tuple<Values extends readonly unknown[]> extends SeededSpace<Values> {
  readonly kind = 'Tuple';
  readonly shape = null;
  /** The spaces of the elements, in order. */
  readonly spaces: { readonly [K in keyof Values]: Space<Values[K]> };

  constructor(spaces: { readonly [K in keyof Values]: Space<Values[K]> }) {
    super();
    this.spaces = spaces;
  }

  get #parts(): readonly Space[] {
    return this.spaces as unknown as readonly Space[];
  }

  get flatSize(): number {
    return flatSizeOf(this.#parts);
  }

  override seed(seed: number): void {
    super.seed(seed);
    seedParts(this.#parts, this.generator);
  }

  protected draw(): Values {
    return this.#parts.map((part) => part.sample()) as unknown as Values;
  }

  contains(value: unknown): value is Values {
    return (
      Array.isArray(value) &&
      value.length === this.#parts.length &&
      this.#parts.every((part, index) => part.contains(value[index]))
    );
  }

  flatten(value: Values): Float64Array {
    return flattenParts(this.#parts, value);
  }

  unflatten(vector: ArrayLike<number>): Values {
    this.checkVector(vector);
    return unflattenParts(this.#parts, vector) as unknown as Values;
  }

  override toString(): string {
    return `Tuple(${this.#parts.map(String).join(', ')})`;
  }
}
