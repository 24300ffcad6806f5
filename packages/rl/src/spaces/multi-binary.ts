import { checkCount, everyNumber, numbersOf, SeededSpace, sizeOf } from './seeded-space.ts';

/**
 * Arrays of zeros and ones of a fixed shape. `sample(seed)` equals Gymnasium's.
 *
 * @example
 * import { MultiBinary } from '@gai/rl';
 * [...new MultiBinary(5).sample(42)]; // => [1, 0, 1, 0, 1]
 * @category Spaces
 * @since 0.1.0
 */
export class MultiBinary extends SeededSpace<Int8Array> {
  readonly kind = 'MultiBinary';
  readonly shape: readonly number[];
  readonly flatSize: number;

  /**
   * @param n - Number of bits, or the shape of the array.
   * @throws ArgumentError unless every size is a positive integer.
   */
  constructor(n: number | readonly number[]) {
    super();
    this.shape = typeof n === 'number' ? [n] : [...n];
    for (const size of this.shape) checkCount('MultiBinary', 'n', size);
    this.flatSize = sizeOf(this.shape);
  }

  protected draw(): Int8Array {
    return this.generator.bytes(this.flatSize, 2);
  }

  contains(value: unknown): value is Int8Array {
    const values = numbersOf(value);
    return values !== null && values.length === this.flatSize && everyNumber(values, (bit) => bit === 0 || bit === 1);
  }

  flatten(value: Int8Array): Float64Array {
    return Float64Array.from(value);
  }

  unflatten(vector: ArrayLike<number>): Int8Array {
    this.checkVector(vector);
    return Int8Array.from(vector);
  }

  override toString(): string {
    return `MultiBinary(${this.shape.length === 1 ? this.shape[0] : `(${this.shape.join(', ')})`})`;
  }
}
