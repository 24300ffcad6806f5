import { argumentError } from '../errors.ts';
import { checkCount, checkFlatSize, everyNumber, numbersOf, SeededSpace } from './seeded-space.ts';

/**
 * Several independent choices: element i is an integer from 0 to nvec[i] − 1.
 *
 * Flattens to the one-hot vectors one after another. `sample(seed)` equals Gymnasium's.
 *
 * @example
 * import { MultiDiscrete } from '@gai/rl';
 * const space = new MultiDiscrete([2, 3]);
 * [...space.flatten(new Int32Array([1, 0]))]; // => [0, 1, 1, 0, 0]
 * @category Spaces
 * @since 0.1.0
 */
export class MultiDiscrete extends SeededSpace<Int32Array> {
  readonly kind = 'MultiDiscrete';
  readonly shape: readonly number[];
  /** Number of options of each choice. */
  readonly nvec: readonly number[];
  readonly flatSize: number;

  /** @throws ArgumentError if `nvec` is empty or holds anything but positive integers. */
  constructor(nvec: readonly number[]) {
    super();
    checkCount('MultiDiscrete', 'nvec.length', nvec.length);
    for (const n of nvec) {
      checkCount('MultiDiscrete', 'nvec entry', n);
      if (n > MOST_OPTIONS) throw tooManyOptions(n);
    }
    this.nvec = [...nvec];
    this.shape = [nvec.length];
    this.flatSize = nvec.reduce((sum, n) => sum + n, 0);
  }

  protected draw(): Int32Array {
    return Int32Array.from(this.nvec, (n) => Math.floor(this.generator.random() * n));
  }

  contains(value: unknown): value is Int32Array {
    const values = numbersOf(value);
    return (
      values !== null &&
      values.length === this.nvec.length &&
      everyNumber(values, (item, index) => Number.isInteger(item) && item >= 0 && item < this.nvec[index]!)
    );
  }

  flatten(value: Int32Array): Float64Array {
    checkFlatSize(this, 'MultiDiscrete.flatten');
    const vector = new Float64Array(this.flatSize);
    let offset = 0;
    this.nvec.forEach((n, index) => {
      vector[offset + value[index]!] = 1;
      offset += n;
    });
    return vector;
  }

  unflatten(vector: ArrayLike<number>): Int32Array {
    this.checkVector(vector);
    let offset = 0;
    return Int32Array.from(this.nvec, (n, index) => {
      for (let option = 0; option < n; option++) {
        if (vector[offset + option] !== 0) {
          offset += n;
          return option;
        }
      }
      throw argumentError(
        'MultiDiscrete.unflatten',
        `choice ${index} is all zeros. Got no 1 among its ${n} numbers; expected one-hot vectors. Pass what flatten returned.`,
      );
    });
  }

  override toString(): string {
    return `MultiDiscrete([${this.nvec.join(' ')}])`;
  }
}

/** Elements are held in an Int32Array. */
const MOST_OPTIONS = 2 ** 31;

function tooManyOptions(n: number): Error {
  return argumentError(
    'MultiDiscrete',
    `a choice has too many options. Got an nvec entry of ${n}; expected at most ${MOST_OPTIONS}, what 32 bits hold. ` +
      'Use Discrete, or split the choice.',
  );
}
