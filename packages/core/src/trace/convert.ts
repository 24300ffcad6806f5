import { allocate } from '../dtype.ts';
import type { DType, TypedArray } from '../dtype.ts';
import { integerRange, isInteger } from '../dtype.ts';
import { fromNumber, toNumber } from './number.ts';

/**
 * The elements in another dtype, computed on the host: the nearest value, ties to even; fractions on their way to
 * integers are cut and wrap around, as a graph's cast does.
 */
export function convertElements(data: TypedArray, from: DType, to: DType): TypedArray {
  if (from === to) return data;
  const converted = allocate(to, data.length);
  const whole = isInteger(to);
  for (let index = 0; index < data.length; index += 1) {
    const number = toNumber(data[index]!, from);
    (converted as unknown as (number | bigint)[])[index] = fromNumber(whole ? cut(number, to) : number, to);
  }
  return converted;
}

/** A number as an integer dtype takes it: without its fraction; what is no number at all is 0. */
function cut(value: number, to: DType): number {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 0 : integerRange(to)[value > 0 ? 1 : 0];
  return Math.trunc(value);
}
