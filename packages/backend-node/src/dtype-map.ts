import { BackendError, DTypeError, ShapeError, allocate, holds } from '@gai/core/backend';
import type { DType, GaiError, HostTensor } from '@gai/core/backend';

/** The name ONNX Runtime has for each dtype; undefined where its Node binding has no tensor of it. */
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

/** The element types of ONNX Runtime that have a dtype of ours. */
export type RuntimeType = NonNullable<(typeof RUNTIME_NAMES)[DType]>;

/** The dtypes that go in and out of a session. */
export const SUPPORTED_DTYPES = Object.entries(RUNTIME_NAMES)
  .filter(([, name]) => name !== undefined)
  .map(([dtype]) => dtype);

/** The runtime's name of a dtype. */
export function runtimeType(dtype: DType, op: string): RuntimeType {
  const name = RUNTIME_NAMES[dtype];
  if (name !== undefined) return name;
  throw new DTypeError(
    `${op}: onnxruntime-node has no tensor of this dtype. Got ${dtype}; expected one of ` +
      `${SUPPORTED_DTYPES.join(', ')}. Cast to float32 or float16 first.`,
    { op, details: { dtype } },
  );
}

/** Our name of a runtime type, or undefined for a type that is no dtype of ours (string, uint64, int16, …). */
export function dtypeOfRuntimeType(type: string): DType | undefined {
  return Object.hasOwn(RUNTIME_NAMES, type) ? (type as DType) : undefined;
}

/**
 * Makes a float16 tensor carry its bits as a `Uint16Array`, as our dtypes hold them.
 *
 * Where the language has `Float16Array` (Node 24), the runtime's JavaScript turns the data into one, but its binding
 * then takes the tensor for empty. The property on the tensor hides that array from both.
 */
export function carryBits<T extends { readonly type: string; readonly data: unknown }>(tensor: T): T {
  if (tensor.type !== 'float16' || tensor.data instanceof Uint16Array) return tensor;
  const { buffer, byteOffset, byteLength } = tensor.data as ArrayBufferView;
  return Object.defineProperty(tensor, 'data', { value: new Uint16Array(buffer, byteOffset, byteLength / 2) });
}

/** Why the runtime took no tensor of this data; undefined if the data is as it should be. */
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

/** Refuses memory shared between threads, which the runtime does not read. */
export function checkNotShared({ data }: HostTensor, op: string): void {
  if (!(data.buffer instanceof SharedArrayBuffer)) return;
  throw new BackendError(
    `${op}: the data lies in shared memory. Got a SharedArrayBuffer; expected an ArrayBuffer, which is all that ` +
      'onnxruntime-node reads. Copy it with slice().',
    { op },
  );
}

/** Refuses what the runtime would refuse, before a copy of the data goes elsewhere. */
export function checkHostTensor(tensor: HostTensor, op: string): void {
  runtimeType(tensor.dtype, op);
  checkNotShared(tensor, op);
  const problem = explainHostTensor(tensor, op);
  if (problem !== undefined) throw problem;
}
