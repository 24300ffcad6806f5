import { allocate, holds } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { BackendError, DTypeError, ShapeError } from '../errors.ts';
import type { GaiError } from '../errors.ts';
import type { HostTensor } from './backend.ts';

/** The name ONNX Runtime has for each dtype; undefined where its JavaScript bindings have no tensor of it. */
const RUNTIME_NAMES = {
  float32: 'float32',
  float64: 'float64',
  float16: 'float16',
  bfloat16: undefined,
  int32: 'int32',
  uint32: 'uint32',
  uint8: 'uint8',
  int8: 'int8',
  int64: 'int64',
  bool: 'bool',
} as const satisfies Record<DType, string | undefined>;

/**
 * The element types of ONNX Runtime that have a dtype of ours.
 * @category Backends
 */
export type RuntimeType = NonNullable<(typeof RUNTIME_NAMES)[DType]>;

/**
 * The dtypes that go in and out of a session of ONNX Runtime.
 * @example
 * supportedDtypes().includes('bfloat16'); // => false
 * @category Backends
 */
export function supportedDtypes(): string[] {
  return Object.entries(RUNTIME_NAMES).flatMap(([dtype, name]) => (name === undefined ? [] : [dtype]));
}

/**
 * ONNX Runtime's name of a dtype.
 * @throws {@link DTypeError} if its JavaScript bindings have no tensor of the dtype.
 * @example
 * runtimeType('float32', 'upload'); // => 'float32'
 * @category Backends
 */
export function runtimeType(dtype: DType, op: string): RuntimeType {
  const name = RUNTIME_NAMES[dtype];
  if (name !== undefined) return name;
  throw new DTypeError(
    `${op}: ONNX Runtime has no JavaScript tensor of this dtype. Got ${dtype}; expected one of ` +
      `${supportedDtypes().join(', ')}. Cast to float32 or float16 first.`,
    { op, details: { dtype } },
  );
}

/**
 * Our name of a type of ONNX Runtime, or undefined for a type that is no dtype of ours (string, uint64, int16, …).
 * @example
 * dtypeOfRuntimeType('int32'); // => 'int32'
 * dtypeOfRuntimeType('string'); // => undefined
 * @category Backends
 */
export function dtypeOfRuntimeType(type: string): DType | undefined {
  return Object.hasOwn(RUNTIME_NAMES, type) ? (type as DType) : undefined;
}

/**
 * Makes a float16 tensor of ONNX Runtime carry its bits as a `Uint16Array`, as our dtypes hold them.
 *
 * Where the language has `Float16Array`, the runtime's JavaScript turns the data into one, but its Node binding then
 * takes the tensor for empty. The property on the tensor hides that array from both.
 * @category Backends
 */
export function carryBits<T extends { readonly type: string; readonly data: unknown }>(tensor: T): T {
  if (tensor.type !== 'float16' || tensor.data instanceof Uint16Array) return tensor;
  const { buffer, byteOffset, byteLength } = tensor.data as ArrayBufferView;
  return Object.defineProperty(tensor, 'data', { value: new Uint16Array(buffer, byteOffset, byteLength / 2) });
}

/**
 * Why ONNX Runtime would take no tensor of this data; undefined if the data is as it should be.
 * @category Backends
 */
export function explainHostTensor({ dtype, shape, data }: HostTensor, op: string): GaiError | undefined {
  const size = shape.reduce((product, length) => product * length, 1);
  if (!holds(dtype, data)) {
    return new DTypeError(
      `${op}: the array does not hold the dtype. Got ${data.constructor.name} for ${dtype}; expected ` +
        `${allocate(dtype, 0).constructor.name}. Pass the typed array that belongs to the dtype.`,
      { op, details: { dtype, array: data.constructor.name } },
    );
  }
  if (size !== data.length) {
    return new ShapeError(
      `${op}: data and shape differ in size. Got ${data.length} elements; expected ${size} for shape ` +
        `[${shape.join(', ')}]. Pass as many elements as the shape has.`,
      { op, details: { length: data.length, shape } },
    );
  }
  return undefined;
}

/**
 * Refuses memory shared between threads, which ONNX Runtime does not read.
 * @category Backends
 */
export function checkNotShared({ data }: HostTensor, op: string): void {
  if (typeof SharedArrayBuffer === 'undefined' || !(data.buffer instanceof SharedArrayBuffer)) return;
  throw new BackendError(
    `${op}: the data lies in shared memory. Got a SharedArrayBuffer; expected an ArrayBuffer, which is all that ` +
      'ONNX Runtime reads. Copy it with slice().',
    { op },
  );
}

/**
 * Refuses what ONNX Runtime would refuse, before a copy of the data goes elsewhere.
 * @throws {@link DTypeError}, {@link ShapeError} or {@link BackendError} that says what is wrong with it.
 * @example
 * checkHostTensor({ dtype: 'float32', shape: [3], data: new Float32Array(2) }, 'upload'); // => throws ShapeError
 * @category Backends
 */
export function checkHostTensor(tensor: HostTensor, op: string): void {
  runtimeType(tensor.dtype, op);
  checkNotShared(tensor, op);
  const problem = explainHostTensor(tensor, op);
  if (problem !== undefined) throw problem;
}
