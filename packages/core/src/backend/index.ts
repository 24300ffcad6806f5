export type {
  Backend,
  DeviceBuffer,
  HostTensor,
  RunOptions,
  Session,
  SessionOptions,
  Storage,
} from '../runtime/backend.ts';
export type { Provider } from '../ir/onnx-binding.ts';
export type { DType, TypedArray } from '../dtype.ts';
export { DTYPE_NAMES, allocate, bytesPerElement, holds, onnxDataType } from '../dtype.ts';
export { ArgumentError, BackendError, DTypeError, GaiError, GraphError, ShapeError, internalError } from '../errors.ts';
export type { ErrorDetails, GaiErrorOptions } from '../errors.ts';
