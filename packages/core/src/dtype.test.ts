import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DTYPE_NAMES,
  allocate,
  bytesPerElement,
  dtypeOf,
  holds,
  integerRange,
  isFloat,
  isInteger,
  onnxDataType,
  parseDType,
  promote,
} from './dtype.ts';
import type { DType, TypedArray } from './dtype.ts';

const anyDType = fc.constantFrom(...DTYPE_NAMES);

describe('the dtype table', () => {
  it('has the sizes and ONNX numbers of the standard', () => {
    const table = DTYPE_NAMES.map((dtype) => [dtype, bytesPerElement(dtype), onnxDataType(dtype)]);
    expect(table).toEqual([
      ['bool', 1, 9],
      ['uint8', 1, 2],
      ['int8', 1, 3],
      ['int32', 4, 6],
      ['uint32', 4, 12],
      ['int64', 8, 7],
      ['bfloat16', 2, 16],
      ['float16', 2, 10],
      ['float32', 4, 1],
      ['float64', 8, 11],
    ]);
  });

  it.each(DTYPE_NAMES)('%s: an array of it is zeroed, of its size, and known again', (dtype) => {
    const array = allocate(dtype, 3);
    expect(Array.from(array, Number)).toEqual([0, 0, 0]);
    expect(array.BYTES_PER_ELEMENT).toBe(bytesPerElement(dtype));
    expect(holds(dtype, array)).toBe(true);
  });

  it('is float, integer or bool, never two of them', () => {
    for (const dtype of DTYPE_NAMES)
      expect([isFloat(dtype), isInteger(dtype), dtype === 'bool'].filter(Boolean)).toHaveLength(1);
  });

  it.each<[DType, number, number]>([
    ['uint8', 0, 255],
    ['int8', -128, 127],
    ['int32', -2147483648, 2147483647],
    ['uint32', 0, 4294967295],
    ['int64', -9007199254740991, 9007199254740991],
  ])('%s holds %d to %d', (dtype, least, greatest) => expect(integerRange(dtype)).toEqual([least, greatest]));
});

describe('promote', () => {
  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(anyDType, anyDType, anyDType, (a, b, c) => {
        expect(promote(a, b)).toBe(promote(b, a));
        expect(promote(a, promote(b, c))).toBe(promote(promote(a, b), c));
        expect(promote(a, a)).toBe(a);
      }),
    );
  });

  it('never lets an integer widen a float', () => {
    expect(promote('int64', 'float32')).toBe('float32');
    expect(promote('int32', 'float16')).toBe('float16');
    expect(promote('bool', 'uint8')).toBe('uint8');
  });
});

describe('dtypeOf', () => {
  it('knows the dtype of each typed array that has one', () => {
    for (const dtype of ['float32', 'float64', 'int32', 'uint32', 'uint8', 'int8', 'int64'] as const) {
      expect(dtypeOf(allocate(dtype, 1))).toBe(dtype);
    }
  });

  it('asks which of the 16-bit floats a Uint16Array is, and refuses what no dtype has', () => {
    expect(() => dtypeOf(new Uint16Array(2))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: tensor: a Uint16Array has no dtype of its own. Got no dtype; expected float16 or bfloat16. Pass { dtype }.]`,
    );
    expect(() => dtypeOf(new Int16Array(2) as unknown as TypedArray)).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: tensor: no dtype has elements of this kind. Got Int16Array; expected one of Uint8Array, Int8Array, Int32Array, Uint32Array, BigInt64Array, Uint16Array, Float32Array, Float64Array. Convert it.]`,
    );
  });
});

describe('parseDType', () => {
  it('takes the names of the table only, not those every object has', () => {
    for (const dtype of DTYPE_NAMES) expect(parseDType(dtype, 'cast')).toBe(dtype);
    expect(() => parseDType('float', 'cast')).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: cast: unknown dtype. Got 'float'; expected one of bool, uint8, int8, int32, uint32, int64, bfloat16, float16, float32, float64. Choose one.]`,
    );
    for (const name of ['toString', '__proto__', 'Float32', ''])
      expect(() => parseDType(name, 'cast')).toThrow('unknown dtype');
  });
});
