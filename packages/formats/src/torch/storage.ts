import type { DType, TypedArray } from '@gai/core';
import { Built } from '../pickle/values.ts';
import { viewOf } from '../view-of.ts';

/** An element type of torch. */
export interface TorchType {
  /** As torch writes it, without `torch.`. */
  readonly name: string;
  readonly bytes: number;
  /** What tensors of it are here. */
  readonly dtype: DType;
  readonly view: (bytes: Uint8Array) => TypedArray;
}

/** The element types that are read, by torch's name. */
export const TORCH_TYPES: Readonly<Record<string, TorchType>> = Object.fromEntries(
  (
    [
      ['float32', 4, 'float32', (bytes) => viewOf(bytes, Float32Array)],
      ['float64', 8, 'float64', (bytes) => viewOf(bytes, Float64Array)],
      ['float16', 2, 'float16', (bytes) => viewOf(bytes, Uint16Array)],
      ['bfloat16', 2, 'bfloat16', (bytes) => viewOf(bytes, Uint16Array)],
      ['int64', 8, 'int64', (bytes) => viewOf(bytes, BigInt64Array)],
      ['int32', 4, 'int32', (bytes) => viewOf(bytes, Int32Array)],
      // There is no dtype of 16 bits here; the values are the same.
      ['int16', 2, 'int32', (bytes) => Int32Array.from(viewOf(bytes, Int16Array))],
      ['uint32', 4, 'uint32', (bytes) => viewOf(bytes, Uint32Array)],
      ['uint16', 2, 'int32', (bytes) => Int32Array.from(viewOf(bytes, Uint16Array))],
      ['uint8', 1, 'uint8', (bytes) => bytes],
      ['int8', 1, 'int8', (bytes) => viewOf(bytes, Int8Array)],
      ['bool', 1, 'bool', (bytes) => bytes],
    ] as const satisfies readonly (readonly [string, number, DType, (bytes: Uint8Array) => TypedArray])[]
  ).map(([name, bytes, dtype, view]) => [name, { name, bytes, dtype, view }]),
);

/** The classes of storages that have an element type, by name. */
export const STORAGE_TYPES: Readonly<Record<string, string>> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  ByteStorage: 'uint8',
  CharStorage: 'int8',
  BoolStorage: 'bool',
};

/** Bytes that one or more tensors look at. */
export class Storage extends Built {
  readonly kind = 'a storage';
  /** Where the file has it. */
  readonly key: string;
  /** Undefined for a storage of bytes, whose tensors say what they hold. */
  readonly type: TorchType | undefined;
  readonly byteLength: number;
  /** Where a view into a larger storage begins in it, in bytes. */
  readonly byteOffset: number;

  constructor(init: { key: string; type: TorchType | undefined; byteLength: number; byteOffset: number }) {
    super();
    this.key = init.key;
    this.type = init.type;
    this.byteLength = init.byteLength;
    this.byteOffset = init.byteOffset;
  }
}

/** A tensor of the file: a way to look at a storage. */
export class StridedView extends Built {
  readonly kind = 'a tensor';
  readonly storage: Storage;
  readonly type: TorchType;
  readonly shape: readonly number[];
  /** How far the next element along each axis is, in elements. */
  readonly strides: readonly number[];
  /** Where the first element is, in elements. */
  readonly offset: number;

  constructor(init: Pick<StridedView, 'storage' | 'type' | 'shape' | 'strides' | 'offset'>) {
    super();
    this.storage = init.storage;
    this.type = init.type;
    this.shape = init.shape;
    this.strides = init.strides;
    this.offset = init.offset;
  }

  /** Text that two tensors have in common if they are the same elements in the same order. */
  get identity(): string {
    const { storage, type, shape, strides, offset } = this;
    const start = storage.byteOffset + offset * type.bytes;
    const relevant = strides.filter((_, axis) => shape[axis] !== 1);
    return [storage.key, type.name, start, shape.join(','), relevant.join(',')].join(' ');
  }
}
