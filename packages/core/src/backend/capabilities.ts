import type { Capabilities } from '../ir/capabilities.ts';
import { OPSET } from '../onnx/opset.ts';
import { PORTABLE_KERNELS } from '../onnx/portable-kernels.ts';
import type { Backend } from './backend.ts';

/** Of a backend that says nothing: graphs for it are right on every provider that was measured, and not fast. */
const DEFAULTS: Capabilities = {
  opset: OPSET,
  loops: false,
  branches: false,
  sizesOnHost: false,
  pieces: false,
  productsBeatConvolutions: false,
  splitOutputs: 8,
  preferred: [],
  faults: [
    'integer-overflow',
    'inexact-functions',
    'conv-end-pads',
    'narrow-groups',
    'slice-steps',
    'sums-in-sequence',
  ],
  kernels: PORTABLE_KERNELS,
  lacks: [],
  channelBlock: undefined,
  fallback: undefined,
};

const known = new WeakMap<Partial<Capabilities>, Capabilities>();

/**
 * What a backend can do: what it declares, and for the rest the defaults.
 * @example
 * capabilitiesOf({ capabilities: { loops: true } }).opset; // => 20
 * @category Backends
 */
export function capabilitiesOf({ capabilities }: Pick<Backend, 'capabilities'>): Capabilities {
  if (capabilities === undefined) return DEFAULTS;
  const before = known.get(capabilities);
  if (before !== undefined) return before;
  const complete = { ...DEFAULTS, ...capabilities };
  known.set(capabilities, complete);
  return complete;
}
