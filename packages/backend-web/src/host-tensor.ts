import { carryBits, checkNotShared, explainHostTensor, runtimeType, wrapRuntimeError } from '@gai/core/backend';
import type { HostTensor } from '@gai/core/backend';
import type { Tensor as RuntimeTensor } from 'onnxruntime-web/wasm';
import type { Ort } from './runtime.ts';

/**
 * The runtime's wrapper around data of the host; the data itself is not copied.
 * @throws DTypeError, ShapeError or BackendError if the data is not what its dtype and shape say.
 */
export function hostTensor(ort: Ort, input: HostTensor, op: 'run' | 'upload'): RuntimeTensor {
  const type = runtimeType(input.dtype, op);
  checkNotShared(input, op);
  try {
    return carryBits(new ort.Tensor(type, input.data as never, input.shape as number[]) as RuntimeTensor);
  } catch (error) {
    throw explainHostTensor(input, op) ?? wrapRuntimeError(error, op);
  }
}
