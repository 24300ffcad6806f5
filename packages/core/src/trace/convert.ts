import { allocate } from '../dtype.ts';
import type { DType, TypedArray } from '../dtype.ts';
import { integerRange, isInteger } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isVariable } from '../ir/variable.ts';
import { fromBfloat16Bits, fromFloat16Bits, fromNumber, toNumber } from '../number.ts';

/**
 * The elements in another dtype, computed on the host: the nearest value, ties to even; fractions on their way to
 * integers are cut and wrap around, as a graph's cast does.
 */
export function convertElements(data: TypedArray, from: DType, to: DType): TypedArray {
  if (from === to) return data;
  if (to === 'float32' && (from === 'float16' || from === 'bfloat16')) return widen(data as Uint16Array, from);
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

/** What all 65,536 patterns of 16 bits stand for; made when the first large array is read. */
const tables = new Map<DType, Float32Array>();

/** Of weights there are millions: one look-up each, exact to the bit but for the payloads of NaN. */
function widen(data: Uint16Array, from: 'float16' | 'bfloat16'): Float32Array {
  const fromBits = from === 'float16' ? fromFloat16Bits : fromBfloat16Bits;
  if (data.length < 2 ** 16) return Float32Array.from(data, fromBits);
  let table = tables.get(from);
  if (table === undefined) {
    table = Float32Array.from({ length: 2 ** 16 }, (_, bits) => fromBits(bits));
    tables.set(from, table);
  }
  const wide = new Float32Array(data.length);
  for (let index = 0; index < data.length; index += 1) wide[index] = table[data[index]!]!;
  return wide;
}

/** The elements of a tensor that are in the memory of JavaScript already; undefined for any other tensor. */
export function hostData(x: Tensor): TypedArray | undefined {
  const { leaf } = isVariable(x) ? x.value : x;
  return leaf?.kind === 'host' ? leaf.data : undefined;
}
