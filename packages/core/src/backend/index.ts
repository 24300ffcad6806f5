export type {
  Backend,
  DeviceBuffer,
  ExternalContent,
  HeldFile,
  HostTensor,
  KernelRun,
  RunOptions,
  Session,
  SessionOptions,
  SessionProfile,
  Storage,
} from './backend.ts';
export type { Capabilities, Fallback, KernelFault, Kernels } from '../ir/capabilities.ts';
export { checkArgument, checkOptionNames } from '../argument.ts';
export { capabilitiesOf } from './capabilities.ts';
export { cpuCapabilities, wasmCapabilities, webgpuCapabilities } from './providers.ts';
export type { DType, TypedArray } from '../dtype.ts';
export { DTYPE_NAMES, allocate, bytesPerElement, holds, onnxDataType } from '../dtype.ts';
export { ArgumentError, BackendError, DTypeError, GaiError, GraphError, ShapeError, internalError } from '../errors.ts';
export type { ErrorDetails, GaiErrorOptions } from '../errors.ts';
export { fileError, hasCode } from './file-error.ts';
export { readExternal } from './external-data.ts';
export { HostBuffer } from './host-buffer.ts';
export type { HostBackend } from './host-buffer.ts';
export { hostTensor, resultDType } from './host-tensor.ts';
export type { RuntimeTensor, TensorModule } from './host-tensor.ts';
export { Lifetime } from './lifetime.ts';
export { RunQueue } from './run-queue.ts';
export { RuntimeSession } from './runtime-session.ts';
export type { RawSession } from './runtime-session.ts';
export {
  carryBits,
  checkHostTensor,
  checkNotShared,
  dtypeOfRuntimeType,
  explainHostTensor,
  runtimeType,
  supportedDtypes,
} from './runtime-dtype.ts';
export type { RuntimeType } from './runtime-dtype.ts';
export { failedNode, firstLine, wrapRuntimeError } from './runtime-error.ts';
export { disposedBackend, disposedBuffer, foreignBuffer, namesError, releasedError } from './session-errors.ts';
export { inputCountError, inputTypeError, inputTypes, outputTypes } from './session-ports.ts';
export type { PortMetadata } from './session-ports.ts';
export { blockProbeModel, probeModel } from './probe-model.ts';
export { extraSettings } from './extra-settings.ts';
