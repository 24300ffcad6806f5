import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show } from '../errors.ts';
import { checkCount, checkFlatSize, SeededSpace } from './seeded-space.ts';

/**
 * The integers start, start + 1, …, start + n − 1: a choice among n.
 *
 * Flattens to a one-hot vector of n numbers. `sample(seed)` equals Gymnasium's.
 *
 * @example
 * import { Discrete } from '@gai/rl';
 * const space = new Discrete(4);
 * space.contains(3);            // => true
 * [...space.flatten(2)];        // => [0, 0, 1, 0]
 * space.sample(42);             // => 0
 * @category Spaces
 * @since 0.1.0
 */
export class Discrete extends SeededSpace<number> {
  readonly kind = 'Discrete';
  readonly shape: readonly number[] = [];
  /** How many elements there are. */
  readonly n: number;
  /** The smallest element. */
  readonly start: number;

  /**
   * @param n - Number of elements, at least 1.
   * @param options - `start`: the smallest element, default 0.
   * @throws ArgumentError if `n` is not a positive integer or `start` not an integer.
   */
  constructor(n: number, options: { start?: number } = {}) {
    checkOptionNames('Discrete', options, ['start']);
    const { start = 0 } = options;
    super();
    checkCount('Discrete', 'n', n);
    checkCount('Discrete', 'start', start, Number.MIN_SAFE_INTEGER);
    checkCount('Discrete', 'start + n', start + n, Number.MIN_SAFE_INTEGER);
    this.n = n;
    this.start = start;
  }

  get flatSize(): number {
    return this.n;
  }

  protected draw(): number {
    return this.start + this.generator.integers(0, this.n);
  }

  /** Draws among the elements whose mask entry is 1; `start` if there is none (Gymnasium's `sample(mask)`). */
  sampleMasked(mask: ArrayLike<number>): number {
    if (mask.length !== this.n) {
      throw argumentError(
        'Discrete.sampleMasked',
        `the mask has the wrong length. Got ${mask.length}; expected n = ${this.n}. Pass one entry per element.`,
      );
    }
    const allowed = Array.from(mask, (_, index) => index).filter((index) => mask[index] === 1);
    return this.start + (allowed.length === 0 ? 0 : this.generator.choice(allowed));
  }

  contains(value: unknown): value is number {
    return Number.isInteger(value) && (value as number) >= this.start && (value as number) < this.start + this.n;
  }

  flatten(value: number): Float64Array {
    if (!this.contains(value)) {
      throw argumentError(
        'Discrete.flatten',
        `not an element. Got ${show(value)}; expected one of ${this.toString()}. Pass one.`,
      );
    }
    checkFlatSize(this, 'Discrete.flatten');
    const vector = new Float64Array(this.n);
    vector[value - this.start] = 1;
    return vector;
  }

  unflatten(vector: ArrayLike<number>): number {
    this.checkVector(vector);
    for (let index = 0; index < this.n; index++) if (vector[index] !== 0) return this.start + index;
    throw argumentError(
      'Discrete.unflatten',
      'the vector is all zeros. Got no 1; expected a one-hot vector. Pass one.',
    );
  }

  override toString(): string {
    return this.start === 0 ? `Discrete(${this.n})` : `Discrete(${this.n}, start=${this.start})`;
  }
}
