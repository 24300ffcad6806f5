import { argumentError, show } from '../errors.ts';
import { Generator } from '../random/generator.ts';
import type { Space } from './space.ts';

/** What every space shares: its own generator, made when first needed, and checked flat vectors. */
export abstract class SeededSpace<Value> implements Space<Value> {
  abstract readonly kind: string;
  abstract readonly shape: readonly number[] | null;
  abstract readonly flatSize: number;
  #source: Generator | undefined;

  /** The generator that `sample` draws from. */
  protected get generator(): Generator {
    this.#source ??= new Generator();
    return this.#source;
  }

  seed(seed: number): void {
    this.#source = new Generator(seed);
  }

  sample(seed?: number): Value {
    if (seed !== undefined) this.seed(seed);
    return this.draw();
  }

  protected abstract draw(): Value;
  abstract contains(value: unknown): value is Value;
  abstract flatten(value: Value): Float64Array;
  abstract unflatten(vector: ArrayLike<number>): Value;

  /** Throws unless `vector` has `flatSize` numbers. */
  protected checkVector(vector: ArrayLike<number>): void {
    if (vector.length === this.flatSize) return;
    throw argumentError(
      `${this.kind}.unflatten`,
      `the vector has the wrong length. Got ${vector.length} numbers; expected ${this.flatSize} for ` +
        `${this.toString()}. Pass what flatten returned.`,
    );
  }
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Throws unless `value` is an integer of at least `minimum`. */
export function checkCount(op: string, name: string, value: number, minimum = 1): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw argumentError(
    op,
    `${name} is not usable. Got ${name} ${show(value)}; expected an integer of at least ${minimum}. Pass such a ${name}.`,
  );
}

/** Most numbers of a flat vector: a gigabyte of float64. */
const LONGEST = 2 ** 27;

/** Throws if the one-hot vector of a space would be too long to make. */
export function checkFlatSize(space: Space, op: string): void {
  if (space.flatSize <= LONGEST) return;
  throw argumentError(
    op,
    `the vector would be too long. Got ${space.toString()}, which takes ${space.flatSize} numbers; expected at most ` +
      `${LONGEST}. Use the element itself.`,
  );
}

/** The numbers of an array-like value, or null if it holds anything else. */
export function numbersOf(value: unknown): ArrayLike<number> | null {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return value instanceof BigInt64Array || value instanceof BigUint64Array
      ? null
      : (value as unknown as Float64Array);
  }
  return Array.isArray(value) && value.every((item) => typeof item === 'number') ? (value as number[]) : null;
}

/** True if every item of `values` satisfies the rule. */
export function everyNumber(values: ArrayLike<number>, rule: (value: number, index: number) => boolean): boolean {
  for (let index = 0; index < values.length; index++) if (!rule(values[index]!, index)) return false;
  return true;
}
