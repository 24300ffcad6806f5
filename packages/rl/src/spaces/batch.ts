import { argumentError, show } from '../errors.ts';
import { copyValue } from '../tabular/copy-value.ts';
import { allocate, Box } from './box.ts';
import { Dict } from './dict.ts';
import type { Space } from './space.ts';
import { Tuple } from './tuple.ts';

/**
 * The type of many elements together: numbers become an Int32Array, arrays one longer array (element after element),
 * tuples and records batch part by part, texts become a list.
 *
 * @category Spaces
 * @since 0.1.0
 */
export type Batched<Value> = Value extends number
  ? Int32Array
  : Value extends ArrayBufferView
    ? Value
    : Value extends string
      ? string[]
      : { [Key in keyof Value]: Batched<Value[Key]> };

function concatenateArrays(space: Box<'float32'>, values: readonly ArrayLike<number>[]): ArrayLike<number> {
  const batch = allocate(space.dtype, values.length * space.flatSize);
  values.forEach((value, index) => batch.set(value, index * space.flatSize));
  return batch;
}

/** Refuses a choice whose elements an Int32Array cannot hold: they would wrap without a word. */
export function checkNarrow(space: Space): void {
  const { n, start } = space as Space & { readonly n: number; readonly start: number };
  if (start >= -(2 ** 31) && start + n <= 2 ** 31) return;
  throw argumentError(
    'concatenate',
    `the choice is too wide to batch. Got ${space.toString()}; expected elements from -2147483648 to 2147483647, which an ` +
      'Int32Array holds. Batch them yourself, or use a smaller space.',
  );
}

function concatenateAny(space: Space, values: readonly unknown[]): unknown {
  if (space.kind === 'Discrete') {
    checkNarrow(space);
    return Int32Array.from(values as number[]);
  }
  if (space instanceof Box) return concatenateArrays(space as Box, values as Float32Array[]);
  if (space.kind === 'MultiDiscrete') return Int32Array.from((values as Int32Array[]).flatMap((value) => [...value]));
  if (space.kind === 'MultiBinary') return Int8Array.from((values as Int8Array[]).flatMap((value) => [...value]));
  if (space instanceof Tuple) {
    const parts = space.spaces as unknown as readonly Space[];
    return parts.map((part, index) =>
      concatenateAny(
        part,
        (values as unknown[][]).map((value) => value[index]),
      ),
    );
  }
  if (space instanceof Dict) {
    const parts = space.spaces as unknown as Record<string, Space>;
    const records = values as Record<string, unknown>[];
    return Object.fromEntries(
      space.keys.map((key) => [
        key,
        concatenateAny(
          parts[key]!,
          records.map((record) => record[key]),
        ),
      ]),
    );
  }
  return values.map(copyValue);
}

/**
 * Puts elements of a space together into one batch; the numbers are copied.
 *
 * @example
 * import { concatenate, Discrete } from '@gai/rl';
 * [...concatenate(new Discrete(4), [3, 1])]; // => [3, 1]
 * @category Spaces
 * @since 0.1.0
 */
export function concatenate<Value>(space: Space<Value>, values: readonly Value[]): Batched<Value> {
  return concatenateAny(space, values) as Batched<Value>;
}

/**
 * Takes a batch of `count` elements apart: a list with one element per entry, or what {@link concatenate} returns.
 *
 * @throws ArgumentError if the batch does not hold `count` elements.
 * @category Spaces
 * @since 0.1.0
 */
export function iterate<Value>(space: Space<Value>, batch: unknown, count: number): Value[] {
  return iterateAny(space, batch, count) as Value[];
}

function iterateAny(space: Space, batch: unknown, count: number): unknown[] {
  if (space instanceof Dict && !Array.isArray(batch) && typeof batch === 'object' && batch !== null) {
    const parts = space.spaces as unknown as Record<string, Space>;
    const columns = space.keys.map((key) => iterateAny(parts[key]!, (batch as Record<string, unknown>)[key], count));
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(space.keys.map((key, index) => [key, columns[index]![row]])),
    );
  }
  if (space instanceof Tuple && Array.isArray(batch) && batch.every((part) => ArrayBuffer.isView(part))) {
    // An element is a list of its parts; one array per part can only be a batch.
    const parts = space.spaces as unknown as readonly Space[];
    const columns = parts.map((part, index) => iterateAny(part, batch[index], count));
    return Array.from({ length: count }, (_, row) => columns.map((column) => column[row]));
  }
  const items = batch as ArrayLike<unknown> & { subarray?: (from: number, to: number) => unknown };
  const size = space.kind === 'Discrete' ? 1 : (space.shape ?? []).reduce((product, axis) => product * axis, 1);
  if (space.shape !== null && ArrayBuffer.isView(batch) && items.length === count * size && space.kind !== 'Discrete') {
    return Array.from({ length: count }, (_, index) => items.subarray!(index * size, (index + 1) * size));
  }
  if (typeof batch === 'object' && batch !== null && items.length === count) return Array.from(items);
  throw argumentError(
    'iterate',
    `the batch does not fit. Got ${show(batch)}; expected ${count} elements of ${space}. Pass one element per env.`,
  );
}
