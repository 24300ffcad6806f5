import type { Backend } from '../backend/backend.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import { OPSET } from '../onnx/opset.ts';

/** Any ONNX Runtime, by the standard alone. */
export const PORTABLE: OnnxTarget = { mode: 'portable', provider: 'cpu', opset: OPSET };

/** A backend: graphs are written for what its provider has. */
export function nativeTarget({ provider, fallback, lacks, channelBlock }: Backend): OnnxTarget {
  return { mode: 'native', provider, fallback, lacks, channelBlock, opset: OPSET };
}
