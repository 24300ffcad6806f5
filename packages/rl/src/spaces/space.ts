/**
 * A set of values: what observations and actions may be.
 *
 * Every space draws its samples from its own generator, seeded as Gymnasium seeds it (NumPy's PCG64), so that
 * `sample(seed)` equals Gymnasium's `space.seed(seed); space.sample()`.
 *
 * @typeParam Value - The JavaScript type of an element.
 * @category Spaces
 * @since 0.1.0
 */
export interface Space<Value = unknown> {
  /** Which space it is: `'Box'`, `'Discrete'`, … */
  readonly kind: string;
  /** Size per axis of an element, `[]` for a number, `null` where elements have no fixed shape. */
  readonly shape: readonly number[] | null;
  /** Reseeds the space's generator: a non-negative safe integer. */
  seed(seed: number): void;
  /** Draws one element; with `seed`, reseeds first. */
  sample(seed?: number): Value;
  /** Is `value` an element? */
  contains(value: unknown): value is Value;
  /** Length of `flatten(value)`. Throws where elements have no fixed length. */
  readonly flatSize: number;
  /** The element as one vector: numbers as they are, discrete choices one-hot (Gymnasium's `flatten`). */
  flatten(value: Value): Float64Array;
  /** The inverse of `flatten`. */
  unflatten(vector: ArrayLike<number>): Value;
  /** The space as text in Gymnasium's notation, as in `Discrete(4)`. */
  toString(): string;
}
