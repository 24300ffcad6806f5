import { flatSizeOf, flattenParts, seedParts, unflattenParts } from './composite.ts';
import { SeededSpace } from './seeded-space.ts';
import type { Space } from './space.ts';

/**
 * Records: the value under each key belongs to that key's space. Keys are sorted, as Gymnasium sorts them, which fixes
 * the order of seeding and flattening. `sample(seed)` equals Gymnasium's.
 *
 * @example
 * import { Dict, Discrete } from '@gai/rl';
 * const space = new Dict({ speed: new Discrete(2), colour: new Discrete(3) });
 * space.keys;                                   // => ['colour', 'speed']
 * [...space.flatten({ speed: 1, colour: 0 })];  // => [1, 0, 0, 0, 1]
 * @category Spaces
 * @since 0.1.0
 */
export class Dict<Values extends object> extends SeededSpace<Values> {
  readonly kind = 'Dict';
  readonly shape = null;
  /** The spaces by key. */
  readonly spaces: { readonly [K in keyof Values]: Space<Values[K]> };
  /** The keys, sorted. */
  readonly keys: readonly string[];

  constructor(spaces: { readonly [K in keyof Values]: Space<Values[K]> }) {
    super();
    this.spaces = spaces;
    this.keys = Object.keys(spaces).sort();
  }

  get #parts(): readonly Space[] {
    const byKey = this.spaces as unknown as Record<string, Space>;
    return this.keys.map((key) => byKey[key]!);
  }

  #record(values: readonly unknown[]): Values {
    return Object.fromEntries(this.keys.map((key, index) => [key, values[index]])) as Values;
  }

  get flatSize(): number {
    return flatSizeOf(this.#parts);
  }

  override seed(seed: number): void {
    super.seed(seed);
    seedParts(this.#parts, this.generator);
  }

  protected draw(): Values {
    return this.#record(this.#parts.map((part) => part.sample()));
  }

  contains(value: unknown): value is Values {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const record = value as Record<string, unknown>;
    return (
      Object.keys(record).length === this.keys.length &&
      this.keys.every((key, index) => key in record && this.#parts[index]!.contains(record[key]))
    );
  }

  flatten(value: Values): Float64Array {
    const record = value as Record<string, unknown>;
    return flattenParts(
      this.#parts,
      this.keys.map((key) => record[key]),
    );
  }

  unflatten(vector: ArrayLike<number>): Values {
    this.checkVector(vector);
    return this.#record(unflattenParts(this.#parts, vector));
  }

  override toString(): string {
    return `Dict(${this.#parts.map((part, index) => `'${this.keys[index]}': ${part}`).join(', ')})`;
  }
}
