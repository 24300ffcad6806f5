import { Node } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { DeviceBuffer } from '../backend/backend.ts';

/** A tensor over memory that a backend holds. */
export function deviceLeaf(buffer: DeviceBuffer): Tensor {
  const type = { dtype: buffer.dtype, shape: buffer.shape };
  return new Node({ op: null, types: [type], leaf: { kind: 'device', buffer }, scope: null }).outputs[0]!;
}
