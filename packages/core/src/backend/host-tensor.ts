import { describeValue } from '../argument.ts';
import { DTypeError, internalError } from '../errors.ts';
import type { DType } from '../dtype.ts';
import type { HostTensor } from './backend.ts';
import { carryBits, checkNotShared, dtypeOfRuntimeType, explainHostTensor, runtimeType } from './runtime-dtype.ts';
import { wrapRuntimeError } from './runtime-error.ts';

/**
 * A tensor of ONNX Runtime's JavaScript, as far as adapters read it; that of every build fits.
 * @category Backends
 */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/**
 * A build of ONNX Runtime's JavaScript, as far as it makes tensors over data of the host.
 * @category Backends
 */
export interface TensorModule<T extends RuntimeTensor> {
  readonly Tensor: new (type: never, data: never, dims: never) => T;
}

/**
 * The runtime's wrapper around data of the host; the data itself is not copied.
 * @param runtime - The module.
 * @throws {@link DTypeError}, {@link ShapeError} or {@link BackendError} if the data is not what its dtype and shape say.
 * @category Backends
 */
export function hostTensor<T extends RuntimeTensor>(
  runtime: TensorModule<T>,
  input: HostTensor,
  op: 'run' | 'upload',
): T {
  checkWhole(input, op);
  const type = runtimeType(input.dtype, op);
  checkNotShared(input, op);
  try {
    return carryBits(new runtime.Tensor(type as never, input.data as never, input.shape as never));
  } catch (error) {
    throw explainHostTensor(input, op) ?? wrapRuntimeError(error, op);
  }
}

/** Refuses what is no tensor at all. */
function checkWhole(input: HostTensor, op: string): void {
  const { shape, data } = (input ?? {}) as Partial<HostTensor>;
  if (Array.isArray(shape) && ArrayBuffer.isView(data)) return;
  throw new DTypeError(
    `${op}: an input is no tensor of the host. Got ${describeValue(input)} with shape ${String(shape)} and data ` +
      `${describeValue(data)}; expected { dtype, shape, data } with a list and a typed array.`,
    { op },
  );
}

/**
 * The dtype of what a run gave.
 * @category Backends
 */
export function resultDType({ type }: RuntimeTensor): DType {
  const dtype = dtypeOfRuntimeType(type);
  if (dtype === undefined) throw internalError(`a run gave a tensor of type ${type}.`);
  return dtype;
}
