import type { Backend } from '../backend/backend.ts';
import { capabilitiesOf } from '../backend/capabilities.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import { PORTABLE_KERNELS } from '../onnx/portable-kernels.ts';

/** Any ONNX Runtime, by the standard alone: what its CPU has. */
export const PORTABLE: OnnxTarget = {
  mode: 'portable',
  provider: 'cpu',
  capabilities: {
    opset: 21,
    loops: true,
    branches: true,
    sizesOnHost: true,
    pieces: false,
    productsBeatConvolutions: false,
    splitOutputs: Infinity,
    preferred: [],
    faults: ['integer-overflow'],
    kernels: PORTABLE_KERNELS,
    lacks: [],
    channelBlock: undefined,
    fallback: undefined,
  },
};

/** A backend: graphs are written for what it can do. */
export const nativeTarget = (backend: Pick<Backend, 'provider' | 'capabilities'>): OnnxTarget => ({
  mode: 'native',
  provider: backend.provider,
  capabilities: capabilitiesOf(backend),
});
