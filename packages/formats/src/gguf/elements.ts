import type { DType, TypedArray } from '@gai/core';
import { convertElements } from '@gai/core/ops';
import { refuse } from '../errors.ts';
import { viewOf } from '../view-of.ts';
import { q2K, q3K, q4K, q5K, q6K } from './k-blocks.ts';
import { q4_0, q4_1, q5_0, q5_1, q8_0 } from './small-blocks.ts';
import type { Dequantize } from './small-blocks.ts';
import type { GgmlFormat } from './types.ts';

const BLOCKS: Readonly<Record<string, Dequantize>> = {
  Q4_0: q4_0,
  Q4_1: q4_1,
  Q5_0: q5_0,
  Q5_1: q5_1,
  Q8_0: q8_0,
  Q2_K: q2K,
  Q3_K: q3K,
  Q4_K: q4K,
  Q5_K: q5K,
  Q6_K: q6K,
};

/** Types whose elements are numbers as they are: how they become the dtype that a tensor of them has here. */
const PLAIN: Readonly<Record<string, { readonly dtype: DType; readonly read: (bytes: Uint8Array) => TypedArray }>> = {
  F32: { dtype: 'float32', read: (bytes) => viewOf(bytes, Float32Array) },
  F16: {
    dtype: 'float32',
    read: (bytes) => convertElements(viewOf(bytes, Uint16Array), 'float16', 'float32'),
  },
  BF16: { dtype: 'float32', read: widenBfloat16 },
  F64: { dtype: 'float64', read: (bytes) => viewOf(bytes, Float64Array) },
  I8: { dtype: 'int8', read: (bytes) => viewOf(bytes, Int8Array) },
  I16: { dtype: 'int32', read: (bytes) => Int32Array.from(viewOf(bytes, Int16Array)) },
  I32: { dtype: 'int32', read: (bytes) => viewOf(bytes, Int32Array) },
  I64: { dtype: 'int64', read: (bytes) => viewOf(bytes, BigInt64Array) },
};

/** The dtype of a tensor of this type: float32 for every type of fractions but F64. */
export const dtypeOfType = (type: string): DType => PLAIN[type]?.dtype ?? 'float32';

/** Whether the bytes in the file are the elements as memory has them. */
export const isAsInMemory = (type: string): boolean =>
  type !== 'I16' && type in PLAIN && type !== 'F16' && type !== 'BF16';

/** Elements from the bytes of whole blocks. */
export function decodeElements(bytes: Uint8Array, { name, block, bytes: size }: GgmlFormat): TypedArray {
  const plain = PLAIN[name];
  if (plain !== undefined) return plain.read(bytes);
  const decode = BLOCKS[name];
  if (decode === undefined) {
    return refuse({
      op: 'openGguf',
      problem: 'elements of a type that is not read',
      got: name,
      expected: [...Object.keys(PLAIN), ...Object.keys(BLOCKS)].join(', '),
      remedy: 'Quantize the model to one of these (llama-quantize --allow-requantize).',
    });
  }
  const count = bytes.length / size;
  const values = new Float32Array(count * block);
  for (let at = 0; at < count; at += 1) decode(bytes, at * size, values.subarray(at * block, (at + 1) * block));
  return values;
}

/** A bfloat16 is the upper half of a float32, also one that is not a number. */
function widenBfloat16(bytes: Uint8Array): Float32Array {
  const bits = Uint32Array.from(viewOf(bytes, Uint16Array), (half) => half << 16);
  return new Float32Array(bits.buffer);
}
