import type { Generator } from '../random/generator.ts';
import type { Space } from './space.ts';

const INT_32_MAX = 2147483647;

/** Seeds every part with its own draw, as Gymnasium's Dict and Tuple do. */
export function seedParts(parts: readonly Space[], generator: Generator): void {
  const seeds = parts.map(() => generator.integers(0, INT_32_MAX));
  parts.forEach((part, index) => part.seed(seeds[index]!));
}

/** The parts' vectors one after another. */
export function flattenParts(parts: readonly Space[], values: readonly unknown[]): Float64Array {
  const vector = new Float64Array(flatSizeOf(parts));
  let offset = 0;
  parts.forEach((part, index) => {
    vector.set(part.flatten(values[index]), offset);
    offset += part.flatSize;
  });
  return vector;
}

/** The inverse of `flattenParts`. */
export function unflattenParts(parts: readonly Space[], vector: ArrayLike<number>): unknown[] {
  const numbers = Float64Array.from(vector);
  let offset = 0;
  return parts.map((part) => {
    const value = part.unflatten(numbers.subarray(offset, offset + part.flatSize));
    offset += part.flatSize;
    return value;
  });
}

export function flatSizeOf(parts: readonly Space[]): number {
  return parts.reduce((sum, part) => sum + part.flatSize, 0);
}
