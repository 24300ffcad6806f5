import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show } from '../errors.ts';
import { checkCount, SeededSpace } from './seeded-space.ts';

const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Settings of {@link Text}. */
export interface TextOptions {
  /** Fewest characters, default 1. */
  minLength?: number | undefined;
  /** Characters in use, in the order of their index. Default: letters and digits, sorted by code point. */
  charset?: string | undefined;
}

/**
 * Strings over a character set, with a least and a greatest length.
 *
 * Flattens to `maxLength` character indices, padded with the size of the set. `sample(seed)` equals Gymnasium's.
 *
 * @example
 * import { Text } from '@gai/rl';
 * const space = new Text(4, { charset: 'ab' });
 * space.contains('abba');       // => true
 * [...space.flatten('ab')];     // => [0, 1, 2, 2]
 * @category Spaces
 * @since 0.1.0
 */
export class Text extends SeededSpace<string> {
  readonly kind = 'Text';
  readonly shape = null;
  readonly minLength: number;
  readonly maxLength: number;
  /** The characters, by index. */
  readonly characters: readonly string[];

  /**
   * @param maxLength - Most characters.
   * @throws ArgumentError for lengths that are no integers or cross, or an empty set.
   */
  constructor(maxLength: number, options: TextOptions = {}) {
    checkOptionNames('Text', options, ['minLength', 'charset']);
    const { minLength = 1, charset } = options;
    super();
    checkCount('Text', 'minLength', minLength, 0);
    checkCount('Text', 'maxLength', maxLength, minLength);
    this.minLength = minLength;
    this.maxLength = maxLength;
    this.characters = charset === undefined ? [...ALPHANUMERIC].sort() : [...new Set(charset)];
    checkCount('Text', 'charset length', this.characters.length);
  }

  get flatSize(): number {
    return this.maxLength;
  }

  protected draw(): string {
    const length = this.generator.integers(this.minLength, this.maxLength + 1);
    const weights = this.characters.map(() => 1 / this.characters.length);
    return Array.from({ length }, () => this.characters[this.generator.choiceIndex(weights)]).join('');
  }

  contains(value: unknown): value is string {
    if (typeof value !== 'string') return false;
    const letters = [...value];
    const fits = letters.length >= this.minLength && letters.length <= this.maxLength;
    return fits && letters.every((letter) => this.characters.includes(letter));
  }

  flatten(value: string): Float64Array {
    if (!this.contains(value)) {
      throw argumentError(
        'Text.flatten',
        `not an element. Got ${show(value)}; expected one of ${this.toString()}. Pass one.`,
      );
    }
    const vector = new Float64Array(this.maxLength).fill(this.characters.length);
    [...value].forEach((letter, index) => {
      vector[index] = this.characters.indexOf(letter);
    });
    return vector;
  }

  unflatten(vector: ArrayLike<number>): string {
    this.checkVector(vector);
    return Array.from(vector, (index) => this.characters[index] ?? '').join('');
  }

  override toString(): string {
    return `Text(${this.minLength}, ${this.maxLength}, charset=${[...this.characters].sort().join('')})`;
  }
}
