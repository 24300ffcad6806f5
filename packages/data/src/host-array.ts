import type { DType, TypedArray } from '@gai/core';

/** The typed arrays of a {@link HostArray}: those whose elements are plain numbers. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array | Int8Array;

/**
 * An array on the host: flat values, their shape and their dtype. It becomes a `Tensor` only in a loader's batch.
 * @category Datasets
 */
export interface HostArray {
  /** Values in row-major order. */
  readonly data: NumberArray;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** The dtypes a column can have: those with one plain number per element. */
const STORED: Partial<Record<DType, new (length: number) => NumberArray>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
};

/** Names of the dtypes a column can have. */
export const STORED_DTYPES = Object.keys(STORED) as readonly DType[];

/** A zeroed typed array for a stored dtype, or `undefined` when the dtype is not stored. */
export function allocateStored(dtype: DType, length: number): NumberArray | undefined {
  const Constructor = STORED[dtype];
  return Constructor && new Constructor(length);
}

/** Whether `data` is the typed array that stores `dtype`. */
export function isStoredAs(data: TypedArray, dtype: DType): data is NumberArray {
  const Constructor = STORED[dtype];
  return Constructor !== undefined && data instanceof Constructor;
}

/** Whether a value is a typed array (a `DataView` is not). */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Whether a value looks like a {@link HostArray}. */
export function isHostArray(value: unknown): value is HostArray {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Partial<HostArray>;
  return isTypedArray(candidate.data) && Array.isArray(candidate.shape) && typeof candidate.dtype === 'string';
}

/** Product of the sizes. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
