import { DTypeError } from './errors.ts';

/**
 * The element types of a tensor.
 *
 * `float16` and `bfloat16` are kept as their 16 bits in a `Uint16Array`; `bool` as 0 or 1 in a `Uint8Array`.
 * `int64` exists only where ONNX asks for it and at file borders; indices are `int32` everywhere else.
 * @category Tensors
 */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int32'
  | 'uint32'
  | 'uint8'
  | 'int8'
  | 'int64'
  | 'bool';

/** The typed arrays that hold tensor data on the host. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Uint8Array
  | Int8Array
  | BigInt64Array;

interface DTypeInfo {
  readonly bytes: number;
  readonly array: new (length: number) => TypedArray;
  /** ONNX `TensorProto.DataType`. */
  readonly onnx: number;
  readonly kind: 'float' | 'int' | 'bool';
  /** Position in the promotion order: the higher of two wins. */
  readonly rank: number;
}

const DTYPES: Record<DType, DTypeInfo> = {
  bool: { bytes: 1, array: Uint8Array, onnx: 9, kind: 'bool', rank: 0 },
  uint8: { bytes: 1, array: Uint8Array, onnx: 2, kind: 'int', rank: 1 },
  int8: { bytes: 1, array: Int8Array, onnx: 3, kind: 'int', rank: 2 },
  int32: { bytes: 4, array: Int32Array, onnx: 6, kind: 'int', rank: 3 },
  uint32: { bytes: 4, array: Uint32Array, onnx: 12, kind: 'int', rank: 4 },
  int64: { bytes: 8, array: BigInt64Array, onnx: 7, kind: 'int', rank: 5 },
  bfloat16: { bytes: 2, array: Uint16Array, onnx: 16, kind: 'float', rank: 6 },
  float16: { bytes: 2, array: Uint16Array, onnx: 10, kind: 'float', rank: 7 },
  float32: { bytes: 4, array: Float32Array, onnx: 1, kind: 'float', rank: 8 },
  float64: { bytes: 8, array: Float64Array, onnx: 11, kind: 'float', rank: 9 },
};

/** Every dtype by name. */
export const DTYPE_NAMES = Object.keys(DTYPES) as readonly DType[];

const ARRAY_NAMES = [...new Set(Object.values(DTYPES).map(({ array }) => array.name))];

/** The least and the greatest whole number an integer dtype holds (of int64, those that a number holds exactly). */
export function integerRange(dtype: DType): readonly [number, number] {
  if (dtype === 'int64') return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const bits = 8 * bytesPerElement(dtype);
  return dtype.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

/** Size of one element in bytes. */
export function bytesPerElement(dtype: DType): number {
  return DTYPES[dtype].bytes;
}

/** The number ONNX gives the dtype in `TensorProto.DataType`. */
export function onnxDataType(dtype: DType): number {
  return DTYPES[dtype].onnx;
}

/** True for the floating-point dtypes, the only ones that carry gradients. */
export function isFloat(dtype: DType): boolean {
  return DTYPES[dtype].kind === 'float';
}

/** True for the integer dtypes (`bool` is not one). */
export function isInteger(dtype: DType): boolean {
  return DTYPES[dtype].kind === 'int';
}

/** A zeroed typed array for `length` elements of `dtype`. */
export function allocate(dtype: DType, length: number): TypedArray {
  return new DTYPES[dtype].array(length);
}

/** Whether `data` is the kind of typed array that holds `dtype`. */
export function holds(dtype: DType, data: TypedArray): boolean {
  return data instanceof DTYPES[dtype].array;
}

/** The dtype a typed array holds when none is named; `Uint16Array` has none. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint32Array) return 'uint32';
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int8Array) return 'int8';
  if (data instanceof BigInt64Array) return 'int64';
  const kind = (data as ArrayBufferView).constructor.name;
  throw new DTypeError(
    kind === 'Uint16Array'
      ? 'tensor: a Uint16Array has no dtype of its own. Got no dtype; expected float16 or bfloat16. Pass { dtype }.'
      : `tensor: no dtype has elements of this kind. Got ${kind}; expected one of ${ARRAY_NAMES.join(', ')}. Convert it.`,
    { op: 'tensor', details: { array: kind } },
  );
}

/**
 * The dtype two operands meet in: the later in
 * bool < uint8 < int8 < int32 < uint32 < int64 < bfloat16 < float16 < float32 < float64.
 *
 * Integers never widen a float (`int32` with `float32` is `float32`, as in JAX).
 */
export function promote(a: DType, b: DType): DType {
  return DTYPES[a].rank >= DTYPES[b].rank ? a : b;
}

/** Parses a dtype name, naming the known ones when it is none of them. */
export function parseDType(name: string, op: string): DType {
  if (Object.hasOwn(DTYPES, name)) return name as DType;
  throw new DTypeError(`${op}: unknown dtype. Got '${name}'; expected one of ${DTYPE_NAMES.join(', ')}. Choose one.`, {
    op,
    details: { dtype: name },
  });
}
