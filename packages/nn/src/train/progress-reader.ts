/**
 * Takes what a checkpoint's `progress` holds as what it should be, or refuses it by its name: files may have been written by
 * another program, or changed.
 *
 * @param refused - Makes the error, from the name, what was found and what was expected.
 * @example
 * const read = new ProgressReader((name, got, expected) => new Error(`${name} is ${got}, not ${expected}`));
 * read.count(3, 'epoch'); // => 3
 * @category Training
 */
export class ProgressReader {
  readonly #refused: (name: string, got: unknown, expected: string) => Error;

  constructor(refused: (name: string, got: unknown, expected: string) => Error) {
    this.#refused = refused;
  }

  record(value: unknown, name: string): Readonly<Record<string, unknown>> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw this.#refused(name, value, 'a record');
  }

  list(value: unknown, name: string): readonly unknown[] {
    if (Array.isArray(value)) return value as readonly unknown[];
    throw this.#refused(name, value, 'a list');
  }

  count(value: unknown, name: string): number {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    throw this.#refused(name, value, 'a whole number of 0 or more');
  }

  flag(value: unknown, name: string): boolean {
    if (typeof value === 'boolean') return value;
    throw this.#refused(name, value, 'true or false');
  }

  /** JSON has no NaN and no infinity: they come back as null. */
  number(value: unknown, name: string): number {
    if (typeof value === 'number') return value;
    if (value === null) return Number.NaN;
    throw this.#refused(name, value, 'a number');
  }

  /** A list of numbers, of a length if one is given. */
  numbers(values: unknown, name: string, length?: number): number[] {
    const found = this.list(values, name);
    if (length !== undefined && found.length !== length) {
      throw this.#refused(name, `of ${found.length} numbers`, `${length} numbers`);
    }
    return found.map((value) => this.number(value, name));
  }
}
